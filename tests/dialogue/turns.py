"""What the tests of turns say often: the turn that is due is taken, and what came of it."""

from datetime import timedelta

from django.utils import timezone

from apps.conversations.models import Message
from apps.dialogue import services
from apps.dialogue.models import Turn
from apps.work import claims
from apps.work.models import Bucket, WorkItem
from apps.work.runner import Later


def claim() -> claims.Claim:
    """The turn, due and leased."""
    WorkItem.objects.filter(kind=services.TAKE_TURNS).update(due_at=timezone.now() - timedelta(seconds=1))
    return claims.claim(services.TAKE_TURNS, lease=60, share=10)[0]


def take_turn(held: claims.Claim | None = None) -> Later | None:
    """Takes it; the pause between two turns has passed."""
    Bucket.objects.all().delete()
    held = held or claim()
    outcome = services.take_turn(held)
    if isinstance(outcome, Later):
        claims.postpone(held, outcome.seconds)
    else:
        claims.finish(held)
    return outcome


def replies() -> list[tuple[str, str]]:
    """Everything that was said to customers: by whom, and what."""
    return list(Message.objects.filter(direction="out").order_by("id").values_list("author", "text"))


def outcomes() -> list[str]:
    """Of every turn, in order."""
    return list(Turn.objects.values_list("outcome", flat=True))
