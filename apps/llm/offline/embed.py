"""Embeddings without a model: hashed words, stems, concepts and letter groups.

Owns the vectors' recipe. Equal on every machine and version of Python; a change of the recipe needs a new NAME.
"""

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from apps.llm.base import DIMENSIONS, LLMError
from apps.llm.language.concepts import concept_of, tokens
from apps.llm.language.stopwords import STOPWORDS
from apps.llm.language.words import LANGUAGES, stem

NAME = "offline-hash-1"

_STEM_WEIGHT = 1.0
_CONCEPT_WEIGHT = 0.9
_LETTERS_WEIGHT = 0.7
# Grammar tells texts apart a little, and keeps a text made of nothing else from having no vector.
_GRAMMAR_WEIGHT = 0.1
_LONGEST_WORD = 40

Feature = tuple[int, float]


def embed(texts: Sequence[str]) -> list[list[float]]:
    """A unit vector of DIMENSIONS for each text; raises LLMError for an empty one."""
    return [_embed(text) for text in texts]


def _embed(text: str) -> list[float]:
    if not text.strip():
        raise LLMError("An empty text cannot be embedded; leave it out.", retryable=False)
    vector = [0.0] * DIMENSIONS
    counts = Counter(tokens(text)) or Counter([text.strip()])
    for word, count in counts.items():
        weight = 1 + math.log(count)
        for place, value in _features(word):
            vector[place] += weight * value
    length = math.sqrt(math.fsum(value * value for value in vector))
    if not length:
        # Features that cancel out to nothing: the text as a whole stands for itself.
        place, sign = _hashed(f"text:{text.strip()}")
        vector[place], length = sign, 1.0
    return [value / length for value in vector]


@lru_cache(maxsize=100_000)
def _features(word: str) -> tuple[Feature, ...]:
    """The places of a word in the vector, whatever language it is from."""
    word = word[:_LONGEST_WORD]
    grammar = any(word in STOPWORDS[language] for language in LANGUAGES)
    concept = concept_of(word, None)
    if grammar and not concept:
        return _weighed([f"stem:{word}"], _GRAMMAR_WEIGHT)
    stems = sorted({stem(word, language) for language in LANGUAGES})
    found = _weighed([f"stem:{root}" for root in stems], _STEM_WEIGHT)
    if concept:
        found += _weighed([f"concept:{concept}"], _CONCEPT_WEIGHT)
    return found + _weighed(_letter_groups(word), _LETTERS_WEIGHT)


def _letter_groups(word: str) -> list[str]:
    padded = f"<{word}>"
    return [padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1)]


def _weighed(names: Sequence[str], weight: float) -> tuple[Feature, ...]:
    """The names hashed; together they have the length `weight`."""
    each = weight / math.sqrt(len(names)) if names else 0.0
    return tuple((place, sign * each) for place, sign in map(_hashed, names))


@lru_cache(maxsize=200_000)
def _hashed(name: str) -> Feature:
    number = zlib.crc32(name.encode())
    return number % DIMENSIONS, 1.0 if number & 0x8000_0000 else -1.0
