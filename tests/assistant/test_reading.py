"""Messages as a reader would read them aloud."""

from typing import Any

import pytest

from apps.assistant.reading import place, readable, words
from apps.conversations.models import Message
from apps.providers.base import ContentKind

CASES: list[tuple[ContentKind, str, dict[str, Any], str, str]] = [
    (ContentKind.TEXT, "Hello", {}, "Hello", "Hello"),
    (ContentKind.TEXT, "", {}, "[empty message]", ""),
    (ContentKind.IMAGE, "Is this it?", {"media_id": "1"}, "[photo] Is this it?", "Is this it?"),
    (ContentKind.IMAGE, "", {}, "[photo]", ""),
    (ContentKind.VIDEO, "", {}, "[video]", ""),
    (ContentKind.AUDIO, "", {"voice": True}, "[voice message]", ""),
    (ContentKind.AUDIO, "", {}, "[audio]", ""),
    (ContentKind.STICKER, "", {}, "[sticker]", ""),
    (ContentKind.DOCUMENT, "My order", {"filename": "a.pdf"}, "[document: a.pdf] My order", "My order"),
    (ContentKind.CHOICE, "Repair", {"id": "7", "title": "Repair"}, "Repair", "Repair"),
    (ContentKind.CHOICE, "Repair", {"description": "Same day"}, "Repair\nSame day", "Repair\nSame day"),
    (
        ContentKind.FORM,
        "Sent",
        {"response": {"Name": "Maya", "Days": ["Mon", "Tue"], "flow_token": "x", "Empty": "", "Deep": {"a": 1}}},
        "[form] Sent\nName: Maya\nDays: Mon, Tue",
        "Sent\nName: Maya\nDays: Mon, Tue",
    ),
    (ContentKind.FORM, "Sent", {"response": None}, "[form] Sent", "Sent"),
    (
        ContentKind.LOCATION,
        "Main Square 1, Leeds",
        {"latitude": 53.8, "longitude": -1.5},
        "[location: Main Square 1, Leeds]",
        "Main Square 1, Leeds",
    ),
    (ContentKind.LOCATION, "", {"latitude": 53.8, "longitude": -1.54}, "[location: 53.80000, -1.54000]", ""),
    (
        ContentKind.CONTACTS,
        "Ben +447700900124",
        {"contacts": []},
        "[contact card] Ben +447700900124",
        "Ben +447700900124",
    ),
    (
        ContentKind.ORDER,
        "Soon please",
        {"items": [{"product_id": "tyre", "quantity": 2}]},
        "[order: 2 x tyre] Soon please",
        "Soon please",
    ),
    (ContentKind.UNSUPPORTED, "", {"type": "poll", "errors": []}, "[message that cannot be shown]", ""),
]


@pytest.mark.parametrize(("kind", "text", "content", "aloud", "said"), CASES)
def test_message_is_read(kind: ContentKind, text: str, content: dict[str, Any], aloud: str, said: str) -> None:
    message = Message(kind=kind, text=text, content=content)
    assert (readable(message), words(message)) == (aloud, said)


def test_place_without_a_name_is_its_coordinates() -> None:
    message = Message(kind=ContentKind.LOCATION, text="", content={"latitude": 53, "longitude": -1.5491234})
    assert place(message) == "53.00000, -1.54912"
