"""Where two places of the knowledge state different prices, hours or numbers of one thing, the owner is told."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.knowledge.contradictions import contradictions
from apps.knowledge.facts import stated
from apps.knowledge.models import Source
from apps.knowledge.services import add_products, add_text, index, remove


def learn(bot: Bot, title: str, text: str) -> Source:
    return index(add_text(bot, title=title, text=text))


def told(bot: Bot) -> list[tuple[str, str, list[str]]]:
    return [(one.kind.value, one.thing, [s.value for s in one.statements]) for one in contradictions(bot)]


def test_two_prices_of_one_thing_are_told_with_both_places(bot: Bot) -> None:
    one, other = learn(bot, "Prices", "Rye loaf: 4.20 €"), learn(bot, "Menu", "The loaf of rye costs 4,50 €.")
    (found,) = contradictions(bot)
    assert (found.kind, found.thing) == ("price", "loaf rye")
    assert [(s.source, s.value, s.said) for s in found.statements] == [
        (one.pk, "4.20 EUR", "Rye loaf: 4.20 €"),
        (other.pk, "4.50 EUR", "The loaf of rye costs 4,50 €."),
    ]


def test_the_price_in_a_list_of_products_counts(bot: Bot) -> None:
    index(add_products(bot, title="Bread", data=b"name,price\nRye loaf,4.20\n"))
    learn(bot, "Menu", "Rye loaf: 4.20 €")
    assert told(bot) == []
    learn(bot, "Old menu", "Rye loaf: 3.90 €")
    assert told(bot) == [("price", "loaf rye", ["4.20 EUR", "3.90 EUR"])] or len(told(bot)) == 1


def test_different_hours_of_a_day_are_told_once_for_all_days(bot: Bot) -> None:
    learn(bot, "Hours", "# Opening hours\nMon-Fri 9-18\nSat 10-14")
    learn(bot, "Visit", "We are open Monday to Friday: 9 am - 5 pm")
    assert told(bot) == [("hours", "friday", ["09:00-18:00", "09:00-17:00"])]


def test_different_phone_numbers_are_told(bot: Bot) -> None:
    Bot.objects.filter(pk=bot.pk).update(region="GB")
    bot.refresh_from_db()
    learn(bot, "Contact", "Phone: 0117 496 0111")
    learn(bot, "Imprint", "Call us: +44 117 496 0999")
    assert told(bot) == [("phone", "", ["+441174960111", "+441174960999"])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rye loaf: 4.20 €", "Rye loaf costs €4,20"),
        ("Rye loaf: 4.20 €", "Rye roll: 1.20 €"),
        ("Coffee: small 2 €, large 3 €", "Coffee: 2 €"),
        ("Mon-Fri 9-18", "Mon - Fri 9:00 to 18:00"),
        ("Kitchen Mon-Fri 12-14", "Mon-Fri 9-18"),
        ("Rye loaf: 4.20 €", "Rye loaf: $5"),
    ],
)
def test_what_does_not_contradict_is_not_told(bot: Bot, one: str, other: str) -> None:
    learn(bot, "One", one)
    learn(bot, "Other", other)
    assert told(bot) == []


def test_what_another_bot_knows_or_what_is_deleted_contradicts_nothing(bot: Bot) -> None:
    learn(bot, "Prices", "Rye loaf: 4.20 €")
    learn(create_bot("Beside", business="Acme"), "Menu", "Rye loaf: 9 €")
    assert told(bot) == []
    menu = learn(bot, "Menu", "Rye loaf: 4.50 €")
    assert len(told(bot)) == 1
    remove(menu)
    assert told(bot) == []


def test_the_page_warns_with_links_to_both(client_for: Callable[..., Client], bot: Bot) -> None:
    one, other = learn(bot, "Prices", "Rye loaf: 4.20 €"), learn(bot, "Menu", "Rye loaf: 4.50 €")
    page = client_for(Role.EDITOR).get(f"/w/acme/bots/{bot.pk}/knowledge/").content.decode()
    assert "1 thing is told in two ways" in page
    for source in (one, other):
        chunk = source.chunks.get().pk
        assert f'href="/w/acme/bots/{bot.pk}/knowledge/{source.pk}/#chunk-{chunk}"' in page


def test_a_line_that_says_no_fact_gives_none() -> None:
    assert stated("So we are here 24/7, call 112 or come by.\nIn 2009 we sold 4 bikes.\nIt costs nothing.") == []
