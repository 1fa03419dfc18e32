"""Prepares what the model is told, and turns its reply into a decision. The dialogue calls both and writes."""

import time
from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone

from apps import tenants
from apps.assistant.decision import MARK_ASKED, SAVE_FIELDS, Decision, Request
from apps.assistant.grounds import again, grounded
from apps.assistant.reading import place, readable, words
from apps.assistant.region import region_of
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.core.actions import Effect
from apps.core.statements import Statement, columns
from apps.knowledge.search import search
from apps.leads.models import Lead
from apps.leads.services import lead_of
from apps.llm.base import LEAD_FIELDS, LLM, Passage, Reply, Said, Voice
from apps.providers.base import ANSWERABLE, ContentKind
from apps.tenants.business import business_zone

#: Messages the model sees, the unanswered ones among them, which are all shown up to the second number.
MOST_MESSAGES = 12
MOST_UNANSWERED = 30
#: Characters of one message, by whether it waits for the answer.
MOST_UNANSWERED_TEXT = 4000
MOST_HISTORY_TEXT = 1000
#: A question of so few words ("and on Sunday?") is looked up together with the one before.
FEW_WORDS = 4

_VOICES = {
    Message.Author.CONTACT: Voice.CUSTOMER,
    Message.Author.BOT: Voice.BOT,
    Message.Author.PERSON: Voice.PERSON,
    Message.Author.PHONE: Voice.PERSON,
}
_NEVER_ARRIVED = (Message.State.CANCELLED, Message.State.FAILED)

HISTORY = Statement(f"""
SELECT {columns(Message)} FROM conversations_message
WHERE conversation_id = %(conversation)s AND author = ANY(%(authors)s::text[]) AND kind = ANY(%(kinds)s::text[])
  AND NOT (direction = 'in' AND answered_at IS NULL) AND state <> ALL(%(never_arrived)s::text[])
  AND NOT content ? 'revoked' AND id <> ALL(%(waiting)s::bigint[])
ORDER BY id DESC LIMIT %(room)s
""")  # noqa: S608  # nosec B608  # columns of ours


def prepare(conversation: Conversation, bot: Bot, unanswered: list[Message]) -> Request:
    """Reads all that the reply may rest on. `unanswered` are the customer's messages in the vendor's order.

    Embeds the question, so it may take seconds, without holding a connection meanwhile.
    """
    waiting = unanswered[-MOST_UNANSWERED:]
    before = _history(conversation, waiting)
    lead = lead_of(conversation.contact, bot)
    places = [place(message) for message in waiting if message.kind == ContentKind.LOCATION]
    shared = {"location": places[-1]} if places else {}
    wanted = [] if _is_greeting(waiting, before) else [field for field in lead.unasked if field not in shared]
    said = tuple(_said(message, MOST_HISTORY_TEXT) for message in before)
    return Request(
        business=bot.business,
        persona=bot.persona,
        language=bot.language,
        said=said + tuple(_said(message, MOST_UNANSWERED_TEXT) for message in waiting),
        unanswered=len(waiting),
        passages=_passages(bot, waiting, before),
        known={**lead.values, **shared},
        asked=_asked(lead, conversation),
        wanted=wanted[0] if wanted else None,
        wanted_after=tuple(wanted[1:]),
        region=region_of(bot, conversation.inbox, conversation.contact),
        shared=shared,
        max_characters=bot.max_characters,
        tone=bot.tone,
        temperature=bot.temperature,
        now=timezone.localtime(timezone=business_zone(tenants.current())).isoformat(timespec="minutes"),
        least_confidence=bot.least_confidence,
    )


def decide(llm: LLM, request: Request) -> Decision:
    """Asks the model, and looks whether what it says rests on what it was told. Touches no database.

    Raises LLMError when it gives no usable answer.
    """
    began = time.monotonic()
    reply = llm.chat(request)
    milliseconds = round((time.monotonic() - began) * 1000)
    grounding = grounded(reply, request)
    rewrite = None if grounding.passed or request.rejected else again(request, reply, grounding)
    return Decision(
        say=reply.text.strip(),
        effects=_effects(reply, request),
        handoff=reply.handoff,
        knows=_knows(reply),
        passages=tuple(
            {"chunk": passage.id, "score": round(passage.score, 6), "used": passage.id in reply.used}
            for passage in request.passages
        ),
        model=reply.model,
        tokens_in=reply.usage.tokens_in,
        tokens_out=reply.usage.tokens_out,
        milliseconds=milliseconds,
        grounding=grounding,
        again=rewrite,
        prompt=request.fingerprint,
    )


