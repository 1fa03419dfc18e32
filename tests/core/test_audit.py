"""The audit log's ground: rows are written with their change or not at all, name who acts, and are never changed."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps import tenants
from apps.accounts.models import User
from apps.bots.models import Bot
from apps.bots.services import change_bot, create_bot
from apps.core import audit
from apps.core.actors import SYSTEM, Actor, Kind, acting, actor
from apps.core.audit_words import ACTIONS, AREAS, area_of
from apps.core.models import AuditRow
from apps.tenants.guard import OutsideWorkspace
from apps.tenants.models import Workspace
from apps.tenants.services import suspend
from apps.work import chores, kinds
from apps.work.models import WorkItem
from tests.clocks import PATIENCE, Left
from tests.furnished import committed

MAYA = Actor(Kind.PERSON, 7, "Maya Lind", "203.0.113.9")


def newest() -> AuditRow:
    return AuditRow.objects.order_by("-id")[0]


def test_a_change_names_who_made_it_from_where_and_what_it_was_before(workspace: Workspace, bot: Bot) -> None:
    with acting(MAYA):
        change_bot(bot, tone="formal", temperature=0.5)
    row = newest()
    assert (row.actor_kind, row.actor_id, row.actor_name, row.address) == ("person", 7, "Maya Lind", "203.0.113.9")
    assert (row.action, row.subject_kind, row.subject_id, row.subject_name) == ("bot.changed", "bot", bot.pk, "Ada")
    assert row.changes == {"tone": ["friendly", "formal"], "temperature": [None, 0.5]}


def test_what_was_so_already_leaves_no_row(workspace: Workspace, bot: Bot) -> None:
    before = AuditRow.objects.count()
    change_bot(bot, name="Ada")
    assert AuditRow.objects.count() == before


def test_a_secret_is_only_said_to_have_changed(workspace: Workspace, bot: Bot) -> None:
    bot = change_bot(bot, api_key="sk-canary-of-old-9000")
    change_bot(bot, api_key="sk-canary-of-new-9000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM core_auditrow r")
        everything = cursor.fetchone()[0]
    assert newest().changes == {"api_key": "changed"}
    assert "canary" not in everything and "9000" not in everything


def test_nobody_named_is_leadline_itself_and_the_innermost_counts() -> None:
    assert actor() == SYSTEM
    with acting(MAYA):
        with acting(lambda: Actor(Kind.KEY, 3, "CRM")):
            assert actor() == Actor(Kind.KEY, 3, "CRM")
        assert actor() == MAYA
    assert actor() == SYSTEM


def test_another_thread_does_not_act_for_whoever_started_it() -> None:
    seen: list[Actor] = []
    with acting(MAYA):
        thread = threading.Thread(target=lambda: seen.append(actor()))
        thread.start()
        thread.join()
    assert seen == [SYSTEM]


def test_an_action_without_words_is_refused(workspace: Workspace) -> None:
    before = AuditRow.objects.count()
    with pytest.raises(KeyError):
        audit.record("bot.tickled")
    assert AuditRow.objects.count() == before


def test_outside_a_workspace_nothing_can_be_recorded(workspace: Workspace) -> None:
    with tenants.enter(None), pytest.raises(OutsideWorkspace):
        audit.record("bot.created", name="Ada")


def test_every_action_belongs_to_an_area_and_every_area_has_some() -> None:
    assert {area_of(action) for action in ACTIONS} == set(AREAS)
    assert [action for action, words in ACTIONS.items() if "{who}" not in str(words)] == []


def test_long_values_are_cut_and_never_break_the_row(workspace: Workspace, bot: Bot) -> None:
    changes = audit.changes_of(bot, {"persona": "x\x00" * 5000, "created_at": bot.created_at.replace(year=2001)})
    assert changes["persona"] == ["", "x" * 3999 + "…"]
    assert changes["created_at"][1].startswith("2001-")
    audit.record("bot.changed", bot, name="n" * 300, changes=changes)
    assert len(newest().subject_name) == 254


@pytest.mark.parametrize("act", [lambda row: row.save(), lambda row: row.delete()])
def test_a_row_cannot_be_changed_through_its_object(workspace: Workspace, bot: Bot, act: Any) -> None:
    row = newest()
    row.actor_name = "Somebody else"
    with pytest.raises(RuntimeError, match="written once"):
        act(row)
    assert newest().actor_name == ""


@pytest.mark.parametrize("act", [lambda rows: rows.update(actor_name="x"), lambda rows: rows.delete()])
def test_rows_cannot_be_changed_in_bulk(workspace: Workspace, bot: Bot, act: Any) -> None:
    with pytest.raises(RuntimeError, match="written once"):
        act(AuditRow.objects.all())
    assert newest().actor_name == ""


@pytest.mark.parametrize("statement", ["UPDATE core_auditrow SET actor_name = 'x'", "DELETE FROM core_auditrow"])
def test_postgres_refuses_what_goes_round_the_models(workspace: Workspace, bot: Bot, statement: str) -> None:
    before = AuditRow.objects.count()
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditRow.objects.count() == before


def test_the_lock_is_back_after_old_rows_were_removed(workspace: Workspace, bot: Bot) -> None:
    audit.forget(timezone.now() - timedelta(days=1))
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditrow")


def age(row: AuditRow, days: int) -> None:
    with audit.unlocked(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_auditrow SET at = %s WHERE id = %s", [timezone.now() - timedelta(days=days), row.pk]
        )


def test_rows_are_kept_400_days(workspace: Workspace, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "_scheduled", {})
    rows = []
    for name in ("Old", "Young"):
        create_bot(name, business="Acme")
        rows.append(newest())
    age(rows[0], 401)
    age(rows[1], 399)
    WorkItem.objects.create(
        workspace=workspace, kind=chores.PRUNE_AUDIT, key="audit", due_at=timezone.now() - timedelta(seconds=1)
    )
    assert kinds.get(chores.PRUNE_AUDIT).work(1.0) == 1
    assert set(AuditRow.objects.filter(pk__in=[row.pk for row in rows])) == {rows[1]}
    item = WorkItem.objects.get(kind=chores.PRUNE_AUDIT)
    assert item.due_at is not None
    assert (item.due_at - timezone.now()).total_seconds() == Left(86_400, abs=5)


def test_many_old_rows_go_in_parts(workspace: Workspace, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MOST_AT_ONCE", 2)
    for name in ("A", "B", "C"):
        create_bot(name, business="Acme")
        age(newest(), 500)
    before = AuditRow.objects.count()
    assert [audit.forget(timezone.now() - timedelta(days=400)) for _ in range(3)] == [2, 1, 0]
    assert AuditRow.objects.count() == before - 3


def test_a_change_makes_pruning_due_once_it_is_committed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(chores, "_scheduled", {})
    with django_capture_on_commit_callbacks(execute=True):
        create_bot("Ada", business="Acme")
        assert not WorkItem.objects.filter(kind=chores.PRUNE_AUDIT).exists()
    with tenants.enter(None):
        assert WorkItem.objects.get(kind=chores.PRUNE_AUDIT).workspace == workspace


def test_suspending_by_a_shell_leaves_the_workspace_readable(workspace: Workspace, bot: Bot) -> None:
    """What staff do from outside is told by their own service; the lower one writes nothing of its own."""
    before = AuditRow.objects.count()
    suspend(workspace)
    assert AuditRow.objects.count() == before


@pytest.mark.usefixtures("django_db_setup")
def test_change_and_row_are_seen_together_or_not_at_all(django_db_blocker: Any) -> None:
    """On real connections: who looks while the change is not committed sees neither, and after a rollback too."""
    with committed(django_db_blocker) as (acme, _other):
        written, looked, seen = threading.Event(), threading.Event(), []

        def look() -> None:
            with tenants.enter(acme.workspace):
                tone = Bot.objects.values_list("tone", flat=True).get(pk=acme.bot.pk)
                seen.append((tone, AuditRow.objects.filter(action="bot.changed").count()))

        def change(fail: bool) -> None:
            try:
                with tenants.enter(acme.workspace), transaction.atomic():
                    change_bot(Bot.objects.get(pk=acme.bot.pk), tone="formal")
                    written.set()
                    assert looked.wait(PATIENCE)
                    if fail:
                        raise InterruptedError
            except InterruptedError:
                pass
            finally:
                connection.close()

        for fail in (True, False):
            written.clear()
            looked.clear()
            thread = threading.Thread(target=change, args=(fail,))
            thread.start()
            assert written.wait(PATIENCE)
            look()
            looked.set()
            thread.join(PATIENCE)
            look()
    assert seen == [("friendly", 0), ("friendly", 0), ("friendly", 0), ("formal", 1)]


@pytest.mark.usefixtures("django_db_setup")
def test_outside_a_transaction_nothing_can_be_recorded(django_db_blocker: Any) -> None:
    with committed(django_db_blocker) as (acme, _other), tenants.enter(acme.workspace):
        before = AuditRow.objects.count()
        with pytest.raises(RuntimeError, match="outside a transaction"):
            audit.record("bot.created", acme.bot, name="Ada")
        assert AuditRow.objects.count() == before


def test_rows_outlive_the_person(workspace: Workspace) -> None:
    user = User.objects.create_user("gone@example.org")
    with acting(Actor(Kind.PERSON, user.pk, str(user))):
        create_bot("Ada", business="Acme")
    number = user.pk
    user.delete()
    assert (newest().actor_id, newest().actor_name) == (number, "gone@example.org")
