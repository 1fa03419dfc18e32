"""What makes a notice, what settles one, and that open pages hear of it."""

from functools import reduce
from operator import or_

from django.utils import timezone

from apps.conversations.models import Conversation
from apps.core.events import after, within
from apps.core.limits import LimitNear
from apps.core.statements import Statement, columns
from apps.handoff.events import HandoffChanged
from apps.handoff.models import Handoff
from apps.inboxes.events import InboxBroke, InboxConnected, InboxDisconnected, InboxWorking
from apps.inboxes.models import Inbox
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.live.audience import member
from apps.live.push import push
from apps.llm.base import LEAD_FIELDS
from apps.notices import kinds
from apps.notices.events import NoticesChanged
from apps.notices.kinds import KINDS
from apps.notices.recipients import members_for, users_for, who_may_see, whose_turn
from apps.notices.services import notify, settle

LEAD = Statement(f"SELECT {columns(Lead)} FROM leads_lead WHERE id = %s")  # noqa: S608  # nosec B608  # columns of ours
SHOWN = Statement("""
SELECT c.id, c.vendor_id FROM conversations_conversation c JOIN inboxes_inbox i ON i.id = c.inbox_id
WHERE c.contact_id = %s AND i.bot_id = %s AND NOT i.hidden
ORDER BY c.last_message_at DESC NULLS FIRST, c.id DESC LIMIT 1
""")


@within(HandoffChanged)
def tell_who_may_answer(event: HandoffChanged) -> None:
    """A conversation waits for a person; once somebody has it, or it is resolved, the others need not look."""
    kind, subject = KINDS[kinds.HANDOFF], f"conversation:{event.conversation_id}"
    if event.state != Handoff.State.PENDING:
        settle(subject)
        return
    conversation = Conversation.objects.filter(pk=event.conversation_id, inbox__hidden=False).first()
    if conversation is not None:
        users = whose_turn(members_for(kind), conversation.vendor_id)
        notify(kind, users, subject=subject, conversation_id=conversation.pk)


@within(LeadChanged)
def tell_who_works_leads(event: LeadChanged) -> None:
    """Something is known of a lead for the first time; what a person entered is no news to the team."""
    if event.origin == "person" or not set(event.fields) & set(LEAD_FIELDS):
        return
    (lead,) = LEAD.objects(Lead, [event.lead_id])
    if set(lead.values) - set(event.fields):
        return  # something was known before
    shown = SHOWN.first([event.contact_id, lead.bot_id])
    if shown is not None:
        conversation_id, vendor_id = shown
        kind = KINDS[kinds.NEW_LEAD]
        users = who_may_see(members_for(kind), vendor_id)
        notify(kind, users, subject=f"lead:{lead.pk}", conversation_id=conversation_id)


@within(InboxBroke)
def tell_who_connects(event: InboxBroke) -> None:
    """An inbox stopped working."""
    if Inbox.objects.filter(pk=event.inbox_id, hidden=False).exists():
        kind = KINDS[kinds.INBOX_BROKEN]
        notify(kind, users_for(kind), subject=f"inbox:{event.inbox_id}", inbox_id=event.inbox_id)


@within(InboxConnected)
def tell_that_it_works(event: InboxConnected) -> None:
    """It works again; whoever repaired it knows."""
    subject = f"inbox:{event.inbox_id}"
    if event.user_id is not None:
        settle(subject, user_id=event.user_id)
    if event.was_broken and Inbox.objects.filter(pk=event.inbox_id, hidden=False).exists():
        kind = KINDS[kinds.INBOX_REPAIRED]
        notify(kind, users_for(kind, but=event.user_id), subject=subject, inbox_id=event.inbox_id)


@within(InboxWorking)
def tell_that_it_goes_on(event: InboxWorking) -> None:
    """Its pause is over, and nobody had to do anything."""
    kind = KINDS[kinds.INBOX_REPAIRED]
    notify(kind, users_for(kind), subject=f"inbox:{event.inbox_id}", inbox_id=event.inbox_id)


@within(InboxDisconnected)
def settle_disconnected(event: InboxDisconnected) -> None:
    """Nobody needs to repair it any more."""
    settle(f"inbox:{event.inbox_id}")


@within(LimitNear)
def tell_who_pays(event: LimitNear) -> None:
    """Most of what the plan allows is in use, or all of it: each is told once a month."""
    month = f"{timezone.now():%Y-%m}"
    near, full = (f"limit:{event.kind}:{step}:{month}" for step in ("near", "full"))
    if event.used >= event.allowed:
        settle(near)
    kind, subject = KINDS[kinds.LIMIT_NEAR], full if event.used >= event.allowed else near
    detail = f"{event.kind} {event.used}/{event.allowed}"
    notify(kind, users_for(kind), subject=subject, detail=detail)


@after(NoticesChanged)
def push_bell(event: NoticesChanged) -> None:
    """Their open pages ask for the bell anew."""
    push(reduce(or_, map(member, event.user_ids)), {"type": "notice"})
