"""Whether a customer asks to be served by a person."""

import re

from apps.llm.person.english import ENGLISH
from apps.llm.person.portuguese import PORTUGUESE
from apps.llm.person.spanish import SPANISH

WORDINGS = (*ENGLISH, *SPANISH, *PORTUGUESE)
#: Letters of a word that are looked at.
_BEGIN = 4
#: The words of a wish in a sentence that wishes nothing of the kind.
_NOT_A_WISH = re.compile(
    r"\b(?:do|did|will|must|should|would) (?:i|we) (?:have|need) to (?:talk|speak)\b|\bwho(?:'s| is| are"
    r"| was)\b|\bqui[eé]n es\b|\bquem [eé]\b"
    r"|\b(?:no need|don'?t (?:need|want|have)|do not (?:need|want)|without|not) (?:to )?(?:(?:talk|speak|call"
    r"|phone|ring) |be (?:called|phoned)|a (?:human|person|agent)|call)(?![\w\s']{0,25}\b(?:bots?|robots?"
    r"|machines?|ai)\b)"
    r"|\b(?:don'?t|do not|please don'?t|never) (?:call|phone|ring) me\b|\bno me llam\w+|\bn[aã]o me lig\w+"
    r"|\bno (?:quiero|necesito) hablar con (?:una persona|nadie|alguien)\b"
    r"|\bdo you (?:speak|talk)\b|\b(?:speak|talk) (?:english|spanish|portuguese|french|german)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?\n])\s*")
_WORDS = re.compile(r"\w+")


def wants_person(text: str) -> bool:
    """Whether the text asks to talk to, or be called by, a person of the business (English, Spanish, Portuguese).

    A question about people (`who is in charge of bookings`) does not.
    """
    plain = text[:4000].replace("’", "'")
    return any(_wishes(sentence) for sentence in _SENTENCES.split(plain))


def beginnings(sentence: str) -> set[str]:
    """The first letters of its words, as the groups of a wording have them."""
    return {word[:_BEGIN] for word in _WORDS.findall(sentence.casefold())}


def _wishes(sentence: str) -> bool:
    begin = beginnings(sentence)
    return any(one.stands_in(sentence, begin) for one in WORDINGS) and not _NOT_A_WISH.search(sentence)
