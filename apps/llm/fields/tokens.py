"""Runs of words that make a name or a place, cut where the clause ends.

Owns the token test, the particles and the giving of capitals.
"""

import re
import unicodedata
from dataclasses import dataclass

from apps.llm.language.words import fold, word_set

#: Small words inside names and places: `van der Berg`, `Rio de Janeiro`, `Stoke-on-Trent`.
PARTICLES = word_set(
    """
    de la las los del da do dos das di du des van von der den ten ter zu bin ibn bint al el le af av y
    of
    """
)
_ABBREVIATIONS = word_set("uk usa uae nyc")
_TOKEN = re.compile(r"\S+")
_CLOSING = '.,;:!?)]}"”»…'
_OPENING = '([{"“«¿¡*_'
_TITLES = word_set("dr dra mr mrs ms sr sra srta prof st mx don dona")


@dataclass(frozen=True)
class Token:
    """A word with its place in the text; `closes` is the punctuation behind it."""

    text: str
    start: int
    end: int
    closes: str


def tokens(text: str) -> list[Token]:
    """The words of a text between blanks, punctuation set apart."""
    found = []
    for match in _TOKEN.finditer(text):
        opened = match.group().lstrip(_OPENING)
        bare = opened.rstrip(_CLOSING)
        initial = bare and opened == f"{bare}." and (len(bare) == 1 or fold(bare) in _TITLES)
        word = opened if initial else bare
        start = match.start() + len(match.group()) - len(opened)
        closes = "" if initial else opened[len(bare) :]
        found.append(Token(word, start, start + len(word), closes))
    return found


def is_wordlike(word: str) -> bool:
    """Letters of any script, with what stands inside names: apostrophe, hyphen, dot."""
    letters = [char for char in word if char not in "'’.-·"]
    return bool(letters) and all(unicodedata.category(char)[0] in "LM" for char in letters)


def is_capital(word: str) -> bool:
    """Whether the word begins with a capital; scripts without capitals count as such."""
    first = next((char for char in word if char.isalpha()), "")
    return bool(first) and not first.islower()


def capitalise(text: str) -> str:
    """`aisha o'brien-van der berg` in a name's capitals; a text with any capital stays as it was given."""
    if text != text.lower():
        return text
    words = text.split()
    return " ".join(word if place and word in PARTICLES else _capital(word) for place, word in enumerate(words))


def _capital(word: str) -> str:
    if word in _ABBREVIATIONS:
        return word.upper()
    return re.sub(
        r"(^|[-])(\w)",
        lambda m: m[1] + m[2].upper(),
        re.sub(r"^(o|d|l)(['’])(\w)", lambda m: m[1] + m[2] + m[3].upper(), word),
    )
