"""Lead fields are found in the customer's own words, and nothing is taken for one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.llm.base import LEAD_FIELDS
from apps.llm.fields.contacts import normalise_email, normalise_phone
from apps.llm.fields.find import find_fields, read
from tests.llm.field_cases import CASES


@pytest.mark.parametrize(("text", "asked", "region", "fields"), CASES)
def test_fields_are_found(text: str, asked: str | None, region: str | None, fields: dict[str, str]) -> None:
    assert find_fields(text, asked=asked, region=region) == fields


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My name is Chidi. What are your prices?", "What are your prices"),
        ("marta@example.org is my email, do you deliver?", "do you deliver"),
        ("you can call me on +44 7911 123456 and do you open on Sunday", "and do you open on Sunday"),
        ("Hi, Sofia Lindqvist here, sofia.l@example.org, I live in Uppsala", "Hi"),
        ("Priya Natarajan", ""),
    ],
)
def test_what_gave_the_fields_is_cut_from_the_rest(text: str, words: str) -> None:
    asked = "name" if text == "Priya Natarajan" else None
    assert " ".join(re.findall(r"\w+", read(text, asked=asked).rest)) == words


@given(st.text(max_size=300), st.sampled_from([None, *LEAD_FIELDS]))
def test_any_text_gives_known_fields_or_none(text: str, asked: str | None) -> None:
    fields = find_fields(text, asked=asked, region="GB")
    assert set(fields) <= set(LEAD_FIELDS)
    assert all(value.strip() for value in fields.values())


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" <Jane@Example.COM>. ", "jane@example.com"),
        ("jane@example", None),
        ("jane@@example.com", None),
        ("a..b@example.com", None),
        ("jane@example.com and more", None),
        ("", None),
    ],
)
def test_email_has_one_form(text: str, email: str | None) -> None:
    assert normalise_email(text) == email


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+46 70 123 45 67", None, "+46701234567"),
        ("0046 70 123 45 67", None, "+46701234567"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("46701234567", None, "+46701234567"),
        ("123", "SE", None),
        ("hello", None, None),
        ("", "GB", None),
    ],
)
def test_phone_has_one_form(text: str, region: str | None, phone: str | None) -> None:
    assert normalise_phone(text, region) == phone
