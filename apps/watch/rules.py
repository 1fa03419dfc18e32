"""When somebody must be told: the thresholds with their units, and what finds each trouble among the facts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from apps.watch.facts import Facts
from apps.watch.models import BrokenInbox, Conversed, Span
from apps.watch.silence import silent_inboxes

#: Seconds that what is due may wait for hands.
DUE_SECONDS = 60.0
#: Seconds without a sign of life after which a process is missing.
LIFE_SECONDS = 30.0
#: Queues whose processes an installation needs.
NEEDED = ("relay", "chat", "default")
#: Parts of webhooks kept aside, by reason: how many are too many. Those of numbers that nobody has connected come now
#: and then after a number was disconnected, so they count by the hour.
ASIDE: Mapping[str, int] = {"failed": 1, "unreadable": 1, "foreign_route": 1}
UNKNOWN_PER_HOUR = 20
#: A number is limited for long when it was refused in so many of the last minutes.
THROTTLED_MINUTES, OF_MINUTES = 10, 15
#: Synthetic conversations in a row that may not fail.
FAILURES = 2

Value = str | int | float


@dataclass(frozen=True)
class Finding:
    """A trouble that there is now. `subject` says which one; `facts` are what its text needs."""

    subject: str = ""
    workspace_id: int | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)


Find = Callable[[Facts], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """What is looked for; its words are in watch.words under its name.

    `again`: told again after so long while it lasts. `calm`: over only when it was not found for so long. `notice`: the
    kind of notice by which the workspace's own people are told. `patience`: told only once it was found for so long.
    """

    name: str
    find: Find
    again: timedelta = timedelta(hours=6)
    calm: timedelta = timedelta(seconds=60)
    notice: str = ""
    patience: timedelta = timedelta(0)


def _due(facts: Facts) -> Iterable[Finding]:
    for queue in facts.queues:
        if queue.oldest > DUE_SECONDS:
            yield Finding(queue.kind, facts={"seconds": round(queue.oldest), "count": queue.waiting})


def _life(facts: Facts) -> Iterable[Finding]:
    for name in NEEDED:
        life = facts.life(name)
        if life is None or life.age > LIFE_SECONDS:
            yield Finding(name, facts={"seconds": round(life.age) if life else 0})


def _aside(facts: Facts) -> Iterable[Finding]:
    for kind, count in facts.aside.items():
        yield Finding(kind, facts={"count": count})


def _quarantine(facts: Facts) -> Iterable[Finding]:
    for why, (count, fresh) in facts.quarantined.items():
        if why == "unknown_route" and fresh >= UNKNOWN_PER_HOUR:
            yield Finding(why, facts={"count": fresh})
        if count >= ASIDE.get(why, count + 1):
            yield Finding(why, facts={"count": count})


def _broken(facts: Facts) -> Iterable[Finding]:
    for row in BrokenInbox.objects.order_by("pk")[:200]:
        yield _of_inbox(row.workspace_id, row.inbox_id)


def _throttled(facts: Facts) -> Iterable[Finding]:
    recent = Span.objects.filter(name="throttled", at__gt=timezone.now() - timedelta(minutes=OF_MINUTES))
    for row in recent.values("label").annotate(minutes=Count("at")).order_by("label"):
        if row["minutes"] >= THROTTLED_MINUTES:
            workspace, _, inbox = row["label"].partition(":")
            yield _of_inbox(int(workspace), int(inbox), minutes=row["minutes"])


def _silent(facts: Facts) -> Iterable[Finding]:
    for one in silent_inboxes(timezone.now()):
        yield _of_inbox(one.workspace_id, one.inbox_id, hours=one.hours)


def _synthetic(facts: Facts) -> Iterable[Finding]:
    every = settings.SYNTHETIC_SECONDS
    fresh = timezone.now() - timedelta(seconds=(FAILURES + 2) * every)
    ended = Conversed.objects.filter(ok__isnull=False, asked_at__gt=fresh).order_by("-asked_at")
    last = list(ended[:FAILURES])
    if every and len(last) == FAILURES and not any(run.ok for run in last):
        yield Finding(facts={"problem": last[0].problem})


def _of_inbox(workspace_id: int, inbox_id: int, **facts: Value) -> Finding:
    return Finding(f"{workspace_id}:{inbox_id}", workspace_id, {"inbox": inbox_id, **facts})


#: Looked at every few seconds.
RULES = (
    # A process that is started anew says goodbye and is back within seconds.
    Rule("process_missing", _life, patience=timedelta(seconds=30)),
    Rule("work_waits", _due),
    Rule("synthetic_fails", _synthetic),
    Rule("work_aside", _aside, again=timedelta(hours=24)),
    Rule("quarantine", _quarantine, again=timedelta(hours=24)),
    Rule("inbox_broken", _broken, again=timedelta(hours=24)),
    Rule("inbox_throttled", _throttled, calm=timedelta(minutes=5), notice="inbox_throttled"),
)
#: Looked at every quarter of an hour: it reads weeks.
SLOW_RULES = (Rule("inbox_silent", _silent, again=timedelta(hours=24), calm=timedelta(0), notice="inbox_silent"),)
BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in (*RULES, *SLOW_RULES)}
