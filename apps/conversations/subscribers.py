"""Tells open pages what changed, and follows the switch of a bot and the roles of people."""

from collections.abc import Iterable

from apps.accounts.events import MemberChanged
from apps.accounts.roles import role_can
from apps.bots.events import BotDeleted, BotSwitched
from apps.contacts.models import Identity
from apps.conversations import services
from apps.conversations.events import ConversationChanged, MessagesMoved, MessagesReceived
from apps.conversations.models import Message
from apps.core.events import after, within
from apps.core.statements import Statement
from apps.inboxes.events import InboxConnected
from apps.live.audience import conversation_audience, visitor
from apps.live.push import push
from apps.providers import web_chat
from apps.providers.base import IdentityKind

AUDIENCE = Statement("""
SELECT c.id, vendor_id, changed_at, contact_id, provider, external_key
FROM conversations_conversation c JOIN inboxes_inbox i ON i.id = inbox_id WHERE c.id = ANY(%s::bigint[])
""")


@after(MessagesReceived)
def push_received(event: MessagesReceived) -> None:
    """Contacts wrote."""
    _push(*event.conversation_ids)


@after(MessagesMoved)
def push_state(event: MessagesMoved) -> None:
    """Messages of ours are in another state; that they are under way shows for a moment only, and nobody is told."""
    if event.state != Message.State.SENDING:
        _push(*event.conversation_ids)


@after(ConversationChanged)
def push_change(event: ConversationChanged) -> None:
    """Somebody has it, left it, or read it."""
    _push(event.conversation_id)


@within(InboxConnected)
def go_on(event: InboxConnected) -> None:
    """What waited for the inbox is sent."""
    services.reconnected(event.inbox_id)


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


def _push(*conversation_ids: int) -> None:
    """Pushes each conversation's id to those who may see it; a visitor of a web chat only hears that they may look."""
    found = AUDIENCE.rows([list(conversation_ids)])
    for conversation_id, vendor_id, changed_at, contact_id, provider, key in found:
        payload = {"type": "conversation", "id": conversation_id, "at": changed_at.isoformat()}
        push(conversation_audience(vendor_id), payload)
        for visitor_id in _visitors(contact_id) if provider == web_chat.kind else ():
            push(visitor(key, visitor_id), {"type": "changed"})


def _visitors(contact_id: int) -> Iterable[str]:
    """The browsers that the contact wrote from."""
    return Identity.objects.filter(contact_id=contact_id, kind=IdentityKind.VISITOR).values_list("value", flat=True)
