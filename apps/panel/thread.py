"""Reads a stretch of a conversation: its messages with what later messages say about them.

Reactions, edits and deletions are rows of their own; here they fold into the message they are about.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from apps.conversations.models import Conversation, Message
from apps.panel.bubbles import About, Bubble, bubbles
from apps.panel.queries import PAGE
from apps.providers.base import ContentKind

#: A thread grows by a page at a time up to this; from there on older pages are shown by themselves.
MOST = 200
#: Reactions to a stretch of messages that are looked at, the newest.
MOST_REACTIONS = 200
FOLDED = (ContentKind.REACTION, ContentKind.EDIT, ContentKind.REVOKE)


@dataclass(frozen=True)
class Thread:
    """A stretch of messages, oldest first.

    `after`: it holds everything after this id, so that asking for the same again brings it up to date.
    `before`: it is an older page that ends before this id; None when it reaches the newest message.
    `grow_to`: the `after` with which it holds a page more; None when nothing older is there, or it is full.
    `older_before`: the `before` of the next older page when it is full.
    """

    bubbles: list[Bubble]
    after: int
    before: int | None
    grow_to: int | None
    older_before: int | None


@dataclass(frozen=True)
class Sheet:
    """Messages of a conversation for paper, oldest first. `older_before`: where the sheet of older ones ends."""

    bubbles: list[Bubble]
    older_before: int | None


def sheet(conversation: Conversation, *, notes: bool, most: int, before: int | None) -> Sheet:
    """The newest `most` messages, or those before an id, with or without the team's notes; in a few queries."""
    shown = _shown(conversation) if notes else _shown(conversation).exclude(author=Message.Author.NOTE)
    rows = list((shown if before is None else shown.filter(pk__lt=before)).order_by("-pk")[:most])[::-1]
    older = bool(rows) and shown.filter(pk__lt=rows[0].pk).exists()
    return Sheet(bubbles(rows, _about(conversation, rows)), rows[0].pk if older else None)


def has_notes(conversation: Conversation) -> bool:
    """Whether the team wrote notes that the contact does not see."""
    return Message.objects.filter(conversation=conversation, author=Message.Author.NOTE).exists()


def read(conversation: Conversation, *, after: int | None = None, before: int | None = None) -> Thread:
    """The newest page, everything after an id (at most 200), or the page before an id."""
    shown = _shown(conversation)
    if before is not None:
        shown = shown.filter(pk__lt=before)
    if after is not None:
        rows = list(shown.filter(pk__gt=after).order_by("-pk")[:MOST])
    else:
        rows = list(shown.order_by("-pk")[:PAGE])
    rows.reverse()
    oldest = rows[0].pk if rows else 0
    further = _older(conversation, oldest)
    full = before is not None or len(rows) > MOST - PAGE
    return Thread(
        bubbles=bubbles(rows, _about(conversation, rows)),
        after=oldest - 1 if rows else after or 0,
        before=before,
        grow_to=None if full or not further else further[-1] - 1,
        older_before=oldest if full and further else None,
    )


def _shown(conversation: Conversation) -> QuerySet[Message]:
    """All but what folds into a message that is there."""
    target = Message.objects.filter(inbox=conversation.inbox_id, external_id=OuterRef("target"))
    return (
        Message.objects.filter(conversation=conversation)
        .annotate(target=KeyTextTransform("target", "content"))
        .exclude(Q(kind__in=FOLDED) & Exists(target))
        .select_related("user")
        .prefetch_related("history")
    )


def _older(conversation: Conversation, oldest: int) -> list[int]:
    return list(_shown(conversation).filter(pk__lt=oldest).order_by("-pk").values_list("pk", flat=True)[:PAGE])


def _about(conversation: Conversation, rows: list[Message]) -> About:
    """What other messages say about these, and what those that answer another one are about: two queries."""
    ids = [row.external_id for row in rows if row.external_id]
    reactions: dict[str, dict[str, str]] = defaultdict(dict)
    told = Message.objects.filter(
        conversation=conversation, kind=ContentKind.REACTION, content__target__in=ids
    ).order_by("-pk")
    for author, content in reversed(told.values_list("author", "content")[:MOST_REACTIONS]):
        # The newest of each writer stands; an empty one takes it back.
        reactions[content["target"]][author] = str(content.get("emoji", ""))[:16]
    answered = {row.reply_to for row in rows if row.reply_to}
    quotes = Message.objects.filter(inbox=conversation.inbox_id, external_id__in=answered, conversation=conversation)
    return About(
        reactions={target: [emoji for emoji in by.values() if emoji] for target, by in reactions.items()},
        quotes={quoted.external_id or "": quoted for quoted in quotes},
    )
