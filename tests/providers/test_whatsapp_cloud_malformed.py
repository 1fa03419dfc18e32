"""Bad parts of a delivery are named by their place and cost their neighbours nothing; bad text is made storable."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.providers import registry
from apps.providers.base import ContentKind, IdentityKind, Inbound, Unreadable, UnreadableBody
from apps.providers.whatsapp_cloud.delivery import MOST_ITEMS, MOST_UNREADABLE
from tests.providers.cases import body_of, parsed

KIND = "whatsapp_cloud"
FIRST = "entry[0].changes[0].value"


def document(name: str = "text") -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body_of(KIND, name))
    return loaded


def with_value(**fields: Any) -> dict[str, Any]:
    """The recorded text with fields of its value replaced."""
    found = document()
    found["entry"][0]["changes"][0]["value"].update(fields)
    return found


def message(**fields: Any) -> dict[str, Any]:
    """The recorded text's message with some fields replaced; None takes a field away."""
    merged = {**document()["entry"][0]["changes"][0]["value"]["messages"][0], **fields}
    return {key: value for key, value in merged.items() if value is not None}


def read_one(**fields: Any) -> Inbound:
    (item,) = parsed(KIND, with_value(messages=[message(**fields)]))
    assert isinstance(item, Inbound)
    return item


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b'{"entry":',
        b"[]",
        b'"text"',
        b"null",
        b"12",
        b"\x1f\x8b\x08\x00gzip",
        b"[" * 10_000,
        b'{"a":' * 10_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"entry":[{"changes":' + b"[" * 70 + b"]" * 70 + b"}]}",
        '{"object":"whatsapp_business_account"}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_no_json_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        parsed(KIND, body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"object": "whatsapp_business_account"},
        {"entry": {}},
        {"entry": []},
        {"entry": None},
        {"entry": [{}]},
        {"entry": [{"changes": []}]},
        {"entry": [{"changes": [{}]}]},
        {"entry": [{"changes": [{"field": "messages"}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {}}]}]},
    ],
    ids=json.dumps,
)
def test_an_empty_delivery_holds_nothing(body: dict[str, Any]) -> None:
    assert parsed(KIND, body) == []


@pytest.mark.parametrize(
    ("body", "where", "why"),
    [
        ({"object": "page"}, "object", "the delivery is not about a WhatsApp business account"),
        ({"object": 7}, "object", "the delivery is not about a WhatsApp business account"),
        ({"entry": "secret words"}, "entry", "it should be a list"),
        ({"entry": {"changes": []}}, "entry", "it should be a list"),
        ({"entry": [5]}, "entry[0]", "it should be an object"),
        ({"entry": [{"changes": {"a": 1}}]}, "entry[0].changes", "it should be a list"),
        ({"entry": [{"changes": [{}, None]}]}, "entry[0].changes[1]", "it should be an object"),
        ({"entry": [{"changes": [{"field": "messages", "value": [1]}]}]}, FIRST, "it should be an object"),
        (with_value(metadata=None), f"{FIRST}.metadata", "no phone_number_id says whose it is"),
        (with_value(metadata="x"), f"{FIRST}.metadata", "no phone_number_id says whose it is"),
        (
            with_value(metadata={"phone_number_id": True}),
            f"{FIRST}.metadata",
            "no phone_number_id says whose it is",
        ),
        (with_value(messages="secret words"), f"{FIRST}.messages", "it should be a list"),
        (with_value(messages=["secret words"]), f"{FIRST}.messages[0]", "it should be an object"),
        (with_value(messages=[{}]), f"{FIRST}.messages[0]", "it has no id"),
        (with_value(messages=[message(id=None)]), f"{FIRST}.messages[0]", "it has no id"),
        (with_value(messages=[message(id=" ")]), f"{FIRST}.messages[0]", "it has no id"),
        (with_value(messages=[message(id=["a"])]), f"{FIRST}.messages[0]", "it has no id"),
        (with_value(messages=[message(id="w" * 256)]), f"{FIRST}.messages[0]", "its id is too long to be one"),
        (
            with_value(messages=[message(text=None)]),
            f"{FIRST}.messages[0]",
            "a message of type text without its text object",
        ),
        (
            with_value(messages=[message(text="secret words")]),
            f"{FIRST}.messages[0]",
            "a message of type text without its text object",
        ),
        (
            with_value(messages=[message(text={"body": {"secret": 1}})]),
            f"{FIRST}.messages[0]",
            "a text without a body",
        ),
        (
            with_value(messages=[message(type="image")]),
            f"{FIRST}.messages[0]",
            "a message of type image without its image object",
        ),
        (
            with_value(messages=[message(type="interactive", interactive={"type": "list_reply", "list_reply": 1})]),
            f"{FIRST}.messages[0]",
            "a choice without id and title",
        ),
        (
            with_value(messages=[message(type="location", location={"latitude": "north", "longitude": 2})]),
            f"{FIRST}.messages[0]",
            "a location without coordinates",
        ),
        (
            with_value(messages=[message(type="location", location={"latitude": 91, "longitude": 2})]),
            f"{FIRST}.messages[0]",
            "a location without coordinates",
        ),
        (
            with_value(messages=[message(type="contacts", contacts=["x"])]),
            f"{FIRST}.messages[0]",
            "a message of type contacts without contacts",
        ),
        (
            with_value(messages=[message(type="reaction", reaction={"emoji": "👍"})]),
            f"{FIRST}.messages[0]",
            "it does not say which message it is about",
        ),
        (
            with_value(messages=[message(type="edit", edit={"original_message_id": "wamid.1"})]),
            f"{FIRST}.messages[0]",
            "an edit without its new content",
        ),
        (
            with_value(contacts=[], messages=[message(**{"from": None, "from_user_id": None, "text": {"body": "x"}})]),
            f"{FIRST}.messages[0]",
            "nothing says who wrote it",
        ),
        (with_value(messages=[], statuses=[{"status": "sent"}]), f"{FIRST}.statuses[0]", "it has no id"),
        (
            with_value(messages=[], statuses=[{"id": "wamid.1", "status": ["sent"]}]),
            f"{FIRST}.statuses[0]",
            "a status that does not say which",
        ),
        (
            with_value(messages=[], message_echoes=[{"id": "wamid.1", "type": "text", "text": {"body": "secret"}}]),
            f"{FIRST}.message_echoes[0]",
            "nothing says to whom it was written",
        ),
    ],
)
def test_a_bad_part_is_named_by_its_place(body: dict[str, Any], where: str, why: str) -> None:
    assert parsed(KIND, body) == [Unreadable(where, why)]


