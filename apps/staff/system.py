"""The page System: how every part stands, what is wrong, what waits, and the last day in graphs. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.watch import graphs, plots, tallies
from apps.watch.facts import MOST, Facts, facts
from apps.watch.models import Alert
from apps.watch.rules import DUE_SECONDS, LIFE_SECONDS
from apps.watch.words import PROCESSES, Words, words_of
from apps.work import doorbell

#: Alerts of the past that the page shows.
HISTORY = 20
#: Seconds that the page waits for Redis.
PATIENCE = 1.0
#: Seconds within which a sign of life, one of which comes each second, is called new.
FRESH = 2.0
SPANS = ((gettext_lazy("last hour"), timedelta(hours=1)), (gettext_lazy("last 24 hours"), timedelta(hours=24)))
TIMED: dict[str, str | Promise] = {
    "processing_seconds": gettext_lazy("Webhook read"),
    "turn_seconds": gettext_lazy("Decision"),
    "model_seconds": gettext_lazy("Model's answer"),
    "send_seconds": gettext_lazy("Answer sent"),
}
OUTCOMES: dict[str, str | Promise] = {
    "processed": gettext_lazy("Processed"),
    "unreadable": gettext_lazy("Unreadable"),
    "failed": gettext_lazy("Failed, set aside"),
}


@dataclass(frozen=True)
class Part:
    """A part of the installation: whether it works, and a sentence."""

    name: str
    tone: str  # good, attention or bad
    state: str
    sentence: str


@dataclass(frozen=True)
class Told:
    """An alert with its words."""

    alert: Alert
    words: Words
    lasted: str


def context() -> dict[str, Any]:
    """Everything the template shows. Raises DatabaseError."""
    now, found = timezone.now(), facts()
    alerts = Alert.objects.select_related("workspace").order_by("-raised_at", "-pk")
    parts = _parts(found)
    return {
        "now": now,
        "parts": parts,
        "alerts": [_told(alert, now) for alert in alerts.filter(cleared_at=None)],
        "history": [_told(alert, now) for alert in alerts.filter(cleared_at__isnull=False)[:HISTORY]],
        "figures": _figures(found),
        "queues": _queues(found),
        "graphs": graphs.graphs(now),
        "timed": _timed(),
        "outcomes": _outcomes(),
        "well": all(part.tone == "good" for part in parts),
    }


def _told(alert: Alert, now: datetime) -> Told:
    return Told(alert, words_of(alert), timesince(alert.raised_at, alert.cleared_at or now, depth=1))


def _parts(found: Facts) -> list[Part]:
    rings = async_to_sync(doorbell.answers)(settings.REDIS_URL, PATIENCE)
    redis = (
        Part("Redis", "good", _("answers"), _("Rings the workers and pushes to open pages."))
        if rings
        else Part("Redis", "attention", _("no answer"), _("The relay works what is due itself; pages catch up slower."))
    )
    postgres = Part("Postgres", "good", _("answers"), _("Holds everything. It told the figures of this page."))
    lives = [_life(found, queue, name) for queue, name in PROCESSES.items()]
    return [postgres, redis, *lives, _intake(found)]


def _life(found: Facts, queue: str, name: str) -> Part:
    life = found.life(queue)
    if life is None or life.age > LIFE_SECONDS:
        state = _("missing") if life is None else _("silent for %(age)s") % {"age": plots.seconds(life.age)}
        what = _("Nothing is answered or sent.") if queue == "relay" else _("The relay does its work, slower.")
        return Part(name, "bad", state, what)
    sentence = ngettext("%(count)s process", "%(count)s processes", life.processes) % {"count": life.processes}
    if life.hands:
        hands = ngettext("%(count)s hand", "%(count)s hands", life.hands) % {"count": life.hands}
        sentence = _("%(processes)s with %(hands)s.") % {"processes": sentence, "hands": hands}
    else:
        sentence = f"{sentence}."
    return Part(name, "good", _beat(life.age), sentence)


def _beat(age: float) -> str:
    if age < FRESH:
        return _("heartbeat just now")
    return _("heartbeat %(age)s ago") % {"age": plots.seconds(age)}


def _intake(found: Facts) -> Part:
    """It begins to beat with its first webhook, so its absence alone alarms nobody."""
    life = found.life("intake")
    if life is None:
        return Part("web", "good", _("answers"), _("No webhook has come in since it was started."))
    state = _beat(life.age)
    if life.age > LIFE_SECONDS:
        return Part("web", "attention", state, _("Its webhook intake has not shown life since."))
    return Part("web", "good", state, _("Takes webhooks and serves pages."))


def _figures(found: Facts) -> list[dict[str, Any]]:
    waiting, held = sum(queue.waiting for queue in found.queues), sum(queue.in_hand for queue in found.queues)
    oldest, work = found.oldest, reverse("admin:work_workitem_changelist")
    states = [found.sends.get(state, (0, 0.0)) for state in ("pending", "unknown", "unconfirmed")]
    aside = sum(found.aside.values())
    kept = sum(count for count, _fresh in found.quarantined.values())
    ages = [_("the oldest for %(age)s") % {"age": plots.seconds(age)} if count else _("none") for count, age in states]
    return [
        _figure(
            _("Oldest due"),
            plots.seconds(oldest) if oldest else _("nothing"),
            _("%(waiting)s wait, %(held)s in hand") % {"waiting": _shown(waiting), "held": _shown(held)},
            f"{work}?state=due",
            alarming=oldest > DUE_SECONDS,
        ),
        _figure(_("Messages waiting to be sent"), _shown(states[0][0]), ages[0]),
        _figure(_("Messages of unknown fate"), _shown(states[1][0]), ages[1]),
        _figure(_("Messages not confirmed"), _shown(states[2][0]), ages[2]),
        _figure(_("Work set aside"), _shown(aside), _("failed five times"), f"{work}?state=aside", alarming=aside > 0),
        _figure(
            _("Quarantined"),
            _shown(kept),
            _("parts of webhooks"),
            reverse("admin:ingest_quarantined_changelist"),
            alarming=kept > 0,
        ),
    ]


def _figure(title: str, value: str, note: str, url: str = "", *, alarming: bool = False) -> dict[str, Any]:
    return {"title": title, "value": value, "note": note, "url": url, "alarming": alarming}


def _shown(count: int) -> str:
    return f"> {plots.count(MOST)}" if count > MOST else plots.count(count)


def _queues(found: Facts) -> Sequence[tuple[str, ...]]:
    due = {queue.kind: queue for queue in found.queues}
    rows = []
    for kind in sorted({*due, *found.aside}):
        queue = due.get(kind)
        oldest = plots.seconds(queue.oldest) if queue and queue.waiting else "–"
        numbers = (queue.waiting if queue else 0, queue.in_hand if queue else 0, found.aside.get(kind, 0))
        rows.append((kind, _shown(numbers[0]), oldest, _shown(numbers[1]), _shown(numbers[2])))
    return rows


def _timed() -> Sequence[tuple[str | Promise, Sequence[tuple[str, str, str]]]]:
    """Each step with, per span of time: how often, the median, and what 95 % stayed below."""
    rows = []
    for name, title in TIMED.items():
        cells = []
        for _title, span in SPANS:
            one = tallies.summary(name, span)
            times = (plots.seconds(one.half), plots.seconds(one.most)) if one.count else ("–", "–")
            cells.append((plots.count(one.count), *times))
        rows.append((title, cells))
    return rows


def _outcomes() -> list[dict[str, Any]]:
    """Webhooks of the last day by what became of them, with their share of 100."""
    counts = tallies.by_label("deliveries", SPANS[1][1])
    most = max(counts.values(), default=0)
    return [
        {
            "title": title,
            "count": plots.count(counts[name]),
            "width": max(counts[name] * 100 // most, 1),
            "bad": name != "processed",
            "url": f"{reverse('admin:ingest_delivery_changelist')}?state={name}",
        }
        for name, title in OUTCOMES.items()
        if counts.get(name)
    ]
