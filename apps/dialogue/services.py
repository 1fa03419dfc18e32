"""Takes turns: reads the situation, decides, and writes the outcome in one fenced transaction."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.assistant import services as assistant
from apps.assistant.decision import Decision
from apps.bots.services import llm_of, stays_on
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock
from apps.core import connections, crashes
from apps.dialogue import memo
from apps.dialogue.decision import Verdict, decide, model_failed, of_assistant, taken_over
from apps.dialogue.due import TAKE_TURNS, begin_to_wait, make_turns_due, make_waiting_turns_due, more_is_coming
from apps.dialogue.models import Turn
from apps.dialogue.situation import Situation, look, unanswered
from apps.dialogue.writing import Outgoing, count, write
from apps.llm.base import LLMError
from apps.providers import registry
from apps.providers.base import SendError
from apps.work import ages, claims
from apps.work.claims import Claim
from apps.work.heart import heart
from apps.work.runner import Later
from apps.work.services import free_in, take

__all__ = ["TAKE_TURNS", "make_turns_due", "make_waiting_turns_due", "set_aside", "take_turn"]

log = logging.getLogger(__name__)

#: The bot answers one contact at most once in so many seconds.
SECONDS_BETWEEN_TURNS = 10
#: A model that fails for the moment is asked again so often before people get the conversation.
MODEL_TRIES = 3

#: How soon a turn looks again whether the rest of a burst has been understood.
LAG_PAUSE_SECONDS = 0.5

#: Longer than one answer of the model can take, its retries included; each one has it anew.
LEASE_SECONDS = 150

Outcome = Turn.Outcome


def take_turn(claim: Claim) -> Later | None:
    """Decides about what is unanswered in the conversation the claim names.

    Text that arrives, is corrected or deleted while the assistant thinks makes it think once more, about what waits
    then; later text is the next turn's. Nothing is decided about a conversation that is deleted meanwhile.
    """
    try:
        return _take_turn(claim)
    except Conversation.DoesNotExist:
        return None


def _take_turn(claim: Claim) -> Later | None:
    for reruns in (0, 1):
        situation = look(int(claim.key))
        if not situation.unanswered:
            return None
        outgoing = _without_assistant(situation)
        if outgoing is None:
            wait = _limits(situation, claim) if reruns == 0 else 0.0
            if wait:
                return Later(wait)
            heart.prolong(claim, LEASE_SECONDS)
            outgoing = _ask_assistant(situation, claim)
        if _commit(claim, situation, outgoing, reruns=reruns):
            crashes.point("turn.after-commit", claim.key)
            return None
    return None


def _without_assistant(situation: Situation) -> Outgoing | None:
    verdict = decide(situation)
    return Outgoing(verdict) if verdict else None


def _limits(situation: Situation, claim: Claim) -> float:
    """Seconds to wait before the assistant may answer; a token is taken of both buckets or of none."""
    if situation.inbox_broken:
        return ages.seconds("parked")  # answered when it works again, with all that was written until then
    if more_is_coming(situation.conversation.inbox, situation.unanswered[0], situation.bot.quiet_limit_seconds):
        return LAG_PAUSE_SECONDS
    if claim.attempts > 1:
        return 0.0  # the first try had its tokens; to wait for more would begin the count of tries anew
    contact, often = f"contact:{situation.conversation.pk}", settings.MODEL_CALLS_PER_MINUTE
    wait = free_in(contact) or take("model", per_minute=often, burst=often, claim=claim)
    return wait or take(contact, per_minute=60 / SECONDS_BETWEEN_TURNS)


def _ask_assistant(situation: Situation, claim: Claim) -> Outgoing:
    """The assistant's answer, remembered until the turn is written; no connection is held while it thinks."""
    conversation_id, bot = situation.conversation.pk, situation.bot
    key = memo.key_of(bot.pk, situation.epoch, situation.unanswered)
    decision = memo.recall(conversation_id, key)
    if decision is not None:
        return _answer(situation, claim, key, decision)
    prompt = assistant.prepare(situation.conversation, situation.bot, list(situation.unanswered))
    inbox, newest = situation.conversation.inbox, situation.unanswered[-1].external_id or ""
    credentials = inbox.credentials
    begin_to_wait(conversation_id)
    connections.release()
    with suppress(SendError):
        registry.get(inbox.provider).signal(credentials, newest)
    crashes.point("turn.before-model", *situation.texts)
    try:
        llm = llm_of(situation.bot)
        decision = assistant.decide(llm, prompt)
    except LLMError as error:
        if error.retryable and claim.attempts < MODEL_TRIES:
            raise
        return Outgoing(model_failed(situation, error.text))
    memo.keep(conversation_id, key, decision)
    crashes.point("turn.after-model")
    return _answer(situation, claim, key, decision)


def _answer(situation: Situation, claim: Claim, key: str, decision: Decision) -> Outgoing:
    """What comes of a decision; of one that did not pass the gate after one more question to the model."""
    if decision.again is not None:
        heart.prolong(claim, LEASE_SECONDS)
        connections.release()
        crashes.point("turn.before-rewrite", *situation.texts)
        try:
            decision = assistant.decide_again(llm_of(situation.bot), decision)
        except LLMError as error:
            if error.retryable and claim.attempts < MODEL_TRIES:
                raise
            decision = replace(decision, again=None)
        memo.keep(situation.conversation.pk, key, decision)
        crashes.point("turn.after-rewrite")
    return Outgoing(of_assistant(situation, decision), decision)


def _commit(claim: Claim, situation: Situation, outgoing: Outgoing, *, reruns: int) -> bool:
    """Writes the turn if it still is what the conversation needs. False: what waits is another, decide once more."""
    with transaction.atomic():
        bot_off = outgoing.decision is not None and not stays_on(situation.bot)
        conversation = lock(situation.conversation.pk)
        if not claims.hold(claim):
            log.warning("The lease of turn %s was lost; whoever has it now decides", claim.key)
            return True
        once_more = reruns == 0 and outgoing.decision is not None
        waiting = unanswered(conversation.pk)
        seen = {message.pk for message in situation.unanswered}
        left = tuple(message for message in waiting if message.pk in seen)
        if not left:
            # Deleted by the customer, or people got it because nobody answered. What came instead is due by itself.
            return not (waiting and once_more)
        if conversation.epoch != situation.epoch:
            outgoing = replace(outgoing, verdict=taken_over(outgoing.verdict))
        elif bot_off:
            outgoing = replace(outgoing, verdict=Verdict(Outcome.BOT_OFF))
        elif once_more and _said(waiting) != _said(situation.unanswered):
            return False
        situation = replace(situation, unanswered=left)
        write(conversation, situation, outgoing, reruns)
    count(situation, outgoing)
    return True


def _said(messages: Sequence[Message]) -> list[tuple[int, str]]:
    """What is to be answered, as it reads now: customers delete and correct what they wrote."""
    return [(message.pk, message.text) for message in messages]


def set_aside(claim: Claim) -> None:
    """Deciding failed for the last time: what was to be decided gets a turn that says so, and the next message its own.

    Text that came after the item was due is the next turn's.
    """
    with transaction.atomic():
        conversation = lock(int(claim.key))
        if not claims.hold(claim):
            return
        ids = [message.pk for message in unanswered(conversation.pk) if message.created_at <= claim.due_at]
        if ids:
            Turn.objects.create(
                conversation=conversation, messages=ids, outcome=Outcome.SET_ASIDE, epoch=conversation.epoch
            )
            Message.objects.filter(pk__in=ids).update(answered_at=timezone.now())
        memo.forget(conversation.pk)
