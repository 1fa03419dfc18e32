"""What a message carries besides words, as the history shows it: `[photo] Is this it?`.

Owns the reading of these placeholders; apps.assistant.reading writes them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Carried(StrEnum):
    """What came instead of, or with, words."""

    PLACE = "place"
    PICTURE = "picture"
    SOUND = "sound"
    FILE = "file"
    CARD = "card"
    ORDER = "order"
    STICKER = "sticker"
    FORM = "form"
    UNREADABLE = "unreadable"


_LABELS = {
    "location": Carried.PLACE,
    "photo": Carried.PICTURE,
    "video": Carried.PICTURE,
    "audio": Carried.SOUND,
    "voice message": Carried.SOUND,
    "document": Carried.FILE,
    "contact card": Carried.CARD,
    "order": Carried.ORDER,
    "sticker": Carried.STICKER,
    "form": Carried.FORM,
    "message that cannot be shown": Carried.UNREADABLE,
    "empty message": Carried.UNREADABLE,
}
_PLACEHOLDER = re.compile(rf"\[(?P<label>{'|'.join(_LABELS)})(?:: (?P<detail>[^\n]{{1,1000}}?))?\](?=\s|$)\s*")


@dataclass(frozen=True)
class Content:
    """A message taken apart: what it carries (None: nothing but words), the place it shares, its words."""

    carried: Carried | None
    place: str
    words: str


def read_content(text: str) -> Content:
    """The message's placeholder and its words; text that only looks like one is words."""
    match = _PLACEHOLDER.match(text)
    if not match:
        return Content(None, "", text)
    carried = _LABELS[match["label"]]
    place = (match["detail"] or "").strip() if carried is Carried.PLACE else ""
    return Content(carried, place, text[match.end() :])
