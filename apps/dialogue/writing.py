"""Writes a turn: its row, its acts, its replies. The conversation is locked and its item held by whoever calls."""

from dataclasses import dataclass

from django.utils import timezone

from apps.assistant.decision import Decision
from apps.contacts.services import opt_in, opt_out
from apps.conversations.models import Conversation, Message
from apps.conversations.services import queue, take_back
from apps.core import metrics
from apps.core.actions import Context, perform
from apps.core.bound import bound
from apps.core.statements import Statement
from apps.dialogue import memo
from apps.dialogue.decision import Verdict
from apps.dialogue.due import end_to_wait
from apps.dialogue.models import Turn
from apps.dialogue.situation import Situation

ANSWERED = Statement(
    "UPDATE conversations_message SET answered_at = statement_timestamp() WHERE id = ANY(%s::bigint[])"
)
REPLIED = Statement("UPDATE dialogue_turn SET replies = %s::bigint[] WHERE id = %s")


@dataclass(frozen=True)
class Outgoing:
    """A verdict with what the assistant tells of it; `decision` None when no assistant was asked."""

    verdict: Verdict
    decision: Decision | None = None


def write(conversation: Conversation, situation: Situation, outgoing: Outgoing, reruns: int) -> None:
    """The one turn of these unanswered messages, with all that its verdict asks for."""
    verdict, decision = outgoing.verdict, outgoing.decision
    ids = [message.pk for message in situation.unanswered]
    turn = Turn.objects.create(
        conversation=conversation,
        messages=ids,
        outcome=verdict.outcome,
        detail=verdict.detail[:300],
        epoch=situation.epoch,
        reruns=reruns,
        **_facts(decision),
    )
    ANSWERED.run([ids])
    memo.forget(conversation.pk)
    end_to_wait(conversation.pk)
    context = Context(conversation.pk, conversation.contact_id, situation.bot.pk, turn.pk, ids[-1])
    with bound(turn=turn.pk):
        for effect in verdict.effects:
            perform(context, effect)
    if verdict.consent is False:
        take_back(conversation)  # whoever wants no messages gets none of those that still wait
    if verdict.consent is not None:
        (opt_in if verdict.consent else opt_out)(situation.conversation.contact)
    if verdict.say:
        if verdict.effects:
            conversation.refresh_from_db()  # a handoff has moved the epoch, and the farewell belongs to the new one
        conversation.inbox = situation.conversation.inbox
        replies = queue(conversation, text=verdict.say, author=Message.Author.BOT)
        REPLIED.run([[reply.pk for reply in replies], turn.pk])


def count(situation: Situation, outgoing: Outgoing) -> None:
    """Counts the turn that was written, for who looks after the installation."""
    oldest = min(message.created_at for message in situation.unanswered)
    metrics.observe("turn_seconds", max((timezone.now() - oldest).total_seconds(), 0.0))
    metrics.count("turns", outgoing.verdict.outcome)
    if outgoing.decision and outgoing.decision.milliseconds:
        metrics.observe("model_seconds", outgoing.decision.milliseconds / 1000)


def _facts(decision: Decision | None) -> dict[str, object]:
    if decision is None:
        return {}
    return {
        "knows": decision.knows,
        "passages": list(decision.passages),
        "grounding": decision.grounding.as_json(),
        "model": decision.model,
        "prompt": decision.prompt,
        "tokens_in": decision.tokens_in,
        "tokens_out": decision.tokens_out,
        "milliseconds": decision.milliseconds,
    }
