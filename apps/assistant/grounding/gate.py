"""The gate: every value of a reply must stand in the evidence.

A value that is computed stands nowhere, however right it is. Evidence is read from the strongest on, and no more of it
than the reply needs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.assistant.grounding.lexicon import TODAY
from apps.assistant.grounding.numbering import listed
from apps.assistant.grounding.reading import Reading, read
from apps.assistant.grounding.values import Locale, Mention
from apps.assistant.grounding.verdict import Value, Verdict

#: Of a value's text so much is kept.
MOST_TEXT = 120
#: A reply of more values that stand nowhere is none that quotes or counts.
MOST_EXPLAINED = 30
_CLAUSE_ENDS = re.compile(r"[.!?](?=\s|$)|\n")
_NOW = re.compile(r"\b(?:it is|it's|son las|es la|sao|now|ahora|agora)(?: now| ahora| agora| as| las)? $")
_CUT = re.compile(r"\W*?(?:\.\.\.|…)")
#: A model takes a while to answer, and its clock may be another.
_ABOUT_NOW = range(-15, 16)


@dataclass(frozen=True)
class Evidence:
    """A text that a reply may rest on, and how far, 0 to 1."""

    text: str
    weight: float = 1.0


def check(
    reply: str,
    evidence: Iterable[Evidence],
    *,
    locale: Locale = Locale(),  # noqa: B008  # frozen
    now: datetime | None = None,
    rests_on: float = 1.0,
) -> Verdict:
    """The verdict on a reply. `rests_on` is its confidence when it states no value; `now` by the business's clock."""
    reading = read(reply, locale)
    if not reading.mentions:
        return Verdict((), 0, round(rests_on, 3))
    missing, weight = _missing(reading, evidence, locale, now)
    unsupported = tuple(Value(one.kind, one.text[:MOST_TEXT]) for one in missing)
    checked = len(reading.mentions)
    confidence = (checked - len(missing)) / checked * weight
    return Verdict(tuple(dict.fromkeys(unsupported)), checked, round(confidence, 3))


def _missing(
    reading: Reading, evidence: Iterable[Evidence], locale: Locale, now: datetime | None
) -> tuple[list[Mention], float]:
    """The values that no evidence supports, and the weight of the weakest that was needed."""
    left = list(reading.mentions)
    facts = set(_of_now(now))
    weight, texts = 1.0, sorted((one for one in evidence if one.text), key=lambda one: -one.weight)
    for one in texts:
        facts |= read(one.text, locale).facts
        still = [mention for mention in left if not _stands(mention, facts)]
        if len(still) < len(left):
            weight = one.weight
        left = still
        if not left:
            return [], weight
    if len(left) > MOST_EXPLAINED:
        return left, weight
    flats = [read(one.text, locale).flat for one in texts]
    return [one for one in left if not _explained(one, reading, flats, now)], weight


def _stands(mention: Mention, facts: set[str]) -> bool:
    return any(need <= facts for need in mention.needs)


def _of_now(now: datetime | None) -> set[str]:
    """The years that a date without a year may mean."""
    return {f"y:{now.year}", f"y:{now.year + 1}", f"n:{now.year}"} if now else set()


def _explained(mention: Mention, reading: Reading, flats: Sequence[str], now: datetime | None) -> bool:
    """Whether it is no claim after all: a count of what follows, today's date, or a sentence that is quoted."""
    counts = {f"n:{count}" for count in listed(reading.flat, mention.start, mention.end)}
    if any(need <= counts for need in mention.needs):
        return True
    clause = _clause(reading.flat, mention)
    of_now = now is not None and _is_now(mention, reading.flat, clause, now)
    return of_now or _is_quoted(mention, reading.flat, clause, flats)


def _clause(text: str, mention: Mention) -> str:
    """The sentence or line around it."""
    start = max((match.end() for match in _CLAUSE_ENDS.finditer(text, 0, mention.start)), default=0)
    end = _CLAUSE_ENDS.search(text, mention.end)
    return text[start : end.start() if end else len(text)].strip(" .…\t")


def _is_now(mention: Mention, text: str, clause: str, now: datetime) -> bool:
    """`Today is Sunday 5 July`, `it is half past nine`: what the clock says."""
    facts: set[str] = set()
    for word, ahead in TODAY.items():
        if re.search(rf"(?<!la )\b{word}\b", clause):
            day = now + timedelta(days=ahead)
            facts |= {f"w:{day.weekday()}", f"d:{day:%m-%d}", f"D:{day:%Y-%m-%d}", f"m:{day:%m}"}
    if _NOW.search(text[max(mention.start - 20, 0) : mention.start]):
        moments = [now + timedelta(minutes=step) for step in _ABOUT_NOW]
        facts |= {f"t:{moment.hour * 60 + moment.minute}" for moment in moments}
    return _stands(mention, facts)


def _is_quoted(mention: Mention, text: str, clause: str, flats: Sequence[str]) -> bool:
    """Whether its whole sentence or line stands in a text; of one that was cut off, what is left of it."""
    wanted = clause if len(clause) > len(mention.text) + 3 else ""
    if _CUT.match(text, mention.end):
        wanted = mention.text.strip(" -+(")
    if not wanted:
        return False
    pattern = re.compile(rf"(?<![\w.,]){re.escape(wanted)}(?![\w]|[.,]\d)")
    return any(pattern.search(flat) for flat in flats)
