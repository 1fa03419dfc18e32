"""Why a message was answered, or was not: all that happened to it, step by step, as it stands in the rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.conversations.models import Conversation, Message
from apps.dialogue.models import Turn
from apps.dialogue.services import TAKE_TURNS
from apps.knowledge.asking import chunks_of
from apps.knowledge.models import Chunk
from apps.work.models import WorkItem
from apps.work.services import workspace_id

#: How a step is coloured: as it should be, of note, or wrong.
GOOD, NOTE, BAD = "good", "note", "bad"
_TONES: Mapping[str, str] = {
    Turn.Outcome.ANSWERED: GOOD,
    Turn.Outcome.MODEL_FAILED: BAD,
    Turn.Outcome.SET_ASIDE: BAD,
    Turn.Outcome.NOT_GROUNDED: BAD,
    Message.State.FAILED: BAD,
    Message.State.UNCONFIRMED: BAD,
    Message.State.DELIVERED: GOOD,
    Message.State.READ: GOOD,
}
_ICONS: Mapping[str, str] = {
    Message.State.PENDING: "clock",
    Message.State.SENDING: "send",
    Message.State.SENT: "check",
    Message.State.DELIVERED: "check-check",
    Message.State.READ: "eye",
    Message.State.FAILED: "circle-alert",
    Message.State.UNKNOWN: "circle-question-mark",
    Message.State.UNCONFIRMED: "circle-question-mark",
    Message.State.CANCELLED: "ban",
}


@dataclass(frozen=True)
class Step:
    """Something that happened, and when; `facts` are short, `at` None when it has not happened yet."""

    icon: str
    title: str
    at: datetime | None = None
    facts: Sequence[str] = ()
    tone: str = ""


@dataclass(frozen=True)
class Found:
    """A passage that the turn had before it; its `chunk` is None when it has been removed from the knowledge since."""

    score: float
    used: bool
    chunk: Chunk | None


@dataclass(frozen=True)
class Why:
    """What became of a message: the messages of the contact, the turn about them, and what it said."""

    asked: Sequence[Message]
    turn: Turn | None
    replies: Sequence[Message]
    found: Sequence[Found] = ()
    steps: Sequence[Step] = ()


def why(conversation: Conversation, message: Message) -> Why:
    """What became of one message of the conversation, whoever wrote it; in a few queries."""
    turn = _turn_of(conversation, message)
    asked = _messages(conversation, turn.messages if turn else [message.pk] if message.direction == "in" else [])
    replies = _messages(conversation, turn.replies if turn else [message.pk] if message.direction == "out" else [])
    waiting = None if turn or message.direction == "out" or message.answered_at else _waiting(conversation)
    steps = [*_came(asked), *_decided(turn), *([waiting] if waiting else []), *_sent(replies)]
    return Why(asked, turn, replies, _found(turn) if turn else (), steps)


def _turn_of(conversation: Conversation, message: Message) -> Turn | None:
    """The turn that decided about the message, or that said it."""
    turns = Turn.objects.filter(conversation=conversation)
    of = {"replies__contains": [message.pk]} if message.direction == "out" else {"messages__contains": [message.pk]}
    return turns.filter(**of).last()


def _messages(conversation: Conversation, ids: Sequence[int]) -> list[Message]:
    found = Message.objects.filter(conversation=conversation, pk__in=ids)
    return list(found.order_by("pk").prefetch_related("history"))


def _came(asked: Sequence[Message]) -> Iterator[Step]:
    for message in asked:
        if message.sent_at:
            yield Step("smartphone", _("Written by the contact, by the provider's clock"), message.sent_at)
        yield Step("inbox", _("Stored"), message.created_at, tone=GOOD)


def _decided(turn: Turn | None) -> Iterator[Step]:
    if turn is None:
        return
    if turn.model:
        facts = [turn.model, _("%(seconds).1f s") % {"seconds": turn.milliseconds / 1000}]
        if turn.tokens_in or turn.tokens_out:
            facts.append(_("%(read)s tokens read, %(written)s written") % _tokens(turn))
        if turn.prompt:
            facts.append(_("prompt %(hash)s") % {"hash": turn.prompt[:12]})
        yield Step("brain", _("The model was asked"), turn.created_at, facts)
    if turn.grounding:
        yield _checked(turn)
    facts = [turn.detail] if turn.detail else []
    if turn.reruns:
        facts.append(_("decided again, because something came meanwhile"))
    yield Step("milestone", turn.get_outcome_display(), turn.created_at, facts, _TONES.get(turn.outcome, NOTE))


def _tokens(turn: Turn) -> dict[str, int]:
    return {"read": turn.tokens_in, "written": turn.tokens_out}


def _checked(turn: Turn) -> Step:
    """What the gate said: how sure it was, and what stood nowhere."""
    gate = turn.grounding
    many = int(gate.get("checked") or 0)
    facts = [
        ngettext("%(many)s value looked up", "%(many)s values looked up", many) % {"many": many},
        _("confidence %(has)d %%, at least %(least)d %% asked for")
        % {"has": round(100 * gate.get("confidence", 0)), "least": round(100 * gate.get("least", 0))},
    ]
    facts += [_("“%(text)s” stands nowhere") % {"text": value["text"]} for value in gate.get("unsupported", ())]
    if gate.get("first"):
        facts.append(_("a first answer was not said, and the model was asked once more"))
    passed = bool(gate.get("passed", True))
    title = _("The answer rests on what the bot knows") if passed else _("The answer was held back")
    return Step("shield-check" if passed else "shield-alert", title, turn.created_at, facts, GOOD if passed else BAD)


def _sent(replies: Sequence[Message]) -> Iterator[Step]:
    for message in replies:
        for change in message.history.all():
            icon, tone = _ICONS.get(change.state, "circle"), _TONES.get(change.state, "")
            troubled = change.state == message.state and message.trouble_code
            yield Step(icon, change.get_state_display(), change.at, [message.trouble_code] if troubled else [], tone)


def _waiting(conversation: Conversation) -> Step:
    """Why nothing is decided yet about what the contact wrote."""
    item = WorkItem.objects.filter(workspace=workspace_id(), kind=TAKE_TURNS, key=str(conversation.pk)).first()
    if item is not None and item.quarantined_at:
        return Step("circle-alert", _("Set aside: deciding failed again and again"), item.quarantined_at, tone=BAD)
    if item is not None and item.lease_until and item.due_at:
        return Step("loader", _("The bot is at it"), facts=[item.error] if item.error else [])
    if item is not None and item.due_at:
        return Step("clock", _("The bot decides at this time, unless more comes before"), item.due_at)
    return Step("circle-question-mark", _("Nobody has decided about this yet"), tone=NOTE)


def _found(turn: Turn) -> list[Found]:
    """The passages in the order in which they were found."""
    chunks = chunks_of([passage["chunk"] for passage in turn.passages])
    return [
        Found(float(passage["score"]), bool(passage["used"]), chunks.get(passage["chunk"])) for passage in turn.passages
    ]