def decide_again(llm: LLM, first: Decision) -> Decision:
    """Asks the model once more for what did not pass the gate, and counts both. Raises LLMError as `decide`."""
    if first.again is None:
        return first
    second = decide(llm, first.again)
    return replace(
        second,
        effects=_of_both(first.effects, second.effects),
        handoff=second.handoff or first.handoff,
        tokens_in=first.tokens_in + second.tokens_in,
        tokens_out=first.tokens_out + second.tokens_out,
        milliseconds=first.milliseconds + second.milliseconds,
        grounding=replace(second.grounding, first=first.grounding.as_json()),
    )


def _of_both(first: Sequence[Effect], second: Sequence[Effect]) -> tuple[Effect, ...]:
    """What the second answer asks for, and the fields that only the first has found."""
    found: dict[str, str] = {}
    for effect in (*first, *second):
        found |= effect.params["fields"] if effect.action == SAVE_FIELDS else {}
    others = tuple(effect for effect in second if effect.action != SAVE_FIELDS)
    return (Effect(SAVE_FIELDS, {"fields": found}), *others) if found else others


def _history(conversation: Conversation, waiting: Sequence[Message]) -> list[Message]:
    """What was said before, oldest first: no notes, no reactions, nothing taken back or never sent."""
    asked = {
        "conversation": conversation.pk,
        "authors": list(map(str, _VOICES)),
        "kinds": sorted(map(str, ANSWERABLE)),
        "never_arrived": list(map(str, _NEVER_ARRIVED)),
        "waiting": [message.pk for message in waiting],
        "room": max(MOST_MESSAGES - len(waiting), 0),
    }
    return HISTORY.objects(Message, asked)[::-1]


def _said(message: Message, most: int) -> Said:
    text = readable(message)
    return Said(_VOICES[Message.Author(message.author)], text if len(text) <= most else f"{text[: most - 1]}…")


def _passages(bot: Bot, waiting: Sequence[Message], before: Sequence[Message]) -> tuple[Passage, ...]:
    question = _words(waiting)
    if not question:
        return ()
    if len(question.split()) <= FEW_WORDS:
        earlier = [message for message in before if message.author == Message.Author.CONTACT]
        question = "\n".join(filter(None, [question, _words(earlier[-1:])]))
    return tuple(search(bot, question))


def _words(messages: Sequence[Message]) -> str:
    return "\n".join(filter(None, map(words, messages)))


def _asked(lead: Lead, conversation: Conversation) -> str | None:
    """The field the bot's last reply asked for, if it still is missing.

    The bot asked in the turn in which a certain message was answered; once another turn has passed, what the
    customer writes is no answer to that any more.
    """
    field = max(lead.missing, key=lambda name: lead.asked.get(name, 0), default=None)
    if field not in lead.asked:
        return None
    received = conversation.messages.filter(direction=Message.Direction.IN, kind__in=ANSWERABLE)
    answered_at = received.filter(pk=lead.asked[field]).values_list("answered_at", flat=True).first()
    if answered_at is None or received.filter(answered_at__gt=answered_at).exists():
        return None
    return field


def _is_greeting(waiting: Sequence[Message], before: Sequence[Message]) -> bool:
    """Whether it is the first hello: a good receptionist says hello back and asks for nothing yet."""
    text = _words(waiting)
    answered = any(message.author != Message.Author.CONTACT for message in before)
    return not answered and len(text.split()) <= FEW_WORDS and "?" not in text


def _knows(reply: Reply) -> bool | None:
    """A reply that rests on no passage and misses none was not about the knowledge."""
    if not reply.knows:
        return False
    return True if reply.used else None


def _effects(reply: Reply, request: Request) -> tuple[Effect, ...]:
    """Keeps what is new of the lead, and remembers what the reply asks for. A shared place beats a described one."""
    new = {
        field: reply.fields[field]
        for field in LEAD_FIELDS
        if reply.fields.get(field) and reply.fields[field] != request.known.get(field)
    }
    found = {**new, **request.shared}
    effects = [Effect(SAVE_FIELDS, {"fields": found})] if found else []
    if reply.asks in LEAD_FIELDS:
        effects.append(Effect(MARK_ASKED, {"field": reply.asks}))
    return tuple(effects)
