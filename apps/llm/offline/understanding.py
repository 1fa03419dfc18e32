"""What the unanswered messages say, before anything is looked up.

Owns the order of reading: fields first, then wishes for a person and small talk, then asks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.llm.base import Prompt, Said, Voice
from apps.llm.fields.find import read
from apps.llm.language.concepts import tokens
from apps.llm.language.detect import detect
from apps.llm.language.words import LANGUAGES
from apps.llm.offline.asks import KINDS, Ask, asks
from apps.llm.offline.phrases import OFFERS
from apps.llm.offline.small_talk import Talk, strip_small_talk
from apps.llm.person import wants_person

_MOST_ASKS = 6
_MOST_CHARACTERS = 4000
_REMEMBERED = 4
# Addresses are in no language.
_NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")


@dataclass(frozen=True)
class Understood:
    """The burst of messages taken apart."""

    language: str
    ignore: frozenset[str]
    fields: dict[str, str]
    talk: frozenset[Talk]
    person: bool
    asks: tuple[Ask, ...]


def understand(prompt: Prompt) -> Understood:
    """Read the unanswered messages of the prompt."""
    start = len(prompt.said) - prompt.unanswered
    history, burst = prompt.said[:start], [said.text[:_MOST_CHARACTERS] for said in prompt.said[start:]]
    language = _language(prompt, burst, history)
    ignore = frozenset(tokens(prompt.business))
    fields: dict[str, str] = {}
    talk: set[Talk] = set()
    found: list[Ask] = []
    person = False
    for text in burst:
        asked = None if prompt.asked in fields else prompt.asked
        message = read(text, asked=asked, region=prompt.region)
        fields.update(message.fields)
        person = person or wants_person(message.rest)
        spoken, rest = strip_small_talk(message.rest)
        talk |= spoken
        found += [ask for ask in asks(rest, language=language, ignore=ignore) if not wants_person(ask.text)]
    person = person or (not found and not fields and Talk.YES in talk and _offered(history))
    complete = _completed(found[:_MOST_ASKS], history, language, ignore)
    return Understood(language, ignore, fields, frozenset(talk), person, complete)


def _language(prompt: Prompt, burst: Iterable[str], history: tuple[Said, ...]) -> str:
    """The customer's: of what they write now, else of what they wrote before, else the bot's own."""
    before = " ".join(said.text for said in history[-_REMEMBERED * 2 :] if said.voice is Voice.CUSTOMER)
    found = detect(_NOT_WORDS.sub(" ", " ".join(burst))) or detect(before) or prompt.language
    return found if found in LANGUAGES else "en"


def _offered(history: tuple[Said, ...]) -> bool:
    """Whether the last thing said to the customer offered to ask a colleague."""
    return bool(history) and history[-1].voice is Voice.BOT and any(offer in history[-1].text for offer in OFFERS)


def _completed(found: list[Ask], history: tuple[Said, ...], language: str, ignore: frozenset[str]) -> tuple[Ask, ...]:
    """`How much is it?` takes its subject from the question before."""
    earlier = [said.text for said in history[-_REMEMBERED * 2 :] if said.voice is Voice.CUSTOMER]
    before = [ask for text in earlier for ask in asks(text, language=language, ignore=ignore)]
    complete: list[Ask] = []
    for ask in found:
        subject = next((past for past in reversed(before + complete) if not past.follow_up and past.terms), None)
        complete.append(_with_subject(ask, subject) if ask.follow_up and subject else ask)
    return tuple(complete)


def _with_subject(ask: Ask, subject: Ask) -> Ask:
    had = {term.concept or term.word for term in ask.terms}
    has_kind = any(term.concept in KINDS for term in ask.terms)
    lent = tuple(
        replace(term, lent=True)
        for term in subject.terms
        if (term.concept or term.word) not in had and not (has_kind and term.concept in KINDS) and term.day is None
    )
    return replace(ask, terms=ask.terms + lent)
