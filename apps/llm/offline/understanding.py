"""What the unanswered messages say, before anything is looked up.

Owns the order of reading: fields first, then wishes for a person and small talk, then asks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from apps.llm.base import Prompt, Said, Voice
from apps.llm.fields.find import read
from apps.llm.language.concepts import tokens
from apps.llm.language.detect import detect
from apps.llm.language.words import LANGUAGES
from apps.llm.offline.asks import Ask, asks
from apps.llm.offline.followups import completed
from apps.llm.offline.phrases import OFFERS
from apps.llm.offline.placeholders import Carried, read_content
from apps.llm.offline.small_talk import Talk, strip_small_talk
from apps.llm.person.wishes import wants_person

_MOST_ASKS = 6
_MOST_CHARACTERS = 4000
_REMEMBERED = 4
# Addresses are in no language.
_NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")


@dataclass(frozen=True)
class Understood:
    """The burst of messages taken apart; `worded` says that there are words in it."""

    language: str
    ignore: frozenset[str]
    fields: dict[str, str]
    talk: frozenset[Talk]
    person: bool
    asks: tuple[Ask, ...]
    carried: frozenset[Carried] = frozenset()
    worded: bool = True


def understand(prompt: Prompt) -> Understood:
    """Read the unanswered messages of the prompt."""
    start = len(prompt.said) - prompt.unanswered
    contents = [read_content(said.text[:_MOST_CHARACTERS]) for said in prompt.said[start:]]
    history, burst = prompt.said[:start], [content.words for content in contents if content.words.strip()]
    language = _language(prompt, burst, history)
    ignore = frozenset(tokens(prompt.business))
    places = [content.place for content in contents if content.place]
    fields = {"location": places[-1]} if places else {}
    talk: set[Talk] = set()
    found: list[Ask] = []
    person = False
    filled_in = {content.words for content in contents if content.carried is Carried.FORM}
    for text in burst:
        asked = None if prompt.asked in fields else prompt.asked
        message = read(text, asked=asked, region=prompt.region)
        fields.update(message.fields)
        if text in filled_in:
            continue
        person = person or wants_person(message.rest)
        spoken, rest = strip_small_talk(message.rest)
        talk |= spoken
        found += [ask for ask in asks(rest, language=language, ignore=ignore) if not wants_person(ask.text)]
    person = person or (not found and not fields and Talk.YES in talk and _offered(history))
    complete = completed(found[:_MOST_ASKS], _earlier(history, language, ignore))
    carried = frozenset(content.carried for content in contents if content.carried)
    worded = any(char.isalpha() for text in burst for char in text)
    return Understood(language, ignore, fields, frozenset(talk), person, complete, carried, worded)


def _language(prompt: Prompt, burst: Iterable[str], history: tuple[Said, ...]) -> str:
    """The customer's: of what they write now, else of what they wrote before, else the bot's own."""
    before = " ".join(_customers(history))
    spoken = detect(before)
    found = detect(_NOT_WORDS.sub(" ", " ".join(burst)), likely=spoken) or spoken or prompt.language
    return found if found in LANGUAGES else "en"


def _offered(history: tuple[Said, ...]) -> bool:
    """Whether the last thing said to the customer offered to ask a colleague."""
    return bool(history) and history[-1].voice is Voice.BOT and any(offer in history[-1].text for offer in OFFERS)


def _customers(history: tuple[Said, ...]) -> list[str]:
    """What the customer wrote lately, oldest first."""
    recent = [said for said in history[-_REMEMBERED * 2 :] if said.voice is Voice.CUSTOMER]
    return [read_content(said.text).words for said in recent]


def _earlier(history: tuple[Said, ...], language: str, ignore: frozenset[str]) -> list[Ask]:
    """What the customer asked before, oldest first."""
    return [ask for text in _customers(history) for ask in asks(text, language=language, ignore=ignore)]
