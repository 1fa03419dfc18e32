"""Words that mean the same to a customer, across English, Spanish and Portuguese.

Owns the table of concepts and the lookup. A concept is a plain string such as `price`.
"""

import re
from functools import lru_cache

from apps.llm.language.stopwords import FILLERS, STOPWORDS
from apps.llm.language.synonyms import CONCEPTS
from apps.llm.language.words import LANGUAGES, fold, split, stem


def _by_word() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for concept, languages in CONCEPTS.items():
        for language, words in languages.items():
            for word in words.split():
                table[language].setdefault(word, concept)
    return table


def _by_stem(by_word: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {
        language: {stem(word, language): concept for word, concept in reversed(words.items()) if "_" not in word}
        for language, words in by_word.items()
    }


_LONG_STEM = 5

_WORDS = _by_word()
_STEMS = _by_stem(_WORDS)
_PHRASE_LIST = sorted({word for words in _WORDS.values() for word in words if "_" in word}, key=len, reverse=True)
_PHRASES = re.compile(r"\b(?:" + "|".join(phrase.replace("_", r"[\s-]+") for phrase in _PHRASE_LIST) + r")\b")


def tokens(text: str) -> list[str]:
    """The folded words of a text, with the table's phrases as one word (`how_much`)."""
    return split(_PHRASES.sub(lambda match: re.sub(r"[\s-]+", "_", match.group()), fold(text)))


@lru_cache(maxsize=50_000)
def concept_of(word: str, language: str | None) -> str | None:
    """The concept of a folded word; other languages are tried when `language` has none or is None."""
    order = [language, *(code for code in LANGUAGES if code != language)] if language else list(LANGUAGES)
    for code in order:
        if word in STOPWORDS[code] or word in FILLERS[code]:
            return _WORDS[code].get(word)
        root = stem(word, code)
        # Short stems of another language meet by chance: `valid` and `vale`.
        rooted = _STEMS[code].get(root) if code == language or len(root) >= _LONG_STEM else None
        found = _WORDS[code].get(word) or rooted
        if found:
            return found
    return None


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Every single word of the table, for the correction of typing errors."""
    return tuple(sorted({word for words in _WORDS.values() for word in words if "_" not in word}))
