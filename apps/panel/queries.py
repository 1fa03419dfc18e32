"""What a member may see of conversations and leads, read in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import Membership
from apps.accounts.roles import can
from apps.contacts.models import Identity
from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.leads.models import Lead

PAGE = 50
#: The list grows by a page at a time up to this; what lies further back is found by searching.
MOST_ROWS = 150
MOST_WAITING = 200
#: A page asks what changed since its last look; clocks and commits may differ by this much.
OVERLAP = timedelta(seconds=10)
MOST_CHANGES = 200


class Show(StrEnum):
    """The filters over the list of conversations."""

    ALL = "all"
    UNREAD = "unread"
    MINE = "mine"


@dataclass(frozen=True)
class Listing:
    """The newest conversations of a filter and what the page counts beside them."""

    rows: Sequence[Conversation]
    more: bool
    unread: int
    waiting: int


@dataclass(frozen=True)
class Changes:
    """What changed: ids of conversations the member sees, and whether the list may look different."""

    conversations: list[int]
    anything: bool


def visible(membership: Membership) -> QuerySet[Conversation]:
    """The conversations the member may see: all, or for a vendor their own and those that nobody has.

    Nobody sees those of a hidden inbox here: they are tests of a bot.
    """
    shown = Conversation.objects.filter(inbox__hidden=False)
    if can(membership, "see_all_conversations"):
        return shown
    return shown.filter(Q(vendor_id=membership.user_id) | Q(vendor=None))


def opened(membership: Membership) -> QuerySet[Conversation]:
    """The same with all that the thread and the card beside it show of a conversation."""
    return visible(membership).select_related("contact", "inbox__bot", "vendor").prefetch_related("contact__identities")


def listing(membership: Membership, *, show: Show, search: str, rows: int) -> Listing:
    """The newest `rows` conversations, each with `handoff`: the state of its open handoff or None."""
    seen = visible(membership)
    found = _searched(_shown(seen, show, membership), search)
    newest = list(
        found.annotate(handoff=Subquery(_open_handoffs().values("state")[:1]))
        .select_related("contact", "vendor")
        .prefetch_related("contact__identities")
        .order_by(F("last_message_at").desc(nulls_last=True), "-id")[: rows + 1]
    )
    return Listing(newest[:rows], len(newest) > rows, seen.filter(unread__gt=0).count(), waiting_count(membership))


def _shown(seen: QuerySet[Conversation], show: Show, membership: Membership) -> QuerySet[Conversation]:
    if show == Show.UNREAD:
        return seen.filter(unread__gt=0)
    return seen.filter(vendor_id=membership.user_id) if show == Show.MINE else seen


def _searched(found: QuerySet[Conversation], search: str) -> QuerySet[Conversation]:
    """By the contact's name, by what a vendor knows them as (a phone however written), or the last message."""
    if not search:
        return found
    digits = "".join(character for character in search if character.isdigit())
    value = Q(value__icontains=search) | (Q(value__contains=digits) if digits else Q())
    known = Identity.objects.filter(value, contact=OuterRef("contact"))
    return found.filter(Q(contact__name__icontains=search) | Q(preview__icontains=search) | Exists(known))


def _open_handoffs() -> QuerySet[Handoff]:
    return Handoff.objects.filter(conversation=OuterRef("pk")).exclude(state=Handoff.State.RESOLVED)


def waiting(membership: Membership) -> list[Handoff]:
    """The open handoffs of conversations the member sees: nobody's first, the longest waiting first."""
    return list(
        Handoff.objects.exclude(state=Handoff.State.RESOLVED)
        .filter(conversation__in=visible(membership))
        .select_related("user", "conversation__contact", "conversation__inbox")
        .prefetch_related("conversation__contact__identities")
        .order_by(F("user").asc(nulls_first=True), "opened_at")[:MOST_WAITING]
    )


def waiting_count(membership: Membership) -> int:
    """How many conversations the member sees that wait for a person."""
    return Handoff.objects.filter(state=Handoff.State.PENDING, conversation__in=visible(membership)).count()


def changes(membership: Membership, since: datetime) -> Changes:
    """What changed since then, less the overlap. A conversation counts as changed with its lead."""
    start = since - OVERLAP
    seen = visible(membership).filter(Q(changed_at__gte=start) | Q(contact__leads__changed_at__gte=start))
    ids = list(seen.order_by("-changed_at").values_list("pk", flat=True).distinct()[:MOST_CHANGES])
    # Also true for one that the member no longer sees: it has to go from their list.
    return Changes(ids, bool(ids) or Conversation.objects.filter(changed_at__gte=start).exists())


def lead_of(conversation: Conversation) -> Lead | None:
    """The lead of the conversation's contact with its bot, as it is: none is made by looking."""
    found = Lead.objects.filter(contact=conversation.contact_id, bot=conversation.inbox.bot_id)
    return found.select_related("vendor").first()


def leads(membership: Membership) -> QuerySet[Lead]:
    """The leads whose conversation the member sees, each with `conversation`: that conversation's id."""
    conversations = visible(membership).filter(contact=OuterRef("contact"), inbox__bot=OuterRef("bot"))
    newest = conversations.order_by(F("last_message_at").desc(nulls_last=True), "-id")
    return (
        Lead.objects.annotate(conversation=Subquery(newest.values("pk")[:1]))
        .filter(conversation__isnull=False)
        .select_related("contact", "vendor")
        .prefetch_related("contact__identities")
    )


def leads_by_stage(membership: Membership) -> dict[str, int]:
    """How many leads the member sees in each stage."""
    counted = leads(membership).order_by().values("stage").annotate(leads=Count("pk"))
    found = {row["stage"]: row["leads"] for row in counted}
    return {stage.value: found.get(stage.value, 0) for stage in Lead.Stage}
