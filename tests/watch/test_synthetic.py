"""The synthetic conversation: the real way in and out, timed by its rows, seen by nobody, forgotten in time."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.accounts.models import Membership
from apps.contacts.models import Contact
from apps.conversations.models import Message
from apps.conversations.services import delivering
from apps.core import http
from apps.dialogue.models import Turn
from apps.ingest.models import Delivery
from apps.knowledge.models import Source
from apps.notices.models import Notice
from apps.staff import figures
from apps.tenants.models import Hook, Workspace
from apps.watch import synthetic
from apps.watch.models import Conversed, OpenSend, Probe
from apps.work import kinds
from apps.work.models import WorkItem
from apps.work.runner import Later

NEEDED = ("knowledge.index", "ingest.process", "dialogue.take_turns", "conversations.deliver")


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """The hidden workspace, built once and committed; it is taken away again with its schema."""
    with django_db_blocker.unblock(), tenants.enter(None):
        probe = synthetic._probe()
        yield probe.pk
        workspace, hook = probe.workspace, Hook.objects.get(key=probe.chat_key).pk
        Delivery.objects.filter(hook=hook).delete()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {workspace.schema_name} CASCADE")
        for model in (Probe, Conversed, WorkItem, OpenSend):
            model.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tenants_route WHERE workspace_id = %s", [workspace.pk])
            cursor.execute("DELETE FROM tenants_hook WHERE id = %s", [hook])
            cursor.execute("DELETE FROM tenants_workspace WHERE id = %s", [workspace.pk])
        connection.close()


@pytest.fixture
def probe(made: int, db: None) -> Iterator[Probe]:
    """It, with its knowledge indexed."""
    with tenants.enter(None):
        work("knowledge.index")
        yield Probe.objects.select_related("workspace").get(pk=made)


def work(*names: str) -> None:
    for name in names:
        kinds.get(name).work(5.0)


def last() -> Conversed:
    return Conversed.objects.order_by("-pk")[0]


def age(run: Conversed, seconds: float) -> None:
    Conversed.objects.filter(pk=run.pk).update(asked_at=timezone.now() - timedelta(seconds=seconds))


def test_a_question_is_asked_answered_and_timed(probe: Probe) -> None:
    run = synthetic.ask()
    synthetic.judge()
    assert last().ok is None
    work(*NEEDED)
    synthetic.judge()
    found = last()
    assert (found.ok, found.problem) == (True, "")
    assert run.asked_at <= found.stored_at <= found.decided_at <= found.sent_at
    with tenants.enter(probe.workspace):
        question, answer = Message.objects.order_by("pk")
        assert question.text == synthetic.QUESTION
        assert "nine in the morning" in answer.text
        assert answer.state == Message.State.SENT


def test_nobody_sees_it(probe: Probe) -> None:
    before = figures.overview()[0].value
    synthetic.ask()
    work(*NEEDED)
    assert figures.overview()[0].value == before == str(Workspace.objects.exclude(pk=probe.workspace_id).count())
    assert not Membership.objects.filter(workspace=probe.workspace).exists()
    with tenants.enter(probe.workspace):
        assert not Notice.objects.exists()
        assert not Message.objects.filter(inbox__hidden=False).exists()


def test_the_workspace_is_made_once(probe: Probe) -> None:
    for _ in range(2):
        synthetic.ask()
    assert Probe.objects.count() == 1
    with tenants.enter(probe.workspace):
        assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("done", "problem"),
    [
        ((), "not_stored"),
        (("ingest.process",), "not_decided"),
        (("ingest.process", "dialogue.take_turns"), "not_sent"),
    ],
)
def test_the_first_step_that_is_not_done_is_named(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, done: tuple[str, ...], problem: str
) -> None:
    run = synthetic.ask()
    with monkeypatch.context() as patch:  # who decides also sends
        patch.setattr(delivering, "deliver", lambda claim: Later(0.0))
        work(*done)
    synthetic.judge()
    assert last().ok is None
    age(run, 61)
    synthetic.judge()
    assert (last().ok, last().problem) == (False, problem)
    work(*NEEDED)
    synthetic.judge()
    assert last().ok is False  # too late is too late


def test_an_answer_that_took_too_long_is_none(probe: Probe) -> None:
    run = synthetic.ask()
    work(*NEEDED)
    age(run, 90)
    synthetic.judge()
    assert (last().ok, last().problem) == (False, "not_sent")


def test_an_answer_without_knowledge_is_none(probe: Probe) -> None:
    synthetic.ask()
    work(*NEEDED)
    with tenants.enter(probe.workspace):
        Turn.objects.update(knows=False)
    synthetic.judge()
    assert (last().ok, last().problem) == (False, "not_answered")


def test_it_is_posted_where_an_address_is_set(probe: Probe, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SYNTHETIC_URL, asked = "http://web:8000", []

    def answer(status: int) -> Any:
        def request(method: str, url: str, **how: Any) -> http.Response:
            asked.append((method, url, how))
            return http.Response(status, {}, b"")

        return request

    monkeypatch.setattr(http, "request", answer(200))
    assert synthetic.ask().ok is None
    ((method, url, how),) = asked
    hook = Hook.objects.get(key=probe.chat_key)
    assert (method, url) == ("POST", f"http://web:8000/webhook/web_chat/{probe.chat_key}/")
    assert synthetic.posts.verify(tuple(hook.secrets.splitlines()), how["headers"], how["content"])
    assert not synthetic.posts.admit("POST", how["headers"], hook.origin_list, "").answer
    assert json.loads(how["content"])["messages"][0]["text"] == synthetic.QUESTION
    assert not Delivery.objects.filter(hook=hook).exists()
    monkeypatch.setattr(http, "request", answer(503))
    run = synthetic.ask()
    assert (run.ok, run.problem) == (False, "not_posted")


def test_an_address_that_nobody_reaches_is_a_failure(
    probe: Probe, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SYNTHETIC_URL = "http://web:8000"

    def away(*_: Any, **__: Any) -> http.Response:
        raise http.NotReached("web")

    monkeypatch.setattr(http, "request", away)
    assert synthetic.ask().problem == "not_posted"


def test_what_was_said_is_gone_after_a_day_and_the_result_after_thirty(probe: Probe) -> None:
    synthetic.ask()
    work(*NEEDED)
    synthetic.judge()
    now = timezone.now()
    synthetic.forget_old(now + timedelta(hours=23))
    with tenants.enter(probe.workspace):
        assert Message.objects.count() == 2
    synthetic.forget_old(now + timedelta(hours=25))
    with tenants.enter(probe.workspace):
        assert not Message.objects.exists() and not Contact.objects.exists()
    assert not WorkItem.objects.filter(workspace=probe.workspace, kind__in=NEEDED[2:]).exists()
    assert last().ok is True
    synthetic.forget_old(now + timedelta(days=31))
    assert not Conversed.objects.exists()


@pytest.mark.parametrize(("seconds", "asked"), [(0, 0), (300, 1)])
def test_the_setting_switches_it_off(probe: Probe, settings: Any, seconds: int, asked: int) -> None:
    settings.SYNTHETIC_SECONDS = seconds
    WorkItem.objects.all().delete()
    kinds.get("work.chores").work(5.0)
    assert Conversed.objects.count() == asked
