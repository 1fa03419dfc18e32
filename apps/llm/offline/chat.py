"""A reply to the unanswered messages, put together from quotations and a few phrases.

Owns the order of what is said: thanks, answers, honesty, handoff, one question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.llm.base import Prompt, Reply, to_ask
from apps.llm.offline.answers import Answer, answer
from apps.llm.offline.asks import Ask, split_and
from apps.llm.offline.matching import Entry, index
from apps.llm.offline.phrases import PHRASES, QUESTIONS
from apps.llm.offline.placeholders import Carried
from apps.llm.offline.quotes import shown
from apps.llm.offline.small_talk import Talk
from apps.llm.offline.understanding import Understood, understand
from apps.llm.offline.units import units

MODEL = "offline"
#: Reply.handoff when the customer asked for a person.
ASKED_FOR_A_PERSON = "The customer asked for a person."

_LONGEST_TOPIC = 60
_TITLE = re.compile(r"^(?:dra?|mrs?|ms|sra?|srta|prof|don|doña)\b\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class _Outcome:
    """An ask and its quotation; `quote.entries` is empty when the knowledge holds none."""

    ask: Ask
    quote: Answer


def chat(prompt: Prompt) -> Reply:
    """The reply of the offline answerer; never raises and takes milliseconds."""
    understood = understand(prompt)
    outcomes = _look_up(prompt, understood)
    missing = [outcome for outcome in outcomes if outcome.ask.question and not outcome.quote.entries]
    unseen = _unseen(understood, outcomes)
    asks = None if unseen else _asks(prompt, understood)
    body = _body(prompt, understood, outcomes)
    question = QUESTIONS[asks][understood.language] if asks else ""
    used = dict.fromkeys(passage for outcome in outcomes for passage in outcome.quote.used)
    return Reply(
        text=_fitted(body, question, prompt.max_characters),
        model=MODEL,
        fields=understood.fields,
        handoff=ASKED_FOR_A_PERSON if understood.person else "",
        knows=not missing,
        used=tuple(used),
        asks=asks,
    )


def _look_up(prompt: Prompt, understood: Understood) -> list[_Outcome]:
    entries = index(units(prompt.passages, prompt.business), understood.language)
    return [outcome for ask in understood.asks for outcome in _answered(ask, entries, understood)]


def _said_once(outcomes: Sequence[_Outcome]) -> list[str]:
    """The quotations in order, without what was quoted before."""
    seen: set[Entry] = set()
    quotes = []
    for outcome in outcomes:
        fresh = tuple(entry for entry in outcome.quote.entries if entry not in seen)
        seen.update(fresh)
        if fresh:
            quotes.append(shown(fresh))
    return quotes


def _answered(ask: Ask, entries: Sequence[Entry], understood: Understood) -> list[_Outcome]:
    """One outcome, or one for each half of `croissants and baguettes` when only the halves have answers."""
    language = understood.language
    quote = answer(ask, entries, language)
    parts = split_and(ask, language=language, ignore=understood.ignore)
    if not parts or (quote.entries and quote.complete):
        return [_Outcome(ask, quote)]
    outcomes = [_Outcome(part, answer(part, entries, language)) for part in parts]
    if not any(outcome.quote.entries for outcome in outcomes):
        return [_Outcome(ask, quote)]
    return outcomes


def _asks(prompt: Prompt, understood: Understood) -> str | None:
    leaving = Talk.GOODBYE in understood.talk and not understood.asks
    return None if understood.person or leaving else to_ask(prompt, understood.fields)


def _body(prompt: Prompt, understood: Understood, outcomes: Sequence[_Outcome]) -> list[str]:
    carried = _carried(understood, outcomes)
    said = [_opening(prompt, understood, outcomes), carried, *_answers(understood, outcomes)]
    if understood.person:
        said.append(_phrase("handoff", understood, business=prompt.business))
    said = [part for part in said if part]
    return said or [_small_talk(prompt, understood)]


# What we cannot open, the most telling first; what was written beside it is answered instead.
_UNSEEN = (Carried.PICTURE, Carried.SOUND, Carried.FILE, Carried.CARD, Carried.UNREADABLE)


def _unseen(understood: Understood, outcomes: Sequence[_Outcome]) -> str:
    """The phrase that asks for words in place of what cannot be opened; "" when there are words or nothing such."""
    if outcomes or understood.person or understood.fields:
        return ""
    return next((kind.value for kind in _UNSEEN if kind in understood.carried), "")


def _carried(understood: Understood, outcomes: Sequence[_Outcome]) -> str:
    """What is said to a photo, a place, an order; nothing when the words beside it are all that matters."""
    if Carried.ORDER in understood.carried:
        return _phrase("order", understood)
    if unseen := _unseen(understood, outcomes):
        return _phrase(unseen, understood)
    short = any(not outcome.quote.entries for outcome in outcomes) or (understood.fields and not outcomes)
    if short and understood.carried & set(_UNSEEN):
        return _phrase("unseen", understood)
    if Carried.FORM in understood.carried:
        return _phrase("form", understood)
    if Carried.STICKER in understood.carried and not (understood.worded or understood.fields):
        return _phrase("sticker", understood)
    return ""


def _opening(prompt: Prompt, understood: Understood, outcomes: Sequence[_Outcome]) -> str:
    if understood.fields:
        name = understood.fields.get("name")
        if Carried.PLACE in understood.carried and not name and len(understood.fields) == 1:
            return _phrase("place", understood)
        if Carried.FORM in understood.carried and not name:
            return ""
        thanks = _phrase("thanks_name", understood, name=_called(name)) if name else _phrase("thanks", understood)
        closing = not outcomes and not understood.person and not to_ask(prompt, understood.fields)
        return f"{thanks} {_phrase('noted_all', understood)}" if closing else thanks
    if Talk.GREETING in understood.talk and (outcomes or understood.person or understood.carried):
        return _phrase("hello", understood)
    return ""


def _called(name: str) -> str:
    """What to call somebody: the given name, or all of it behind a title."""
    first, *others = name.split()
    return name if others and _TITLE.match(first) else first


def _answers(understood: Understood, outcomes: Sequence[_Outcome]) -> list[str]:
    quotes = _said_once(outcomes)
    missing = [outcome.ask for outcome in outcomes if outcome.ask.question and not outcome.quote.entries]
    told = any(not outcome.ask.question and not outcome.quote.entries for outcome in outcomes)
    if missing and quotes:
        topics = "; ".join(ask.text.strip(" ?!.¿¡") for ask in missing)
        return [*quotes, _phrase("unknown_topic", understood, topic=_shortened(topics, _LONGEST_TOPIC))]
    if missing:
        return [_phrase("unknown", understood)]
    if told and not quotes and not understood.fields and not understood.person and not understood.carried:
        return [_phrase("told", understood)]
    return quotes


#: What is said when there is nothing to answer, by the first kind of small talk that is there.
_TALK_PHRASES = (
    (Talk.MACHINE, "machine"),
    (Talk.GOODBYE, "goodbye"),
    (Talk.THANKS, "welcome"),
    (Talk.GREETING, "greeting"),
    (Talk.NO, "no_problem"),
    (Talk.YES, "right"),
)


def _small_talk(prompt: Prompt, understood: Understood) -> str:
    met = len(prompt.said) > prompt.unanswered
    nothing = "listening" if met and understood.worded else "greeting"
    key = next((phrase for talk, phrase in _TALK_PHRASES if talk in understood.talk), nothing)
    text = _phrase(key, understood, business=prompt.business)
    asks_nothing = key in ("greeting", "right") and not _asks(prompt, understood)
    return f"{text} {_phrase('offer', understood)}" if asks_nothing else text


def _phrase(key: str, understood: Understood, **values: str) -> str:
    return PHRASES[key][understood.language].format(**values)


def _fitted(body: Sequence[str], question: str, limit: int) -> str:
    """The parts within the limit; the question is kept whole, the rest is cut at a word."""
    lines = len(body) > 2 or any("\n" in part or part[-1] not in ".!?…" for part in body)
    text = "\n\n".join(body) if lines else " ".join(body)
    joint = "\n\n" if lines else " "
    room = limit - len(question) - len(joint) if question else limit
    if room < 20:
        return _shortened(question or text, limit)
    return joint.join(part for part in (_shortened(text, room), question) if part)


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(None, 1)[0] if " " in cut else cut).rstrip(" ,;:") + "…"
