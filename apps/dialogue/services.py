"""Takes turns: reads the situation, decides, and writes the outcome in one fenced transaction."""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.utils import timezone

from apps.assistant import services as assistant
from apps.assistant.decision import Decision
from apps.bots.models import Bot
from apps.bots.services import llm_of
from apps.contacts.services import opt_in, opt_out
from apps.conversations.models import Conversation, Message
from apps.conversations.services import queue
from apps.conversations.states import lock
from apps.core import connections
from apps.core.actions import Context, perform
from apps.dialogue.decision import Verdict, decide, hand_off, model_failed
from apps.dialogue.models import Turn
from apps.dialogue.situation import Situation, look, unanswered
from apps.handoff.models import Handoff
from apps.llm.base import LLMError
from apps.providers import registry
from apps.providers.base import SendError
from apps.work import claims
from apps.work.claims import Claim
from apps.work.runner import Later
from apps.work.services import make_due, take

log = logging.getLogger(__name__)

TAKE_TURNS = "dialogue.take_turns"
#: The bot answers one contact at most once in so many seconds, and asks the model so often a minute per workspace.
SECONDS_BETWEEN_TURNS = 10
MODEL_CALLS_PER_MINUTE = 20
#: A model that fails for the moment is asked again so often before people get the conversation.
MODEL_TRIES = 3

#: Longer than one answer of the model can take, its retries included; renewed before each.
LEASE_SECONDS = 150

Outcome = Turn.Outcome


@dataclass(frozen=True)
class Outgoing:
    """A verdict with what the assistant tells of it; `decision` None when no assistant was asked."""

    verdict: Verdict
    decision: Decision | None = None


def make_turn_due(conversation_id: int) -> None:
    """The turn is due after the bot's quiet time, counted anew with each message up to a limit from the first one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT least(min(m.created_at) + make_interval(secs => b.quiet_limit_seconds),
                         clock_timestamp() + make_interval(secs => b.quiet_seconds))
            FROM conversations_message m
            JOIN inboxes_inbox i ON i.id = m.inbox_id JOIN bots_bot b ON b.id = i.bot_id
            WHERE m.conversation_id = %s AND m.direction = 'in' AND m.answered_at IS NULL
            GROUP BY b.quiet_limit_seconds, b.quiet_seconds
            """,
            [conversation_id],
        )
        found = cursor.fetchone()
    if found is not None:
        make_due(TAKE_TURNS, conversation_id, at=found[0], exactly=True)


def take_turn(claim: Claim) -> Later | None:
    """Decides about what is unanswered in the conversation the claim names.

    Text that arrives while the assistant thinks makes it think once more, with that text; later text is the
    next turn's.
    """
    for reruns in (0, 1):
        situation = look(int(claim.key))
        if not situation.unanswered:
            return None
        outgoing = _without_assistant(situation)
        if outgoing is None:
            wait = _limits(situation) if reruns == 0 else 0.0
            if wait:
                return Later(wait)
            claims.renew(claim, LEASE_SECONDS)
            outgoing = _ask_assistant(situation, claim)
        if _commit(claim, situation, outgoing, reruns=reruns):
            return None
    return None


def _without_assistant(situation: Situation) -> Outgoing | None:
    verdict = decide(situation)
    return Outgoing(verdict) if verdict else None


def _limits(situation: Situation) -> float:
    """Seconds to wait before the assistant may answer; the workspace's token is taken only with the contact's."""
    wait = take(f"contact:{situation.conversation.pk}", per_minute=60 / SECONDS_BETWEEN_TURNS)
    return wait or take("model", per_minute=MODEL_CALLS_PER_MINUTE, burst=MODEL_CALLS_PER_MINUTE)


def _ask_assistant(situation: Situation, claim: Claim) -> Outgoing:
    """The assistant's answer; neither a transaction nor a connection is held while it thinks."""
    prompt = assistant.prepare(situation.conversation, situation.bot, list(situation.unanswered))
    inbox, newest = situation.conversation.inbox, situation.unanswered[-1].external_id or ""
    credentials = inbox.credentials
    connections.release()
    with suppress(SendError):
        registry.get(inbox.provider).signal(credentials, newest)
    try:
        llm = llm_of(situation.bot)
        decision = assistant.decide(llm, prompt)
    except LLMError as error:
        if error.retryable and claim.attempts < MODEL_TRIES:
            raise
        return Outgoing(model_failed(situation, error.text))
    return Outgoing(_verdict(decision), decision)


def _verdict(decision: Decision) -> Verdict:
    if decision.handoff:
        effects = (*decision.effects, hand_off(decision.handoff, Handoff.AskedBy.BOT))
        return Verdict(Outcome.HANDED_OFF, say=decision.say, effects=effects)
    outcome = Outcome.ANSWERED if decision.say else Outcome.NOTHING_TO_SAY
    return Verdict(outcome, say=decision.say, effects=decision.effects)


def _commit(claim: Claim, situation: Situation, outgoing: Outgoing, *, reruns: int) -> bool:
    """Writes the turn if it still is what the conversation needs. False: newer text came, decide once more."""
    with transaction.atomic():
        conversation = lock(situation.conversation.pk)
        if not claims.hold(claim):
            log.warning("The lease of turn %s was lost; whoever has it now decides", claim.key)
            return True
        if conversation.epoch != situation.epoch:
            outgoing = replace(outgoing, verdict=Verdict(Outcome.TAKEN_OVER))
        elif outgoing.decision and not Bot.objects.filter(pk=situation.bot.pk, enabled=True).exists():
            outgoing = replace(outgoing, verdict=Verdict(Outcome.BOT_OFF))
        elif reruns == 0 and outgoing.decision and len(unanswered(conversation.pk)) > len(situation.unanswered):
            return False
        _write(conversation, situation, outgoing, reruns)
    return True


def _write(conversation: Conversation, situation: Situation, outgoing: Outgoing, reruns: int) -> None:
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
    Message.objects.filter(pk__in=ids).update(answered_at=timezone.now())
    context = Context(conversation.pk, conversation.contact_id, situation.bot.pk, turn.pk, ids[-1])
    for effect in verdict.effects:
        perform(context, effect)
    if verdict.consent is not None:
        (opt_in if verdict.consent else opt_out)(situation.conversation.contact)
    if verdict.say:
        conversation.refresh_from_db()  # a handoff has moved the epoch, and the farewell belongs to the new one
        replies = queue(conversation, text=verdict.say, author=Message.Author.BOT)
        turn.replies = [reply.pk for reply in replies]
        turn.save(update_fields=["replies"])


def _facts(decision: Decision | None) -> dict[str, object]:
    if decision is None:
        return {}
    return {
        "knows": decision.knows,
        "passages": list(decision.passages),
        "model": decision.model,
        "tokens_in": decision.tokens_in,
        "tokens_out": decision.tokens_out,
        "milliseconds": decision.milliseconds,
    }
