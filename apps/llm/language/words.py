"""Text to comparable words: folding, splitting and stemming.

Owns the stemmers. Stems are compared, never shown.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

LANGUAGES = ("en", "es", "pt")

_STEMMERS = {
    "en": snowballstemmer.stemmer("english"),
    "es": snowballstemmer.stemmer("spanish"),
    "pt": snowballstemmer.stemmer("portuguese"),
}
# A snowball stemmer keeps the word it works on in itself, so two threads must not share one.
_STEMMING = threading.Lock()

# Marks of Hebrew, Arabic, Indic and Thai words are no word characters for `re`, yet belong to the word.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0dff\u0e30-\u0e4e"
_WORD = re.compile(rf"[\w{_MARKS}]+(?:'[\w]+)?")

#: Words that people write in two ways; the stemmer cannot bring them together.
_ONE_SPELLING = {
    "wi-fi": "wifi",
    "wi fi": "wifi",
    "e-mail": "email",
    "e-mails": "emails",
    "e-bike": "electric bike",
    "e-bikes": "electric bikes",
    "ebike": "electric bike",
    "ebikes": "electric bikes",
    "check-in": "checkin",
    "check in": "checkin",
    "check-out": "checkout",
    "walk-in": "walkin",
    "walk-ins": "walkins",
    "walk in": "walkin",
    "drop-in": "walkin",
    "on-line": "online",
    "gluten-free": "gluten free",
    "check-up": "checkup",
    "check-ups": "checkups",
    "check up": "checkup",
    "take-away": "takeaway",
    "take away": "takeaway",
    "x-ray": "xray",
    "x-rays": "xrays",
    "teeth": "tooth",
    "children": "child",
    "women": "woman",
    "men": "man",
    "feet": "foot",
    "loaves": "loaf",
    "knives": "knife",
    "mice": "mouse",
    "tyre": "tire",
    "tyres": "tires",
    "colour": "color",
    "colours": "colors",
    "centre": "center",
    "cheque": "check",
}
_SPELLINGS = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(_ONE_SPELLING, key=len, reverse=True))) + r")\b")


def word_set(text: str) -> frozenset[str]:
    """The words of a table, which is easier to read as running text."""
    return frozenset(text.split())


def fold(text: str) -> str:
    """Lower case without Latin accents and with plain apostrophes: `Café’s` gives `cafe's`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", plain).replace("’", "'").replace("`", "'")


def split(folded: str) -> list[str]:
    """The words of a folded text in order, each in one spelling and without a contraction's tail."""
    one_spelling = _SPELLINGS.sub(lambda match: _ONE_SPELLING[match.group()], folded)
    found = (word.split("'")[0].strip("_") for word in _WORD.findall(one_spelling))
    return [word for word in found if word]


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of one folded word in one of LANGUAGES."""
    with _STEMMING:
        return str(_STEMMERS[language].stemWord(word))
