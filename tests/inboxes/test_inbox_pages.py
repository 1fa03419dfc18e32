"""The inbox pages: Meta is asked about each thing pasted, its reason stands at the field, secrets never return."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from apps import tenants
from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core import limits
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect, posting_of
from apps.tenants.models import Hook, Route, Workspace
from sandbox.world.client import World
from tests.core.outside import free_port
from tests.inboxes.conftest import NUMBER, SECRET, TOKEN, WABA

BASE = "/w/acme/inboxes"
Browser = Callable[..., Client]


@pytest.fixture
def owner(client_for: Browser) -> Client:
    return client_for(Role.OWNER)


def pasted(of: Bot, **changes: Any) -> dict[str, Any]:
    values = {"key": NUMBER, "account": WABA, "token": TOKEN, "secret": SECRET, "verify_token": "my-own-word"}
    return {**values, "bot": of.pk, "name": "", **changes}


def counts() -> tuple[int, int, int]:
    return Inbox.objects.count(), Hook.objects.count(), Route.objects.count()


def test_a_number_is_connected_once_meta_confirmed_all_of_it(owner: Client, bot: Bot, meta: World) -> None:
    answer = owner.post(f"{BASE}/connect/", pasted(bot))
    inbox = Inbox.objects.get()
    assert answer.headers["Location"] == f"{BASE}/{inbox.pk}/"
    assert (inbox.name, inbox.address, inbox.external_key, inbox.account_key) == (
        *("Acme Cycles", "+44 20 7946 0958"),
        *(NUMBER, WABA),
    )
    assert (inbox.bot, inbox.token, inbox.state) == (bot, TOKEN, "connected")
    assert inbox.hook is not None
    assert (inbox.hook.secret_list, inbox.hook.verify_token) == ((SECRET,), "my-own-word")
    assert Route.objects.get(kind="whatsapp_cloud", key=NUMBER).hook == inbox.hook


def test_the_page_shows_address_and_verify_token_and_only_the_ends_of_secrets(
    owner: Client, bot: Bot, meta: World
) -> None:
    page = owner.post(f"{BASE}/connect/", pasted(bot), follow=True).content.decode()
    inbox = Inbox.objects.get()
    assert f"http://127.0.0.1:8000/webhook/whatsapp_cloud/{inbox.hook.key}/" in page
    assert "my-own-word" in page
    assert "ends in 0001" in page and "ends in cdef" in page
    again = owner.get(f"{BASE}/{inbox.pk}/").content.decode()
    for shown in (page, again):
        assert TOKEN not in shown and SECRET not in shown
    assert "my-own-word" in again


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"token": "EAAGwrongtoken000001"}, "token", "Invalid OAuth access token - Cannot parse access token (190)"),
        ({"key": "999999999999999"}, "key", "does not exist, cannot be loaded due to missing permissions"),
        ({"secret": "f" * 32}, "secret", "Meta says: Invalid appsecret_proof provided in the API argument (100)"),
        ({"account": "999999999999999"}, "account", "does not exist, cannot be loaded due to missing permissions"),
        ({"key": "+44 20 7946"}, "key", "only digits"),
        ({"account": "me"}, "account", "only digits"),
        ({"key": "../../debug_token"}, "key", "only digits"),
        ({"token": ""}, "token", "required"),
        ({"token": "EAAG with space"}, "token", "Spaces or odd characters"),
        ({"token": "EAAG\u200bhidden0001"}, "token", "Spaces or odd characters"),
        ({"secret": ""}, "secret", "required"),
        ({"secret": "one\ntwo"}, "secret", "Spaces or odd characters"),
        ({"verify_token": ""}, "verify_token", "required"),
        ({"bot": "999999"}, "bot", "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(
    owner: Client, bot: Bot, meta: World, changes: dict[str, str], field: str, why: str
) -> None:
    answer = owner.post(f"{BASE}/connect/", pasted(bot, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert why in " ".join(answer.context["form"].errors[field])
    assert counts() == (0, 0, 0)
    page = answer.content.decode()
    assert TOKEN not in page and SECRET not in page


def test_a_meta_that_is_not_there_is_nobodys_fault_and_nothing_is_saved(
    owner: Client, bot: Bot, meta: World, settings: Settings
) -> None:
    port = free_port()
    settings.WHATSAPP_GRAPH_URL = f"http://127.0.0.1:{port}"
    settings.HTTP_TRUSTED_HOSTS = [f"127.0.0.1:{port}"]
    answer = owner.post(f"{BASE}/connect/", pasted(bot))
    assert list(answer.context["form"].errors) == ["__all__"]
    assert "Meta could not be asked" in answer.content.decode()
    assert counts() == (0, 0, 0)


def test_a_number_that_is_connected_elsewhere_is_refused_and_stays_there(
    owner: Client, bot: Bot, meta: World, other: Workspace
) -> None:
    hook = Hook.objects.create(provider="whatsapp_cloud", secrets="theirs", verify_token="theirs")
    with tenants.enter(other):
        theirs = create_bot("Theirs", business="Theirs")
        connect(
            *(other,), provider="whatsapp_cloud", external_key=NUMBER, name="Theirs", bot=theirs, hook=hook, token="t"
        )  # fmt: skip
    answer = owner.post(f"{BASE}/connect/", pasted(bot))
    assert answer.context["form"].errors["key"] == [
        f"whatsapp_cloud {NUMBER} is connected to a workspace already. Disconnect it there first."
    ]
    assert (Inbox.objects.count(), Hook.objects.count()) == (0, 1)  # the one of the other workspace
    assert Route.objects.get(key=NUMBER).workspace == other


def test_the_plans_limit_is_said_and_nothing_is_saved(owner: Client, bot: Bot, meta: World) -> None:
    limits._allowances.append(lambda kind: 0 if kind == "inboxes" else None)
    try:
        answer = owner.post(f"{BASE}/connect/", pasted(bot))
    finally:
        limits._allowances.pop()
    assert "Your plan allows 0 inbox" in answer.content.decode()
    assert counts() == (0, 0, 0)


def test_two_numbers_of_one_app_share_the_address_that_meta_has(owner: Client, bot: Bot, meta: World) -> None:
    owner.post(f"{BASE}/connect/", pasted(bot))
    owner.post(f"{BASE}/connect/", pasted(bot, key="106540352242923", verify_token="another-word"))
    first, second = Inbox.objects.order_by("pk")
    assert (first.hook, Hook.objects.count()) == (second.hook, 1)
    assert posting_of(first).verify_token == "another-word"


def test_a_broken_number_gets_a_new_token_that_meta_confirmed(owner: Client, bot: Bot, meta: World) -> None:
    owner.post(f"{BASE}/connect/", pasted(bot))
    inbox = Inbox.objects.get()
    Inbox.objects.update(state="broken", trouble="The token was revoked.", token="EAAGrevoked0000001")
    assert "The token was revoked." in owner.get(f"{BASE}/{inbox.pk}/").content.decode()
    refused = owner.post(f"{BASE}/{inbox.pk}/reconnect/", {"token": "EAAGwrongtoken000001"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["token"])
    inbox.refresh_from_db()
    assert (inbox.state, inbox.token) == ("broken", "EAAGrevoked0000001")
    owner.post(f"{BASE}/{inbox.pk}/reconnect/", {"token": TOKEN})
    inbox.refresh_from_db()
    assert (inbox.state, inbox.trouble, inbox.token) == ("connected", "", TOKEN)


def test_a_changed_secret_is_checked_and_the_old_one_still_verifies(owner: Client, bot: Bot, meta: World) -> None:
    owner.post(f"{BASE}/connect/", pasted(bot))
    inbox = Inbox.objects.get()
    hook = Hook.objects.get()
    hook.secrets = "the-old-secret-of-the-app"
    hook.save()
    wrong = owner.post(f"{BASE}/{inbox.pk}/reconnect/", {"token": TOKEN, "secret": "e" * 32})
    assert list(wrong.context["form"].errors) == ["secret"]
    assert Hook.objects.get().secret_list == ("the-old-secret-of-the-app",)
    owner.post(f"{BASE}/{inbox.pk}/reconnect/", {"token": TOKEN, "secret": SECRET})
    assert Hook.objects.get().secret_list == (SECRET, "the-old-secret-of-the-app")


def test_disconnecting_asks_first_and_keeps_what_was_said(
    owner: Client, inbox: Inbox, make_conversation: Callable[..., object]
) -> None:
    make_conversation("Hello")
    assert "Disconnect Acme on WhatsApp?" in owner.get(f"{BASE}/{inbox.pk}/disconnect/").content.decode()
    assert Inbox.objects.get().state == "connected"
    for _ in range(2):
        owner.post(f"{BASE}/{inbox.pk}/disconnect/")
    inbox.refresh_from_db()
    assert (inbox.state, inbox.token, inbox.conversations.count()) == ("disconnected", "", 1)
    assert not Route.objects.filter(key=inbox.external_key).exists()
    assert owner.post(f"{BASE}/{inbox.pk}/reconnect/", {"token": TOKEN}).headers["Location"] == f"{BASE}/{inbox.pk}/"
    assert Inbox.objects.get().state == "disconnected"


def test_a_disconnected_number_comes_back_with_its_conversations(
    owner: Client, bot: Bot, meta: World, make_conversation: Callable[..., object]
) -> None:
    owner.post(f"{BASE}/connect/", pasted(bot))
    inbox = Inbox.objects.get(external_key=NUMBER)
    address = posting_of(inbox).url
    owner.post(f"{BASE}/{inbox.pk}/disconnect/")
    owner.post(f"{BASE}/connect/", pasted(bot))
    back = Inbox.objects.get(external_key=NUMBER)
    assert (back.pk, back.state, posting_of(back).url) == (inbox.pk, "connected", address)


def test_name_and_bot_are_changed(owner: Client, inbox: Inbox) -> None:
    luna = create_bot("Luna", business="Acme")
    owner.post(f"{BASE}/{inbox.pk}/", {"name": "Front desk", "bot": luna.pk})
    inbox.refresh_from_db()
    assert (inbox.name, inbox.bot, inbox.token) == ("Front desk", luna, "test-token")
    assert owner.post(f"{BASE}/{inbox.pk}/", {"name": "", "bot": luna.pk}).status_code == 422
    inbox.refresh_from_db()
    assert inbox.name == "Front desk"


def test_meta_is_asked_to_post_here_and_its_refusal_is_told(owner: Client, bot: Bot, meta: World) -> None:
    owner.post(f"{BASE}/connect/", pasted(bot))
    inbox = Inbox.objects.get()
    page = owner.post(f"{BASE}/{inbox.pk}/subscribe/", follow=True).content.decode()
    assert "Meta did not take the address: (#2200) Callback verification failed" in page  # nothing listens on 8000


def test_an_inbox_that_names_no_account_is_told_to_be_entered_by_hand(owner: Client, inbox: Inbox) -> None:
    page = owner.post(f"{BASE}/{inbox.pk}/subscribe/", follow=True).content.decode()
    assert "Enter the address and the verify token there by hand" in page


def test_the_list_tells_state_bot_and_last_message_and_hides_tests(
    owner: Client, inbox: Inbox, bot: Bot, make_conversation: Callable[..., object]
) -> None:
    Inbox.objects.create(provider="web_chat", external_key="hidden", name="Test of Ada", bot=bot, hidden=True)
    page = owner.get(f"{BASE}/").content.decode()
    assert "no message yet" in page and "answered by Ada" in page and "Test of Ada" not in page
    make_conversation("Hello")
    assert "last message" in owner.get(f"{BASE}/").content.decode()
    assert owner.get(f"{BASE}/{Inbox.objects.get(hidden=True).pk}/").status_code == 404


def test_without_a_bot_the_pages_send_to_the_first_step(owner: Client) -> None:
    for path in ("", "connect/"):
        assert "First a bot, then its number" in owner.get(f"{BASE}/{path}").content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SUPERVISOR, Role.VENDOR, Role.VIEWER])
def test_others_may_not(client_for: Browser, inbox: Inbox, bot: Bot, role: Role) -> None:
    client = client_for(role)
    for path in ("", "connect/", f"{inbox.pk}/", f"{inbox.pk}/reconnect/", f"{inbox.pk}/disconnect/"):
        assert client.get(f"{BASE}/{path}").status_code == 403
    assert client.post(f"{BASE}/{inbox.pk}/disconnect/").status_code == 403
    assert client.post(f"{BASE}/connect/", pasted(bot)).status_code == 403
    assert (Inbox.objects.get().state, Inbox.objects.get().token) == ("connected", "test-token")
