"""The audit log's page: rows as sentences, newest first, page after page, found by whatever one remembers of them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import tenants
from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.bots.services import change_bot, create_bot, delete_bot
from apps.contacts.models import Contact
from apps.conversations.models import Conversation
from apps.core import audit
from apps.core.actors import Actor, Kind, acting
from apps.core.models import AuditRow
from apps.handoff.services import take
from apps.inboxes.models import Inbox
from apps.leads.services import assign, lead_of
from apps.tenants.models import Workspace

PAGE = "/w/acme/settings/audit/"
MAYA = Actor(Kind.PERSON, 7, "Maya Boss", "203.0.113.9")
Browser = Callable[..., Client]


def sentences(client: Client, query: str = "") -> list[str]:
    """What the page tells, top to bottom, without markup."""
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    found = re.findall(r'<p class="al-sentence">(.*?)</p>', answer.content.decode(), re.S)
    return [re.sub(r"<[^>]+>", "", one) for one in found]


@pytest.fixture
def owner(client_for: Browser, workspace: Workspace) -> Client:
    """The owner, in a log that is empty but for what the test does."""
    client = client_for(Role.OWNER)
    with audit.unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditrow")
    return client


def test_a_row_is_a_sentence_with_old_and_new_value(owner: Client) -> None:
    with acting(MAYA):
        bot = create_bot("Ada", business="Acme")
        change_bot(bot, tone="formal", api_key="sk-canary-000")
    assert sentences(owner) == ["Maya Boss changed the bot Ada", "Maya Boss created the bot Ada"]
    page = owner.get(PAGE).content.decode()
    assert "203.0.113.9" in page and f'href="/w/acme/bots/{bot.pk}/"' in page
    assert re.search(r"<dt>Tone</dt>.*Friendly</del>.*Formal</ins>", page, re.S)
    assert "the values are secret and not kept" in page and "canary" not in page


def test_an_empty_log_says_what_will_stand_there_and_offers_one_thing(owner: Client) -> None:
    page = owner.get(PAGE).content.decode()
    assert "Nothing was changed yet" in page and page.count("ll-empty__action") == 1
    assert "Nothing like that was done" in owner.get(f"{PAGE}?q=unicorn").content.decode()


def test_what_is_gone_is_still_named_and_leads_nowhere(owner: Client) -> None:
    bot = create_bot("Ada", business="Acme")
    delete_bot(bot)
    assert sentences(owner) == ["Leadline deleted the bot Ada", "Leadline created the bot Ada"]
    assert f"/bots/{bot.pk}/" not in owner.get(PAGE).content.decode()


def test_a_customer_is_named_while_known_and_never_kept(
    owner: Client, make_conversation: Callable[..., Conversation], member: Callable[..., Any], bot: Bot
) -> None:
    conversation, vera = make_conversation("Hello", name="Maya Lind"), member(Role.VENDOR, "vera@example.org").user
    with acting(Actor(Kind.PERSON, vera.pk, "Vera")):
        take(conversation, user=vera)
        assign(lead_of(conversation.contact, bot), vera)
    found = sentences(owner, "who=")
    assert found[:2] == ["Vera changed the lead Maya Lind", "Vera took over the conversation with Maya Lind"]
    assert sentences(owner, "q=maya+li") == found[:2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM core_auditrow r")
        assert "Lind" not in cursor.fetchone()[0]
    Contact.objects.update(name="")
    assert sentences(owner)[1] == f"Vera took over the conversation with Contact {conversation.contact_id}"


def test_whoever_did_it_is_told_apart(owner: Client) -> None:
    for who in (
        Actor(Kind.KEY, 3, "CRM"),
        Actor(Kind.STAFF),
        Actor(Kind.COMMAND, name="create_bot"),
        Actor(Kind.SYSTEM),
        Actor(Kind.NOBODY),
    ):
        with acting(who):
            create_bot("B", business="Acme")
    assert [one.removesuffix(" created the bot B") for one in reversed(sentences(owner))] == [
        *("The API key CRM", "The staff of Leadline", "The command create_bot", "Leadline", "Somebody"),
    ]


def test_names_are_words_and_never_markup(owner: Client) -> None:
    with acting(Actor(Kind.PERSON, 7, "<script>alert(1)</script>{who}")):
        create_bot("<img src=x>{what}", business="Acme")
    page = owner.get(PAGE).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;img src=x&gt;{what}" in page


@pytest.fixture
def history(owner: Client, inbox: Inbox) -> Client:
    """A bot made by Maya, changed by a key on a day in May, a text by Leadline."""
    with audit.unlocked(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_auditrow")
    with acting(MAYA):
        bot = create_bot("Luna", business="Acme")
    with acting(Actor(Kind.KEY, 3, "CRM")):
        change_bot(bot, tone="formal")
    row = AuditRow.objects.order_by("-pk")[0]
    with audit.unlocked(), connection.cursor() as cursor:
        when = datetime(2026, 5, 7, 23, 30, tzinfo=UTC)
        cursor.execute("UPDATE core_auditrow SET at = %s WHERE id = %s", [when, row.pk])
    audit.record("knowledge.added", name="Opening hours")
    return owner


MADE, CHANGED, TEXT = "Maya Boss created the bot Luna", "The API key CRM changed the bot Luna", "Leadline added Opening hours to the knowledge"  # fmt: skip  # noqa: E501  # read as a table


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [TEXT, CHANGED, MADE]),
        ("what=bot", [CHANGED, MADE]),
        ("what=bot.changed", [CHANGED]),
        ("who=system", [TEXT]),
        ("q=opening", [TEXT]),
        ("q=maya", [MADE]),
        ("q=LUNA&what=bot.created", [MADE]),
        ("since=2026-05-07&until=2026-05-07", [CHANGED]),
        ("until=2026-05-06", []),
        ("since=2026-05-08&what=bot", [MADE]),
        ("since=0001-01-01", [TEXT, CHANGED, MADE]),
        ("until=9999-12-31", [TEXT, CHANGED, MADE]),
        ("since=yesterday&what=bot.changed", [CHANGED]),
        ("who=somebody&what=nothing", [TEXT, CHANGED, MADE]),
        ("before=0", []),
        ("before=99999999999999999999999999", [TEXT, CHANGED, MADE]),
        ("before=-1&about=bot:x", [TEXT, CHANGED, MADE]),
        ("about=bot:99999999999999999999999999", [TEXT, CHANGED, MADE]),
        ("q=%00", [TEXT, CHANGED, MADE]),
    ],
)
def test_rows_are_found_by_any_part_and_slips_of_the_keyboard_do_no_harm(
    history: Client, query: str, found: list[str]
) -> None:
    assert sentences(history, query) == found


def test_days_are_those_of_the_readers_own_zone(history: Client) -> None:
    history.cookies["zone"] = "Europe/Madrid"
    assert sentences(history, "since=2026-05-08&until=2026-05-08") == [CHANGED]
    assert "01:30:00" in history.get(f"{PAGE}?what=bot.changed").content.decode()


def test_a_wrong_day_is_said_at_its_field(history: Client) -> None:
    page = history.get(f"{PAGE}?since=1999-12-31").content.decode()
    assert "Choose a day between 2000 and 2099." in page


def test_all_about_one_thing_is_a_click_away(history: Client, bot: Bot) -> None:
    page = history.get(PAGE).content.decode()
    link = re.search(r'href="\?(about=bot%3A\d+)"', page)
    assert link and sentences(history, link[1]) == [CHANGED, MADE]


def test_a_walk_meets_every_row_once_though_rows_arrive_meanwhile(owner: Client) -> None:
    for number in range(120):
        audit.record("bot.created", name=f"Bot {number}")
    seen: list[str] = []
    query: str | None = "what=bot.created"
    while query is not None:
        page = owner.get(f"{PAGE}?{query}").content.decode()
        seen += re.findall(r"Bot \d+", "\n".join(sentences(owner, query)))
        audit.record("bot.created", name="Bot 999")
        link = re.search(r'href="\?([^"]*before=[^"]*)"', page)
        query = link[1].replace("&amp;", "&") if link else None
    assert seen == [f"Bot {number}" for number in reversed(range(120))]


def test_a_page_asks_a_fixed_number_of_questions(
    owner: Client, make_conversation: Callable[..., Conversation], member: Callable[..., Any]
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection, ) as asked:  # fmt: skip
            owner.get(PAGE)
        return len(asked)

    vera = member(Role.VENDOR).user
    with acting(MAYA):
        take(make_conversation("Hello", phone="447700900001"), user=vera)
        owner.get(PAGE)
        few = count()
        for number in range(2, 30):
            take(make_conversation("Hello", phone=f"4477009000{number:02}"), user=vera)
    assert count() == few


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OWNER, Role.ADMIN)])
def test_others_may_not_read_it_and_are_shown_no_way_there(client_for: Browser, role: Role) -> None:
    client = client_for(role)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/w/acme/").content.decode()


def test_the_owner_is_shown_the_way(owner: Client) -> None:
    assert f'href="{PAGE}"' in owner.get("/w/acme/").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_here(owner: Client, bot: Bot, method: str) -> None:
    before = AuditRow.objects.count()
    assert getattr(owner, method)(PAGE).status_code == 405
    assert AuditRow.objects.count() == before


def test_another_workspaces_rows_are_nowhere(owner: Client, other: Workspace) -> None:
    with tenants.enter(other):
        audit.record("bot.created", name="Canary of theirs")
    assert "Canary of theirs" not in owner.get(PAGE).content.decode()
