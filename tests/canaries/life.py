"""A day in both workspaces at once: customers write, bots answer or break, people are told by e-mail."""

from django.db.models import F
from django.db.models.functions import Now
from django.test import TestCase

from apps import tenants
from apps.assistant.decision import Decision
from apps.conversations import services as conversations
from apps.dialogue import memo
from apps.dialogue.services import TAKE_TURNS
from apps.handoff.models import Handoff
from apps.notices.models import Notice
from apps.notices.services import MAIL, MAIL_AFTER
from apps.work import kinds
from apps.work.models import Bucket, WorkItem
from tests.canaries.conftest import Town
from tests.conftest import inbound

LONG_AGO = "2026-01-01T00:00:00Z"


def live(town: Town) -> None:
    """Every kind of work runs for both; each customer says the same and one thing of their own.

    What is told after a commit is told at the end, when both workspaces have been left.
    """
    with TestCase.captureOnCommitCallbacks(execute=True):
        _day(town)


def _day(town: Town) -> None:
    for words in ("Do you open on Sunday?", "Please break", "And on Monday?"):
        for number, house in enumerate(town.houses):
            with tenants.enter(house.workspace):
                Handoff.objects.update(state=Handoff.State.RESOLVED, resolved_at=Now())
                for phone in ("447700900100", f"44770090010{number + 1}"):
                    message = conversations.receive(
                        house.furniture.business.inbox,
                        inbound(f"{words} {house.canary}", phone=phone, name=f"Noor {house.canary}"),
                    )
                    assert message is not None
                    conversations.switch_ai(message.conversation, on=True)
        work()
    for house in town.houses:
        with tenants.enter(house.workspace):
            decided = Decision(f"Decided {house.canary}", (), "", True, (), f"model-{house.canary}", 1, 1, 1)
            memo.keep(house.furniture.conversation.pk, "of a turn that died", decided)
            Notice.objects.update(created_at=F("created_at") - 2 * MAIL_AFTER)
    work()


def work() -> None:
    """All that is due or waits, now."""
    Bucket.objects.all().delete()
    WorkItem.objects.filter(due_at__isnull=False).update(due_at=LONG_AGO, lease_until=None)
    for kind in (TAKE_TURNS, "conversations.deliver", "knowledge.index", MAIL, "work.prune_exchanges"):
        kinds.get(kind).work(10.0)
