"""The parsers, for whatever is written: forms of one value meet, others never do, and no text breaks or slows them."""

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.assistant.grounding.amounts import amounts, normal
from apps.assistant.grounding.gate import Evidence, check
from apps.assistant.grounding.links import site
from apps.assistant.grounding.plain import plain
from apps.assistant.grounding.reading import read
from apps.assistant.grounding.values import Locale
from tests.assistant.grounding.words import SAID

HERE = Locale(month_first=False, calling_code="34")
CENTS = st.integers(1, 99_999_999)
GROUPING = st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("", ","), ("\u202f", ",")])
SIGNS = st.sampled_from(["£{}", "{} £", "{}£", "GBP {}", "{} GBP", "{} pounds", "£ {}", "*£{}*", "{} libras"])
LANGUAGES = st.sampled_from(["en", "es", "pt"])


def passes(reply: str, *evidence: str) -> bool:
    return not check(reply, [Evidence(text) for text in evidence], locale=HERE).unsupported


def written(cents: int, grouping: tuple[str, str]) -> str:
    thousands, decimal = grouping
    whole, part = divmod(cents, 100)
    return f"{whole:,}".replace(",", thousands) + f"{decimal}{part:02}"


@given(CENTS, GROUPING, GROUPING, SIGNS, SIGNS)
def test_a_price_is_the_same_in_every_grouping_and_with_every_sign(
    cents: int, one: tuple[str, str], other: tuple[str, str], sign: str, another: str
) -> None:
    assert passes(f"Es {sign.format(written(cents, one))}.", f"Cost {another.format(written(cents, other))} a day.")


@given(CENTS, CENTS, GROUPING, GROUPING, SIGNS)
def test_another_price_never_passes(
    cents: int, other: int, one: tuple[str, str], another: tuple[str, str], sign: str
) -> None:
    if cents != other:
        assert not passes(sign.format(written(cents, one)), f"It costs £{written(other, another)} a day.")


@given(CENTS, GROUPING)
def test_an_amount_is_what_its_digits_say(cents: int, grouping: tuple[str, str]) -> None:
    assert normal(Decimal(cents) / 100) in amounts(written(cents, (grouping[0].strip("\u202f"), grouping[1])))


@given(st.integers(2, 9999).filter(lambda number: number % 100 != 1), LANGUAGES)
def test_a_number_in_words_is_the_one_in_digits(number: int, language: str) -> None:
    spoken = SAID[language](number)
    assert passes(f"{number} pounds", f"{spoken} pounds"), spoken
    assert passes(f"{spoken} pounds", f"£{number}"), spoken
    assert not passes(f"{spoken} pounds", f"£{number + 1}"), spoken


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59))
def test_an_hour_by_either_clock_is_itself_and_no_other(hour: int, minute: int, other: int, another: int) -> None:
    half = f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"
    assert passes(f"At {half}", f"Open at {hour:02}:{minute:02}, not 13:61")
    assert passes(f"At {hour:02}:{minute:02}", f"Open at {half}")
    if (hour, minute) != (other, another):
        assert not passes(f"At {half}", f"Open at {other:02}:{another:02}")


MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def said_on(day: date, language: str) -> str:
    month = MONTHS[language].split()[day.month - 1]
    return f"{day.day} {month}" if language == "en" else f"{day.day} de {month}"


@settings(max_examples=60)
@given(DAYS, st.integers(1, 300), LANGUAGES)
def test_a_day_is_itself_in_every_form_and_no_other(day: date, later: int, language: str) -> None:
    forms = [said_on(day, language), day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day}.{day.month}.{day.year}"]
    for form in forms:
        assert passes(f"Closed on {form}", f"Closed: {day.isoformat()}"), form
        assert passes(f"Closed on {said_on(day, 'en')}", f"Closed: {form}"), form
    other = day + timedelta(days=later)
    assert not passes(f"Closed on {said_on(day, language)}", f"Closed on {other.isoformat()}")


@given(st.from_regex(r"[6-9]\d{8}", fullmatch=True), st.sampled_from([" ", "-", "."]))
def test_a_phone_number_is_known_by_its_digits(number: str, mark: str) -> None:
    apart = mark.join((number[:3], number[3:6], number[6:]))
    assert passes(f"+34 {apart}", f"Tel. {number}")
    assert passes(f"Llame al {number}", f"+34{number}")
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    assert not passes(f"Llame al {wrong}", f"Tel. +34 {apart}")


NAMES = st.from_regex(r"[a-z][a-z0-9-]{1,12}[a-z0-9]", fullmatch=True)


@given(NAMES, NAMES, st.sampled_from(["", "/", "/Path/x?y=1"]))
def test_an_address_is_known_without_its_trimmings(name: str, other: str, path: str) -> None:
    assert site(f"HTTPS://WWW.{name.upper()}.EXAMPLE{path}") == f"{name}.example{path.rstrip('/')}"
    assert passes(f"See {name}.example{path}.", f"Web: https://www.{name}.example{path}")
    assert passes(f"Mail INFO@{name}.example!", f"info@{name.upper()}.EXAMPLE")
    if name != other:
        assert not passes(f"See https://{name}.example", f"See {other}.example")


LETTERS = st.text(
    alphabet=st.one_of(st.sampled_from("0123456789 .,:;/-+()€£$%@#*_~\n'ampehyodt½²①３٣\u200b\u20e3"), st.characters()),
    max_size=120,
)


@given(LETTERS)
def test_any_text_supports_itself_and_its_values_are_pieces_of_it(text: str) -> None:
    reading = read(text, HERE)
    assert passes(text, text)
    for mention in reading.mentions:
        assert mention.needs
        assert 0 <= mention.start <= mention.end


@given(LETTERS, LETTERS)
def test_more_evidence_never_takes_support_away(text: str, more: str) -> None:
    assert passes(text, more, text)


@given(
    st.text(alphabet="0123456789", min_size=1, max_size=8), st.sampled_from(["\u200b", "\ufe0f", "\u2060", "\u00ad"])
)
def test_what_is_invisible_parts_no_number(digits: str, mark: str) -> None:
    assert plain(mark.join(digits) + "é") == digits + "é"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4000 + "@",
        "a." * 2000,
        "1 " * 2000,
        "1," * 2000,
        "я" * 4000 + ".com",
        "dot " * 1000,
        "\n" * 4000 + "1.",
        "(" * 4000,
        "5/" * 2000,
        "thirty " * 600,
        "half a " * 600,
        "July 5 " * 500,
        "mon-" * 1000,
        "9:00-" * 800,
        "+44 " * 1000,
        "0" * 4000,
        "www." * 1000,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_of_an_attacker_takes_long(text: str) -> None:
    began = time.thread_time()
    check(text, [Evidence(text[::-1])], locale=HERE)
    assert time.thread_time() - began < 1.0