def test_a_bad_message_costs_its_neighbours_nothing() -> None:
    good = message()
    items = parsed(KIND, with_value(messages=[good, {"type": "text"}, None, {**good, "id": "wamid.HBgNEXT"}]))
    assert [type(item).__name__ for item in items] == ["Inbound", "Unreadable", "Unreadable", "Inbound"]
    assert [item.where for item in items if isinstance(item, Unreadable)] == [
        f"{FIRST}.messages[1]",
        f"{FIRST}.messages[2]",
    ]


def test_nul_is_taken_out_of_text_and_of_nested_content() -> None:
    card = {"name": {"formatted_name": "Ma\x00rta"}, "ph\x00ones": [{"phone": "\x001"}]}
    body = json.dumps(
        with_value(
            messages=[
                message(text={"body": "ho\x00la"}),
                message(id="wamid.\x00HBgNEXT", type="contacts", contacts=[card]),
            ]
        )
    ).encode()
    assert b"\\u0000" in body
    first, second = parsed(KIND, body)
    assert isinstance(first, Inbound) and isinstance(second, Inbound)
    assert first.text == "hola"
    assert second.external_id == "wamid.HBgNEXT"
    assert second.content == {"contacts": [{"name": {"formatted_name": "Marta"}, "phones": [{"phone": "1"}]}]}
    assert second.text == "Marta 1"


def test_a_raw_nul_in_the_body_is_taken_out_too() -> None:
    body = json.dumps(with_value(messages=[message(text={"body": "hoNULla"})])).encode()
    (item,) = parsed(KIND, body.replace(b"NUL", b"\x00"))
    assert isinstance(item, Inbound) and item.text == "hola"


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    assert read_one(text={"body": "a\ud800b\udc00c"}).text == "a\ufffdb\ufffdc"


def test_invalid_utf8_becomes_the_replacement_character() -> None:
    body = json.dumps(with_value(messages=[message(text={"body": "caf#"})])).encode()
    (item,) = parsed(KIND, body.replace(b"#", b"\xe9"))
    assert isinstance(item, Inbound) and item.text == "caf\ufffd"


