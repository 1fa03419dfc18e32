"""Opens, assigns and resolves handoffs; the bot is silent from the first to the last."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.conversations.models import Conversation
from apps.conversations.services import hand_over, switch_ai, take_over
from apps.conversations.states import lock
from apps.core import audit
from apps.core.events import publish
from apps.handoff.events import HandoffChanged
from apps.handoff.models import Handoff


def open_handoff(conversation_id: int, *, asked_by: Handoff.AskedBy, reason: str) -> Handoff:
    """Puts the conversation on the waiting list and silences the bot; an open handoff is returned as it is."""
    with transaction.atomic():
        lock(conversation_id)
        handoff = open_of(conversation_id)
        if handoff is None:
            hand_over(conversation_id)
            handoff = Handoff.objects.create(conversation_id=conversation_id, asked_by=asked_by, reason=reason[:300])
            publish(HandoffChanged(handoff.pk, conversation_id, handoff.state))
            if asked_by == Handoff.AskedBy.PERSON:  # what bots and customers ask for stands in the turn
                audit.record("conversation.put_on_list", handoff.conversation)
    return handoff


def open_of(conversation_id: int) -> Handoff | None:
    """The conversation's handoff that is not resolved."""
    return still_open().filter(conversation_id=conversation_id).first()


def still_open() -> QuerySet[Handoff]:
    """The handoffs that are not resolved."""
    return Handoff.objects.exclude(state=Handoff.State.RESOLVED)


def take(conversation: Conversation, *, user: User) -> Conversation:
    """A person takes the conversation over, from the bot or from the waiting list."""
    return take_over(conversation, user=user, why=Conversation.Paused.PERSON)


def assign_open(conversation_id: int, user_id: int) -> None:
    """Whoever takes the conversation over has its open handoff, if nobody had it."""
    handoff = open_of(conversation_id)
    if handoff is None or handoff.state != Handoff.State.PENDING:
        return
    handoff.state, handoff.user_id = Handoff.State.ASSIGNED, user_id
    handoff.save(update_fields=["state", "user"])
    publish(HandoffChanged(handoff.pk, conversation_id, handoff.state))


def put_back(user_id: int) -> None:
    """The handoffs somebody had assigned wait for a person again, each from where it stood in the list."""
    with transaction.atomic():
        theirs = Handoff.objects.filter(user=user_id, state=Handoff.State.ASSIGNED).order_by("conversation")
        for conversation_id in theirs.values_list("conversation", flat=True):
            lock(conversation_id)
            handoff = open_of(conversation_id)
            if handoff is not None and handoff.user_id == user_id:
                handoff.state, handoff.user = Handoff.State.PENDING, None
                handoff.save(update_fields=["state", "user"])
                publish(HandoffChanged(handoff.pk, conversation_id, handoff.state))


def resolve(conversation: Conversation, *, user: User | None) -> Conversation:
    """The people are done: the open handoff is resolved and the bot answers again. `user` None: a program says so."""
    with transaction.atomic():
        lock(conversation.pk)
        handoff = open_of(conversation.pk)
        if handoff is not None:
            handoff.state, handoff.resolved_at = Handoff.State.RESOLVED, timezone.now()
            handoff.user = handoff.user or user
            handoff.save(update_fields=["state", "resolved_at", "user"])
            publish(HandoffChanged(handoff.pk, conversation.pk, handoff.state))
        return switch_ai(conversation, on=True)


def resolve_handoff(handoff: Handoff, *, user: User | None) -> Handoff:
    """Resolves this handoff; one that is resolved already stays as it is, whatever was opened after it."""
    with transaction.atomic():
        conversation = lock(handoff.conversation_id)
        handoff.refresh_from_db()
        if handoff.state != Handoff.State.RESOLVED:
            resolve(conversation, user=user)
            handoff.refresh_from_db()
    return handoff
