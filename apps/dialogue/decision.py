"""The one decision: what do the unanswered messages of a conversation cause? Pure, in order, in one function."""

from dataclasses import dataclass, replace

from apps.assistant.decision import MARK_ASKED, Decision
from apps.core.actions import Effect
from apps.dialogue.models import Turn
from apps.dialogue.phrases import START_WORDS, STOP_WORDS, bare, phrase
from apps.dialogue.situation import Situation
from apps.handoff.models import Handoff
from apps.llm.person.wishes import wants_person

Outcome = Turn.Outcome


@dataclass(frozen=True)
class Verdict:
    """What is to happen: the outcome, what to say ("" for nothing), and the acts."""

    outcome: Turn.Outcome
    say: str = ""
    effects: tuple[Effect, ...] = ()
    consent: bool | None = None  # True: wants messages again; False: wants none
    detail: str = ""


def decide(situation: Situation) -> Verdict | None:
    """The verdict, or None when the assistant is to answer. The first rule that fits decides.

    What customers say of being written to always counts; while people have the conversation the bot adds no word to it.
    """
    language = situation.conversation.contact.language or situation.bot.language
    with_people = situation.handoff_open or situation.person_talking
    words = [bare(text) for text in situation.texts]
    if any(word in START_WORDS for word in words) and situation.opted_out:
        return Verdict(Outcome.RESUMED, say="" if with_people else phrase("resumed", language), consent=True)
    if situation.opted_out:
        return Verdict(Outcome.OPTED_OUT)
    if any(word in STOP_WORDS for word in words):
        return Verdict(Outcome.STOPPED, say="" if with_people else phrase("stopped", language), consent=False)
    if with_people:
        return Verdict(Outcome.PERSON_TALKING)
    if not situation.inbox_connected:
        return Verdict(Outcome.INBOX_OFF)
    if not situation.bot_enabled:
        return Verdict(Outcome.BOT_OFF)
    if any(wants_person(text) for text in situation.texts):
        return Verdict(
            Outcome.ASKED_PERSON,
            say=phrase("handing_off", language),
            effects=(hand_off("Asked for a person.", Handoff.AskedBy.CONTACT),),
        )
    if not any(message.text or message.content for message in situation.unanswered):
        return Verdict(Outcome.NOTHING_TO_SAY)
    if situation.looping:
        effects = (hand_off("A machine seems to answer here.", Handoff.AskedBy.BOT),)
        return Verdict(Outcome.LOOP, effects=effects, detail=situation.looping)
    return None


def taken_over(verdict: Verdict) -> Verdict:
    """What is left of a verdict when a person took over meanwhile: what the customer says of being written to."""
    return Verdict(Outcome.TAKEN_OVER) if verdict.consent is None else replace(verdict, say="", effects=())


def model_failed(situation: Situation, why: str) -> Verdict:
    """The model gave no usable answer: say so, and give the conversation to people."""
    language = situation.conversation.contact.language or situation.bot.language
    return Verdict(
        Outcome.MODEL_FAILED,
        say=phrase("model_failed", language),
        effects=(hand_off("The assistant could not answer.", Handoff.AskedBy.BOT),),
        detail=why,
    )


def of_assistant(situation: Situation, decision: Decision) -> Verdict:
    """What comes of the assistant's decision. What did not pass the gate is not said."""
    if not decision.grounding.passed:
        return _not_grounded(situation, decision)
    if decision.handoff:
        effects = (*decision.effects, hand_off(decision.handoff, Handoff.AskedBy.BOT))
        return Verdict(Outcome.HANDED_OFF, say=decision.say, effects=effects)
    outcome = Outcome.ANSWERED if decision.say else Outcome.NOTHING_TO_SAY
    return Verdict(outcome, say=decision.say, effects=decision.effects)


def _not_grounded(situation: Situation, decision: Decision) -> Verdict:
    """The owner's own sentence, and people. What was found of the lead is kept; what was not said asked for nothing."""
    bot, grounding = situation.bot, decision.grounding
    found = tuple(effect for effect in decision.effects if effect.action != MARK_ASKED)
    counted = ", ".join(f"{count} {kind}" for kind, count in grounding.counts.items())
    doubt = f"stands nowhere: {counted}" if counted else f"confidence {grounding.confidence} of {grounding.least}"
    return Verdict(
        Outcome.NOT_GROUNDED,
        say=bot.fallback or phrase("not_grounded", situation.conversation.contact.language or bot.language),
        effects=(*found, hand_off(decision.handoff or f"The assistant was not sure ({doubt}).", Handoff.AskedBy.BOT)),
        detail=doubt.capitalize() + ".",
    )


def hand_off(reason: str, asked_by: Handoff.AskedBy) -> Effect:
    """The act of giving the conversation to people."""
    return Effect("handoff.open", {"reason": reason, "asked_by": asked_by})
