"""A person who takes over has the open handoff, one who may not answer any more has none; open pages hear of it."""

from django.utils.translation import gettext as _

from apps.accounts.events import MemberChanged
from apps.accounts.roles import role_can
from apps.conversations.events import ConversationsReleased, PersonTookOver
from apps.conversations.models import Conversation
from apps.core.events import after, within
from apps.handoff.events import HandoffChanged
from apps.handoff.models import Handoff
from apps.handoff.services import assign_open, open_handoff, put_back
from apps.live.audience import conversation_audience
from apps.live.push import push


@within(PersonTookOver)
def assign_to_whom_took_over(event: PersonTookOver) -> None:
    """Assigns the waiting handoff; an answer from the phone app names nobody and leaves it waiting."""
    if event.user_id is not None:
        assign_open(event.conversation_id, event.user_id)


@within(MemberChanged)
def put_back_in_line(event: MemberChanged) -> None:
    """What was in the hands of somebody who may not answer any more waits again."""
    if not event.active or not role_can(event.role, "answer"):
        put_back(event.user_id)


@within(ConversationsReleased)
def wait_for_somebody_else(event: ConversationsReleased) -> None:
    """A customer who waits for an answer of somebody who is gone is put on the waiting list."""
    for conversation_id in event.waiting:
        open_handoff(
            conversation_id, asked_by=Handoff.AskedBy.PERSON, reason=_("Whoever had this conversation left it.")
        )


@after(HandoffChanged)
def push_handoff(event: HandoffChanged) -> None:
    """Pushes the handoff's id to those who may see its conversation."""
    vendor_id = Conversation.objects.filter(pk=event.conversation_id).values_list("vendor_id", flat=True).first()
    payload = {"type": "handoff", "id": event.handoff_id, "conversation": event.conversation_id}
    push(conversation_audience(vendor_id), payload)
