"""The notices of the week's last days: who waits, and which leads are new."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.leads.models import Lead
from apps.notices import kinds
from apps.notices.kinds import KINDS, Kind
from apps.notices.models import Notice
from apps.notices.recipients import members_for, who_may_see

#: Of so long ago notices are there; those of before the last hour have been read.
KEPT, READ = timedelta(days=2), timedelta(hours=1)


def fill(now: datetime) -> None:
    """Writes them for everybody who would have got them; no e-mail follows."""
    waiting = Handoff.objects.filter(state=Handoff.State.PENDING).select_related("conversation")
    told = [
        *_each(KINDS[kinds.HANDOFF], [(one.conversation, one.conversation, one.opened_at) for one in waiting], now),
        *_each(KINDS[kinds.NEW_LEAD], list(_new_leads(now)), now),
    ]
    Notice.objects.bulk_create(told)


def _new_leads(now: datetime) -> Iterator[tuple[Conversation, Lead, datetime]]:
    """The leads of the last days of which something was said, with the conversation in which it was."""
    newest = Conversation.objects.filter(created_at__gte=now - KEPT, contact__leads__isnull=False)
    for conversation in newest.select_related("contact").prefetch_related("contact__leads"):
        (lead,) = conversation.contact.leads.all()
        if any(entry["source"] == "message" for entry in lead.fields.values()):
            yield conversation, lead, conversation.created_at


def _each(
    kind: Kind, causes: list[tuple[Conversation, Conversation | Lead, datetime]], now: datetime
) -> Iterator[Notice]:
    members = members_for(kind)
    for conversation, subject, at in causes:
        # Whoever is told is told before somebody has it.
        for user in who_may_see(members, None):
            yield Notice(
                user=user,
                kind=kind.name,
                subject=f"{subject._meta.model_name}:{subject.pk}",
                conversation=conversation,
                at=at,
                read_at=at + timedelta(minutes=20) if at < now - READ else None,
            )
