"""Connecting a number: it leads to one workspace only, its secrets are sealed, and it can be given a new token."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core import limits
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect, disconnect
from apps.tenants.models import Hook, Route, Workspace
from apps.tenants.services import RouteTaken
from tests.conftest import PHONE_NUMBER_ID


def again(workspace: Workspace, bot: Bot, hook: Hook) -> Inbox:
    return connect(
        workspace,
        provider="whatsapp_cloud",
        external_key=PHONE_NUMBER_ID,
        name="Again",
        bot=bot,
        hook=hook,
        token="new",
    )


def command(*words: str) -> dict[str, object]:
    out = StringIO()
    call_command(*words, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_a_number_that_is_connected_elsewhere_is_refused_and_stays_there(
    inbox: Inbox, workspace: Workspace, other: Workspace, hook: Hook
) -> None:
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Theirs")
        with pytest.raises(RouteTaken, match="connected to a workspace already"):
            again(other, bot, hook)
        assert Inbox.objects.count() == 0
    assert Route.objects.get(key=PHONE_NUMBER_ID).workspace == workspace


def test_a_disconnected_number_can_be_connected_again_and_keeps_its_conversations(
    inbox: Inbox, workspace: Workspace, bot: Bot, hook: Hook
) -> None:
    disconnect(workspace, inbox)
    assert (Route.objects.count(), Inbox.objects.get().token) == (0, "")
    assert again(workspace, bot, hook) == inbox
    assert Inbox.objects.get().state == "connected"


def test_the_token_stands_sealed_in_the_database(inbox: Inbox) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM inboxes_inbox WHERE id = %s", [inbox.pk])
        raw = cursor.fetchone()[0]
    assert "test-token" not in raw
    assert Inbox.objects.get().token == "test-token"
    assert "test-token" not in repr(inbox.credentials)


def test_the_plans_limit_holds(inbox: Inbox, bot: Bot, workspace: Workspace, hook: Hook) -> None:
    limits._allowances.append(lambda kind: 1 if kind == "inboxes" else None)
    try:
        with pytest.raises(limits.LimitReached) as refused:
            connect(workspace, provider="whatsapp_cloud", external_key="2", name="2", bot=bot, hook=hook, token="t")
    finally:
        limits._allowances.pop()
    assert refused.value.text == "Your plan allows 1 inboxes. Remove one or change the plan."
    assert Route.objects.filter(key="2").count() == 0


def test_the_command_connects_a_number_and_says_where_meta_is_to_post(workspace: Workspace, bot: Bot) -> None:
    said = command(
        *("connect_inbox", "acme", "--bot", str(bot.pk), "--key", "555", "--token", "t"),
        *("--app-secret", "s", "--verify-token", "v"),
    )
    hook = Hook.objects.get(pk=said["hook"])
    assert said["webhook_url"] == f"http://127.0.0.1:8000/webhook/whatsapp_cloud/{hook.key}/"
    assert (hook.secret_list, hook.verify_token) == (("s",), "v")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nowhere", "--bot", "1", "--key", "5"), "There is no workspace “nowhere”"),
        (("acme", "--bot", "1", "--key", "5"), "needs --app-secret and --verify-token"),
        (("acme", "--bot", "999999", "--key", "5", "--app-secret", "s", "--verify-token", "v"), "has no bot 999999"),
        (("acme", "--bot", "1", "--key", "5", "--hook", "999999"), "has no bot 1|no whatsapp_cloud hook 999999"),
    ],
)
def test_the_command_says_what_is_wrong_and_leaves_nothing(
    workspace: Workspace, words: tuple[str, ...], why: str
) -> None:
    before = Hook.objects.count()
    with pytest.raises(CommandError, match=why):
        call_command("connect_inbox", *words)
    assert (Inbox.objects.count(), Hook.objects.count()) == (0, before)


def test_a_broken_number_gets_a_new_token(inbox: Inbox) -> None:
    Inbox.objects.update(state=Inbox.State.BROKEN, trouble="The token was revoked.")
    assert command("reconnect_inbox", "acme", "--key", PHONE_NUMBER_ID, "--token", "fresh")["state"] == "connected"
    inbox.refresh_from_db()
    assert (inbox.token, inbox.trouble) == ("fresh", "")


def test_a_number_is_disconnected_by_command(inbox: Inbox) -> None:
    said = command("reconnect_inbox", "acme", "--key", PHONE_NUMBER_ID, "--disconnect")
    assert said == {"id": inbox.pk, "state": "disconnected"}
    with pytest.raises(CommandError, match="has no connected inbox"):
        command("reconnect_inbox", "acme", "--key", PHONE_NUMBER_ID, "--token", "x")
