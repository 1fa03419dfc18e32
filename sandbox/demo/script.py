"""The demo's week as it is written down: the talks in the files of `week/`, read into records.

A talk has `began` ("3 days ago 14:05", by the clock of the shop) or `ended` ("6 min ago"), a phone unless its
`inbox` is "web", what is known of its lead, and lines. A line is `[+pause] who [act] [(state)]: words`:

    customer: …                 also: photo, voice, location (words @ latitude,longitude), reacts, quoting
    bot: …                      also: asking <field>, handing over (the customer asked), giving up, stopping
    ben (failed undeliverable 131026): …    a colleague, by key of `business.TEAM`; also: takes, resolves
    phone: …                    written in the phone app

The state of what goes out is `read` unless it says otherwise. A pause is +4s, +25m, +3h or +1d; without one, people
take the time that such words take.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

WEEK = Path(__file__).parent / "week"
#: The clock in the shop.
ZONE = ZoneInfo("Europe/London")

CUSTOMER, BOT, PHONE = "customer", "bot", "phone"
#: What each may do beside saying something; colleagues have the acts of "".
ACTS: Mapping[str, frozenset[str]] = {
    CUSTOMER: frozenset({"photo", "voice", "location", "reacts", "quoting"}),
    BOT: frozenset({"asking", "handing over", "giving up", "stopping"}),
    PHONE: frozenset(),
    "": frozenset({"takes", "resolves"}),
}

_LINE = re.compile(
    r"(?:\+(?P<pause>\d+[smhd]) )?(?P<who>[a-z]+)(?: (?P<act>asking|[a-z]+(?: over| up)?))?(?: (?P<field>[a-z]+))?"
    r"(?: \((?P<state>[a-z]+)(?: (?P<trouble>[a-z_]+) (?P<code>\d+))?\))?:(?: (?P<text>.+))?"
)
_PAUSES = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_BEGAN = re.compile(r"(\d+) days? ago (\d\d:\d\d)")
_ENDED = re.compile(r"(\d+) min ago")


@dataclass(frozen=True)
class Line:
    """One thing that somebody says or does, `after` the line before."""

    who: str
    text: str
    after: timedelta
    act: str = ""
    field: str = ""  # of the lead, that the bot asks for
    state: str = "read"
    trouble: str = ""
    code: str = ""


@dataclass(frozen=True)
class Talk:
    """A conversation from its first line to its last. `lead` holds stage, vendor and fields."""

    lines: tuple[Line, ...]
    name: str = ""
    phone: str = ""
    inbox: str = "whatsapp"
    began: str = ""
    ended: str = ""
    reason: str = "Asked for a person."  # for the handoff
    unread: int = 0
    lead: Mapping[str, str] = field(default_factory=dict)

    def moments(self, now: datetime) -> list[datetime]:
        """When each line was said. Raises ValueError where that would lie in the future."""
        waits = [line.after for line in self.lines[1:]]
        first = self._first(now, sum(waits, timedelta()))
        moments = [first]
        for wait in waits:
            moments.append(moments[-1] + wait)
        if moments[-1] > now:
            raise ValueError(f"The talk of {self.name or self.inbox} ends in the future.")
        return moments

    def _first(self, now: datetime, length: timedelta) -> datetime:
        if ended := _ENDED.fullmatch(self.ended):
            return now - timedelta(minutes=int(ended[1])) - length
        began = _BEGAN.fullmatch(self.began)
        if began is None:
            raise ValueError(f"The talk of {self.name or self.inbox} says neither when it began nor when it ended.")
        day = now.astimezone(ZONE).date() - timedelta(days=int(began[1]))
        return datetime.combine(day, time.fromisoformat(began[2]), tzinfo=ZONE)


def talks(colleagues: Iterable[str]) -> list[Talk]:
    """The whole week. Raises ValueError, naming the line, for one that cannot be read."""
    known = {who: ACTS.get(who, ACTS[""]) for who in (CUSTOMER, BOT, PHONE, *colleagues)}
    tables: list[dict[str, Any]] = []
    for path in sorted(WEEK.glob("*.toml")):
        tables += tomllib.loads(path.read_text(encoding="utf-8"))["talk"]
    return [Talk(**{**table, "lines": _lines(table["lines"], known)}) for table in tables]


def _lines(text: str, known: Mapping[str, frozenset[str]]) -> tuple[Line, ...]:
    read = [_line(row, known) for row in text.strip().splitlines()]
    paced = [replace(line, after=line.after or _pace(before, line)) for before, line in pairwise(read)]
    return (read[0], *paced)


def _line(row: str, known: Mapping[str, frozenset[str]]) -> Line:
    found = _LINE.fullmatch(row)
    if found is None or found["who"] not in known or (found["act"] or "") not in {"", *known[found["who"]]}:
        raise ValueError(f"The week's script has a line that cannot be read: {row}")
    words = {name: value for name, value in found.groupdict(default="").items() if value}
    text, pause = words.pop("text", ""), words.pop("pause", "")
    return Line(text=text, after=_pause(pause), **words)


def _pause(written: str) -> timedelta:
    return timedelta(**{_PAUSES[written[-1]]: int(written[:-1])}) if written else timedelta()


def _pace(before: Line, line: Line) -> timedelta:
    """The bot answers after its quiet time; people read what stands there, and type at three letters a second."""
    if line.who == BOT:
        return timedelta(seconds=4)
    reading = len(before.text) / 20
    thinking = 40 if line.who == CUSTOMER else 110
    return timedelta(seconds=round(thinking + reading + len(line.text) / 3))