@pytest.mark.parametrize(
    "text",
    ["👩\u200d👩\u200d👧\u200d👦" * 6_000, "\u202eمرحبا\u202c " * 8_000, "x" * 65_536, "  \n\tspaces stay \n ", ""],
    ids=["emoji", "right-to-left", "64 KB", "spaces", "empty"],
)
def test_text_survives_exactly_as_sent(text: str) -> None:
    assert read_one(text={"body": text}).text == text


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("1767261600", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        (1767261600, datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ("1767261600000", datetime(2026, 1, 1, 10, tzinfo=UTC)),
        ("0", None),
        ("1200000000", None),  # 2008
        ("4102444800", None),  # 2100
        ("99999999999999999999", None),
        ("-1767261600", None),
        ("١٧٦٧٢٦١٦٠٠", None),
        ("soon", None),
        ("", None),
        (True, None),
        ([1767261600], None),
        (1767261600.5, None),
        (10**300, None),
    ],
    ids=repr,
)
def test_a_moment_is_read_or_left_open(given: Any, at: datetime | None) -> None:
    assert read_one(timestamp=given).sent_at == at


def test_numbers_that_json_lacks_do_not_reach_content() -> None:
    raw = json.dumps(with_value(messages=[message(type="order", order={"product_items": [{"quantity": "#"}] * 4})]))
    for number in ("NaN", "-Infinity", "1e999", "9" * 5_000):
        raw = raw.replace('"#"', number, 1)
    (item,) = parsed(KIND, raw.encode())
    assert isinstance(item, Inbound) and item.kind is ContentKind.ORDER
    assert [line["quantity"] for line in item.content["items"]] == [None, None, None, "9" * 5_000]


def test_the_last_of_two_equal_keys_counts() -> None:
    body = body_of(KIND, "text").replace(b'"type": "text"', b'"type": "image", "type": "text"')
    assert parsed(KIND, body) == parsed(KIND, body_of(KIND, "text"))


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+34 611-20 49.87", "34611204987"),
        ("(34) 611204987", "34611204987"),
        (34611204987, "34611204987"),
        ("٣٤٦١١٢٠٤٩٨٧", ""),
        ("12", ""),
        ("call me", ""),
    ],
    ids=repr,
)
def test_a_phone_is_reduced_to_its_digits(written: Any, phone: str) -> None:
    body = with_value(contacts=[], messages=[message(**{"from": written})])
    (item,) = parsed(KIND, body)
    assert isinstance(item, Inbound)
    phones = [identity.value for identity in item.sender.identities if identity.kind is IdentityKind.PHONE]
    assert phones == ([phone] if phone else [])


def test_a_type_left_out_is_told_by_what_the_message_holds() -> None:
    assert read_one(type=None).kind is ContentKind.TEXT


def test_a_contact_is_not_lent_to_another_sender() -> None:
    two = [message(), message(**{"id": "wamid.HBgNEXT", "from": "34600000001", "from_user_id": None})]
    first, second = parsed(KIND, with_value(messages=two))
    assert isinstance(first, Inbound) and isinstance(second, Inbound)
    assert first.sender.name == "Lucía Ferrer"
    assert second.sender.name == ""
    assert [identity.value for identity in second.sender.identities] == ["34600000001"]


def test_a_change_without_a_field_name_is_read_by_what_it_holds() -> None:
    nameless = document()
    del nameless["entry"][0]["changes"][0]["field"]
    assert parsed(KIND, nameless) == parsed(KIND, document())


def test_two_million_parts_that_are_nothing_become_a_hundred_items_and_two_that_say_so() -> None:
    rubbish = b'{"entry":[' + b"0," * 2_000_000 + b"0]}"
    items = registry.get(KIND).parse({}, rubbish)
    assert len(items) == MOST_UNREADABLE + 2
    assert items[0] == Unreadable("entry[0]", "it should be an object")
    assert items[-2:] == [
        Unreadable("elsewhere", "4,900 more parts cannot be read"),
        Unreadable("the rest", "more than 5,000 items, where 1,000 are the most that Meta sends"),
    ]


def test_of_more_statuses_than_meta_ever_sends_together_five_thousand_are_read() -> None:
    state = {"id": "wamid.x", "status": "read", "timestamp": "1794000001"}
    items = parsed(KIND, with_value(messages=[], statuses=[state] * (MOST_ITEMS + 7)))
    assert len(items) == MOST_ITEMS + 1
    assert isinstance(items[MOST_ITEMS], Unreadable)
    assert len(parsed(KIND, with_value(messages=[], statuses=[state] * MOST_ITEMS))) == MOST_ITEMS
