"""Finds deliveries: those that hold something aside, those whose body says something. Bounded in rows and time."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.utils import OperationalError
from django.utils.translation import gettext as _

from apps.ingest.models import Delivery, Quarantined

#: A search looks into the newest bodies only: so many, and no longer than this.
MOST_BODIES = 5_000
MOST_FOUND = 500
SECONDS = 3
SHORTEST_TEXT, LONGEST_TEXT = 3, 200
_EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
#: Seven digits, also with spaces and signs between them, may be somebody's number, which stays out of addresses.
_NUMBER = re.compile(r"\d(?:[\s().+/-]*\d){6}")

# Bodies are bytes: both sides are written as ASCII with escapes, where capitals and small letters compare alike.
FIND = """
SELECT id FROM (
  SELECT id, body FROM ingest_delivery
  WHERE received_at >= %(since)s AND received_at <= %(until)s ORDER BY id DESC LIMIT %(bodies)s
) newest
WHERE EXISTS (
  SELECT 1 FROM unnest(%(written)s::bytea[]) way
  WHERE strpos(lower(encode(body, 'escape')), lower(encode(way, 'escape'))) > 0
)
ORDER BY id DESC LIMIT %(found)s
"""


def find_in_bodies(text: str, *, since: datetime | None = None, until: datetime | None = None) -> list[int]:
    """Ids of the deliveries whose body holds the text, the newest first, at most MOST_FOUND of the newest MOST_BODIES.

    Capitals and small letters of the English alphabet are the same. Raises ValidationError for a text that is too
    short or holds what may be a phone number, and when the search takes longer than SECONDS.
    """
    words = check_words(text)
    values: dict[str, Any] = {
        "written": _ways(words),
        "since": since or _EVER[0],
        "until": until or _EVER[1],
        "bodies": MOST_BODIES,
        "found": MOST_FOUND,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{SECONDS}s'")
            cursor.execute(FIND, values)
            found = [row[0] for row in cursor.fetchall()]
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        raise ValidationError(
            _("Searching the bodies took longer than %(most)s seconds. Choose fewer days.") % {"most": SECONDS}
        ) from error
    return found


def _ways(words: str) -> list[bytes]:
    """How the words stand in a body: as they are, or as JSON writes them; Meta escapes the slash too."""
    quoted = json.dumps(words)[1:-1]
    return sorted({words.encode(), quoted.encode(), quoted.replace("/", "\\/").encode()})


def check_words(text: str) -> str:
    """The text as it may be searched for. Raises ValidationError."""
    words = text.strip()
    if len(words) < SHORTEST_TEXT or len(words) > LONGEST_TEXT or "\x00" in words:
        raise ValidationError(
            _("Search the bodies for %(least)s to %(most)s characters.")
            % {"least": SHORTEST_TEXT, "most": LONGEST_TEXT}
        )
    if _NUMBER.search(words):
        raise ValidationError(
            _("That may be a phone number. What is searched for stands in addresses and logs, where none belongs.")
        )
    return words


def with_something_aside() -> QuerySet[Delivery]:
    """Deliveries of which something could not be used and nobody has dismissed it."""
    waiting = Delivery.objects.filter(
        pk__in=Quarantined.objects.filter(released_at=None, dismissed_at=None).values("delivery")
    )
    return waiting | Delivery.objects.filter(state=Delivery.State.UNREADABLE)
