"""A customer writes and everything that follows of it happens: the turn, its acts, the sends; and nothing else."""

from collections.abc import Iterable

from apps import tenants
from apps.conversations import services as conversations
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.work import kinds
from apps.work.models import Bucket, WorkItem
from tests.conftest import inbound
from tests.security.conftest import Furniture

PHONE = "447700900111"
LONG_AGO = "2026-01-01T00:00:00Z"
KINDS = ("dialogue.take_turns", "conversations.deliver")


def says(to: Furniture, *words: str, phone: str = PHONE) -> Turn | None:
    """The customer writes these messages and the bot has the conversation; its newest turn, if one was taken."""
    with tenants.enter(to.business.workspace):
        Handoff.objects.filter(conversation=to.conversation).delete()
        conversations.switch_ai(to.conversation, on=True)
        received = [conversations.receive(to.business.inbox, inbound(said, phone=phone)) for said in words]
        about = {message.conversation_id for message in received if message}
    work(to, about)
    with tenants.enter(to.business.workspace):
        return Turn.objects.filter(conversation__in=about).order_by("-pk").first()


def work(to: Furniture, about: Iterable[int], *, times: int = 1) -> None:
    """Turns and sends of these conversations, now: no pause between two turns of one contact."""
    mine = WorkItem.objects.filter(workspace=to.business.workspace, kind__in=KINDS, key__in=map(str, about))
    WorkItem.objects.filter(kind__in=KINDS).exclude(pk__in=mine).update(due_at=None)
    for _ in range(times):
        Bucket.objects.all().delete()
        mine.filter(due_at__isnull=False).update(due_at=LONG_AGO)
        for kind in KINDS:
            kinds.get(kind).work(5.0)
