"""Chores of the installation: looking for trouble, telling of it, talking to ourselves, forgetting what is old."""

from django.conf import settings
from django.utils import timezone

from apps.watch import alerting, rules, synthetic, tallies, telling
from apps.watch.facts import facts
from apps.work.chores import chore

LOOK_SECONDS = 15.0
SLOW_SECONDS = 900.0
#: How often the chore that is switched off is looked at.
IDLE_SECONDS = 3600.0


@chore("watch.look", every=LOOK_SECONDS)
def look() -> None:
    """Finds what has gone wrong and what is over."""
    synthetic.judge()
    alerting.look(rules.RULES, facts())


@chore("watch.look_for_silence", every=SLOW_SECONDS)
def look_for_silence() -> None:
    """Finds numbers that usually receive at this time and do not."""
    alerting.look(rules.SLOW_RULES, facts())


@chore("watch.tell", every=LOOK_SECONDS)
def tell() -> None:
    """Tells people; a mail server that refuses is asked again a minute later."""
    telling.tell()


@chore("watch.converse", every=float(settings.SYNTHETIC_SECONDS or IDLE_SECONDS))
def converse() -> None:
    """Has a made-up customer ask something; `watch.look` sees what came of it."""
    if settings.SYNTHETIC_SECONDS:
        synthetic.ask()


@chore("watch.forget", every=3600)
def forget() -> None:
    """Counts, alerts and synthetic conversations that nobody asks about any more."""
    now = timezone.now()
    tallies.forget_old(now)
    alerting.forget_old(now)
    synthetic.forget_old(now)
