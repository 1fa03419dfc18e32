"""The first steps: each is done when it is really done, leads to its page, and is shown to whom it is for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.bots.models import Bot, GettingStarted
from apps.conversations.models import Message
from apps.inboxes.models import Inbox
from apps.knowledge.services import add_text
from tests.conftest import PHONE_NUMBER_ID
from tests.panel.cast import BASE, outgoing

Browser = Callable[..., Client]
PAGE, NAVIGATION = f"{BASE}/start/", f'href="{BASE}/start/"'


def steps(client: Client) -> dict[str, tuple[bool, str]]:
    """Each step: whether it is done, and where it leads."""
    first = client.get(PAGE).context["first"]
    return {step.key: (step.done, step.url) for step in first.steps}


def test_a_new_workspace_begins_with_a_bot(client_for: Browser) -> None:
    owner = client_for(Role.OWNER)
    assert steps(owner) == {
        "create": (False, f"{BASE}/bots/new/"),
        "teach": (False, ""),
        "try": (False, ""),
        "connect": (False, ""),
        "invite": (False, steps(owner)["invite"][1]),
    }
    assert "0 % done" in owner.get(PAGE).content.decode()


def test_steps_are_done_one_by_one_until_nothing_reminds_of_them(
    client_for: Browser,
    bot: Bot,
    inbox: Inbox,
    make_conversation: Callable[..., Any],
    member: Callable[..., Membership],
) -> None:
    owner = client_for(Role.OWNER)
    assert (steps(owner)["create"], steps(owner)["connect"][0]) == ((True, f"{BASE}/bots/"), True)
    assert "40 % done" in owner.get(PAGE).content.decode()
    assert steps(owner)["teach"] == (False, f"{BASE}/bots/{bot.pk}/knowledge/")
    add_text(bot, title="Hours", text="We open at nine.")
    assert steps(owner)["teach"][0] is True
    conversation = make_conversation("Hello")
    assert steps(owner)["try"][0] is False  # nobody has answered
    outgoing(conversation, Message.State.SENT, "Hello!")
    assert steps(owner)["try"][0] is True
    assert NAVIGATION in owner.get(f"{BASE}/leads/").content.decode()
    member(Role.VENDOR)
    assert "100 % done" in owner.get(PAGE).content.decode()
    assert NAVIGATION not in owner.get(f"{BASE}/leads/").content.decode()


def test_a_disconnected_number_and_a_hidden_test_are_no_connection(client_for: Browser, bot: Bot, inbox: Inbox) -> None:
    Inbox.objects.filter(external_key=PHONE_NUMBER_ID).update(state="disconnected")
    Inbox.objects.create(provider="web_chat", external_key="hidden", name="Test", bot=bot, hidden=True)
    owner = client_for(Role.OWNER)
    assert steps(owner)["connect"] == (False, f"{BASE}/inboxes/connect/")
    Inbox.objects.update(hidden=False)
    assert steps(owner)["connect"] == (True, f"{BASE}/inboxes/")


def test_an_editor_sees_the_steps_and_follows_those_that_are_theirs(client_for: Browser, bot: Bot) -> None:
    seen = steps(client_for(Role.EDITOR))
    assert (seen["connect"][1], seen["invite"][1]) == ("", "")
    assert seen["teach"][1] == f"{BASE}/bots/{bot.pk}/knowledge/"


def test_putting_them_aside_is_for_everybody_and_the_page_stays(client_for: Browser) -> None:
    owner, admin = client_for(Role.OWNER), client_for(Role.ADMIN)
    assert NAVIGATION in admin.get(f"{BASE}/leads/").content.decode()
    for _ in range(2):
        owner.post(f"{PAGE}dismiss/")
    assert GettingStarted.objects.count() == 1
    assert NAVIGATION not in admin.get(f"{BASE}/leads/").content.decode()
    assert "Put this aside" not in owner.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VENDOR, Role.VIEWER])
def test_others_neither_see_nor_dismiss_them(client_for: Browser, role: Role) -> None:
    client = client_for(role)
    assert (client.get(PAGE).status_code, client.post(f"{PAGE}dismiss/").status_code) == (403, 403)
    assert NAVIGATION not in client.get(f"{BASE}/leads/").content.decode()
    assert not GettingStarted.objects.exists()
