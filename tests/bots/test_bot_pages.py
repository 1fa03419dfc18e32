"""The pages of bots: what is typed is what the bot becomes, keys never come back, wrong input changes nothing."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from apps.accounts.models import Role
from apps.bots.models import Bot, BotChange
from apps.bots.services import llm_of
from apps.core import limits
from tests.bots.cast import BASE, filled

KEY = "sk-proj-abcdefgh12345678"
Browser = Callable[..., Client]


@pytest.fixture
def owner(client_for: Browser) -> Client:
    return client_for(Role.OWNER)


def test_a_bot_is_created_as_it_was_described(owner: Client) -> None:
    answer = owner.post(f"{BASE}/new/", filled(api_key=KEY))
    bot = Bot.objects.get()
    assert answer.headers["Location"] == f"{BASE}/{bot.pk}/"
    assert (bot.name, bot.business, bot.persona, bot.tone) == ("Luna", "Luna Bakery", "You are kind.", "formal")
    assert (bot.language, bot.region, bot.provider, bot.model) == ("es", "ES", "openai", "gpt-4.1-mini")
    assert (bot.temperature, bot.max_characters, bot.api_key, bot.enabled) == (0.4, 600, KEY, True)
    assert [(change.what, change.bot_name) for change in BotChange.objects.all()] == [("created", "Luna")]


def test_settings_are_changed_and_the_change_is_kept_without_values(owner: Client, bot: Bot) -> None:
    given = filled(name="Ada", business="Acme Cycles", language="en", region="GB", provider="offline", model="")
    owner.post(f"{BASE}/{bot.pk}/", given)
    bot.refresh_from_db()
    assert (bot.persona, bot.tone, bot.temperature, bot.max_characters) == ("You are kind.", "formal", 0.4, 600)
    change = BotChange.objects.filter(what="changed").get()
    assert change.fields == ["persona", "tone", "temperature", "max_characters"]
    assert "You are kind." not in str(vars(change))
    assert (change.user is not None, change.bot) == (True, bot)


def test_what_the_bot_says_when_it_is_not_sure_is_set_and_an_empty_confidence_is_the_usual_one(
    owner: Client, bot: Bot
) -> None:
    owner.post(f"{BASE}/{bot.pk}/", filled(least_confidence="0.6", fallback="Ask us at the counter, please."))
    bot.refresh_from_db()
    assert (bot.least_confidence, bot.fallback) == (0.6, "Ask us at the counter, please.")
    owner.post(f"{BASE}/{bot.pk}/", filled(least_confidence="", fallback=""))
    bot.refresh_from_db()
    assert (bot.least_confidence, bot.fallback) == (0.3, "")


def test_saving_without_a_change_is_no_change(owner: Client, bot: Bot) -> None:
    page = owner.get(f"{BASE}/{bot.pk}/").context["form"]
    same = {name: value for name, value in page.initial.items() if value is not None}
    assert owner.post(f"{BASE}/{bot.pk}/", same).status_code == 302
    assert not BotChange.objects.filter(what="changed").exists()


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "x" * 81}, "name", "at most 80"),
        ({"tone": "rude"}, "tone", "not one of the available choices"),
        ({"language": "xx"}, "language", "Choose a language of the list."),
        ({"region": "XX"}, "region", "“XX” is no country's two letters"),
        ({"provider": "magic"}, "provider", "not one of the available choices"),
        ({"model": ""}, "model", "Name the model"),
        ({"temperature": "2.1"}, "temperature", "less than or equal to 2"),
        ({"temperature": "-0.1"}, "temperature", "greater than or equal to 0"),
        ({"temperature": "nan"}, "temperature", "Enter a number."),
        ({"max_characters": "99"}, "max_characters", "greater than or equal to 100"),
        ({"max_characters": "4001"}, "max_characters", "less than or equal to 4000"),
        ({"least_confidence": "1.1"}, "least_confidence", "less than or equal to 1"),
        ({"least_confidence": "-0.1"}, "least_confidence", "greater than or equal to 0"),
        ({"fallback": "x" * 501}, "fallback", "at most 500"),
        ({"persona": "x" * 4001}, "persona", "has 4001 characters and may have 4000"),
        ({"api_key": "sk with spaces"}, "api_key", "A key has no spaces"),
        ({"api_key": "clé-secrète-0001"}, "api_key", "A key has no spaces"),
    ],
)
def test_wrong_input_is_refused_at_its_field_and_nothing_is_made(
    owner: Client, changes: dict[str, str], field: str, why: str
) -> None:
    answer = owner.post(f"{BASE}/new/", filled(**changes))
    assert answer.status_code == 422
    assert why in " ".join(answer.context["form"].errors[field])
    assert (Bot.objects.count(), BotChange.objects.count()) == (0, 0)


def test_wrong_input_changes_nothing_of_a_bot(owner: Client, bot: Bot) -> None:
    answer = owner.post(f"{BASE}/{bot.pk}/", filled(name="Changed", max_characters="1"))
    assert answer.status_code == 422
    assert "<h1" in answer.content.decode() and ">Ada</h1>" in answer.content.decode()  # the head tells what is true
    bot.refresh_from_db()
    assert (bot.name, bot.max_characters) == ("Ada", 1000)


def test_the_key_stands_sealed_and_only_its_end_is_shown(owner: Client, bot: Bot) -> None:
    answer = owner.post(f"{BASE}/{bot.pk}/", filled(api_key=KEY), follow=True)
    assert "ending in 5678" in answer.content.decode()
    assert KEY not in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM bots_bot WHERE id = %s", [bot.pk])
        assert KEY not in cursor.fetchone()[0]


def test_a_key_does_not_come_back_with_an_error(owner: Client, bot: Bot) -> None:
    answer = owner.post(f"{BASE}/{bot.pk}/", filled(api_key=KEY, model=""))
    assert (answer.status_code, KEY in answer.content.decode()) == (422, False)


def test_an_empty_key_keeps_the_present_one_and_a_mark_forgets_it(owner: Client, bot: Bot) -> None:
    Bot.objects.update(api_key=KEY)
    owner.post(f"{BASE}/{bot.pk}/", filled(api_key=""))
    assert Bot.objects.get().api_key == KEY
    owner.post(f"{BASE}/{bot.pk}/", filled(api_key="", forget_key="on"))
    assert Bot.objects.get().api_key == ""


def test_an_editor_changes_the_bot_but_not_its_key(client_for: Browser, bot: Bot) -> None:
    Bot.objects.update(api_key=KEY)
    editor = client_for(Role.EDITOR)
    assert "api_key" not in editor.get(f"{BASE}/{bot.pk}/").context["form"].fields
    editor.post(f"{BASE}/{bot.pk}/", filled(name="Edited", api_key="sk-another-key-0000", forget_key="on"))
    assert (Bot.objects.get().name, Bot.objects.get().api_key) == ("Edited", KEY)


def test_a_bots_own_key_goes_before_the_installations(bot: Bot, settings: Settings) -> None:
    settings.OPENAI_API_KEY = "sk-installation-0001"
    Bot.objects.update(provider="openai", model="m")
    assert getattr(llm_of(Bot.objects.get()), "api_key", "") == "sk-installation-0001"
    Bot.objects.update(api_key=KEY)
    assert getattr(llm_of(Bot.objects.get()), "api_key", "") == KEY


def test_the_plans_limit_is_said_in_the_form(owner: Client, bot: Bot) -> None:
    limits._allowances.append(lambda kind: 1 if kind == "bots" else None)
    try:
        made, copied = owner.post(f"{BASE}/new/", filled()), owner.post(f"{BASE}/{bot.pk}/copy/", follow=True)
    finally:
        limits._allowances.pop()
    assert made.status_code == 422
    for answer in (made, copied):
        assert "Your plan allows 1 bot" in answer.content.decode()
    assert Bot.objects.count() == 1


def test_the_list_shows_each_bot_and_its_empty_state_one_action(owner: Client) -> None:
    assert "Create a bot" in owner.get(f"{BASE}/").content.decode()
    owner.post(f"{BASE}/new/", filled(name="Luna"))
    page = owner.get(f"{BASE}/").content.decode()
    assert "Luna" in page and "No inbox yet" in page and "0 texts" in page


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VENDOR, Role.VIEWER])
@pytest.mark.parametrize("path", ["", "new/", "{pk}/", "{pk}/switch/", "{pk}/copy/", "{pk}/delete/"])
def test_others_may_not(client_for: Browser, bot: Bot, role: Role, path: str) -> None:
    client, address = client_for(role), f"{BASE}/{path.format(pk=bot.pk)}"
    assert {client.get(address).status_code, client.post(address, filled(on="0")).status_code} <= {403, 405}
    bot.refresh_from_db()
    assert (bot.name, bot.enabled, Bot.objects.count()) == ("Ada", True, 1)


def test_a_stranger_finds_nothing(client_for: Browser, bot: Bot) -> None:
    assert client_for(None).get(f"{BASE}/{bot.pk}/").status_code == 404


def test_a_form_without_its_token_is_refused(client_for: Browser, bot: Bot, member: Callable[..., object]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_for(Role.OWNER).cookies
    assert strict.post(f"{BASE}/{bot.pk}/switch/", {"on": "0"}).status_code == 403
    assert Bot.objects.get().enabled is True
