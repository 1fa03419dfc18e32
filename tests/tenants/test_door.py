"""The door `enter`, and every way past it that Django, threads and asyncio offer."""

import threading

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import get_script_prefix, reverse

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.conversations.events import ConversationChanged
from apps.core import events
from apps.core.events import publish
from apps.tenants.guard import OutsideWorkspace
from apps.tenants.models import RESERVED_SLUGS, Workspace
from apps.tenants.services import create_workspace, free_slug


def test_entering_sets_schema_and_addresses_and_restores_both(workspace: Workspace, other: Workspace) -> None:
    with tenants.enter(other):
        assert (connection.schema_name, get_script_prefix()) == (other.schema_name, "/w/other/")
    assert (connection.schema_name, get_script_prefix()) == (workspace.schema_name, "/w/acme/")


def test_an_error_restores_them_too(workspace: Workspace, other: Workspace) -> None:
    with pytest.raises(ValueError, match="inside"), tenants.enter(other):
        raise ValueError("inside")
    assert connection.schema_name == workspace.schema_name


def test_addresses_inside_are_prefixed_and_public_ones_are_not(workspace: Workspace) -> None:
    assert reverse("panel:conversations", urlconf="config.urls_workspace") == "/w/acme/"
    assert tenants.public_url("account_login") == "/accounts/login/"
    assert get_script_prefix() == "/w/acme/"


def test_two_workspaces_do_not_see_each_others_rows(workspace: Workspace, other: Workspace) -> None:
    create_bot("Mine", business="Acme")
    with tenants.enter(other):
        create_bot("Theirs", business="Other")
        assert list(Bot.objects.values_list("name", flat=True)) == ["Theirs"]
    assert list(Bot.objects.values_list("name", flat=True)) == ["Mine"]


def test_a_workspaces_model_cannot_be_queried_outside(db: None) -> None:
    with tenants.enter(None), pytest.raises(OutsideWorkspace, match="Bot belongs to a workspace"):
        Bot.objects.count()


def test_a_lazy_queryset_that_leaves_its_workspace_raises(workspace: Workspace) -> None:
    lazy = Bot.objects.all()
    with tenants.enter(None), pytest.raises(OutsideWorkspace):
        list(lazy)


def test_a_new_thread_starts_outside(workspace: Workspace) -> None:
    seen: list[object] = []

    def look() -> None:
        seen.append(connection.schema_name)
        try:
            Bot.objects.count()
        except OutsideWorkspace as error:
            seen.append(type(error))
        finally:
            connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == ["public", OutsideWorkspace]


def test_a_thread_of_async_code_starts_outside(workspace: Workspace) -> None:
    async def look() -> str:
        return await sync_to_async(lambda: connection.schema_name, thread_sensitive=False)()

    assert async_to_sync(look)() == "public"


def test_news_after_the_commit_is_heard_in_the_publishers_workspace(
    workspace: Workspace, other: Workspace, django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setitem(events._after, ConversationChanged, [lambda event: heard.append(connection.schema_name)])
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():  # type: ignore[operator]
        with tenants.enter(other):
            publish(ConversationChanged(1))
        assert heard == []
    assert heard == [other.schema_name]
    assert connection.schema_name == workspace.schema_name


@pytest.mark.parametrize("slug", ["public", "pg-temp", "UPPER", "a" * 41, "-a", "a-", "a b", 'a"b', "ñandú", "", "a/b"])
def test_an_address_that_is_reserved_or_malformed_is_refused(db: None, slug: str) -> None:
    with tenants.enter(None):
        before = Workspace.objects.count()
        with pytest.raises(ValidationError):
            create_workspace("Somebody", slug=slug) if slug else Workspace(name="x", slug=slug).full_clean()
        assert Workspace.objects.count() == before


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_made_up_address_is_never_reserved(db: None, slug: str) -> None:
    with tenants.enter(None):
        assert free_slug(slug) not in RESERVED_SLUGS


def test_a_schema_is_never_named_by_its_owner_nor_dropped_with_its_row(other: Workspace) -> None:
    assert other.schema_name.startswith("w_") and "other" not in other.schema_name
    with pytest.raises(RuntimeError, match="not deleted"):
        other.delete()
