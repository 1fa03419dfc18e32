"""Tells open pages what changed, and follows the switch of a bot and the roles of people."""

from collections.abc import Iterable

from apps.accounts.events import MemberChanged
from apps.accounts.roles import role_can
from apps.bots.events import BotDeleted, BotSwitched
from apps.contacts.models import Identity
from apps.conversations import services
from apps.conversations.events import ConversationChanged, MessageReceived, MessageStateChanged
from apps.conversations.models import Conversation
from apps.core.events import after, within
from apps.live.audience import conversation_audience, visitor
from apps.live.push import push
from apps.providers import web_chat
from apps.providers.base import IdentityKind


@after(MessageReceived)
def push_received(event: MessageReceived) -> None:
    """A contact wrote."""
    _push(event.conversation_id)


@after(MessageStateChanged)
def push_state(event: MessageStateChanged) -> None:
    """A message of ours is in another state."""
    _push(event.conversation_id)


@after(ConversationChanged)
def push_change(event: ConversationChanged) -> None:
    """Somebody has it, left it, or read it."""
    _push(event.conversation_id)


@within(BotSwitched)
def silence(event: BotSwitched) -> None:
    """A bot that was switched off says nothing more."""
    if not event.enabled:
        services.silence(event.bot_id)


@within(BotDeleted)
def forget_tests(event: BotDeleted) -> None:
    """Trying a bot does not stand in the way of deleting it."""
    services.forget_tests(event.bot_id)


@within(MemberChanged)
def release(event: MemberChanged) -> None:
    """Whoever may not answer any more has no conversation."""
    if not event.active or not role_can(event.role, "answer"):
        services.release(event.user_id)


def _push(conversation_id: int) -> None:
    """Pushes the conversation's id to those who may see it; a visitor of a web chat only hears that they may look."""
    found = Conversation.objects.filter(pk=conversation_id).values_list(
        "vendor_id", "changed_at", "contact_id", "inbox__provider", "inbox__external_key"
    )
    for vendor_id, changed_at, contact_id, provider, key in found:
        payload = {"type": "conversation", "id": conversation_id, "at": changed_at.isoformat()}
        push(conversation_audience(vendor_id), payload)
        for visitor_id in _visitors(contact_id) if provider == web_chat.kind else ():
            push(visitor(key, visitor_id), {"type": "changed"})


def _visitors(contact_id: int) -> Iterable[str]:
    """The browsers that the contact wrote from."""
    return Identity.objects.filter(contact_id=contact_id, kind=IdentityKind.VISITOR).values_list("value", flat=True)
