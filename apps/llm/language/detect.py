"""Which of our languages a text is written in.

Owns the scoring by frequent words and letters.
"""

from apps.llm.language.stopwords import FILLERS, MARKERS, OTHER_LANGUAGES, STOPWORDS
from apps.llm.language.synonyms import CONCEPTS
from apps.llm.language.words import LANGUAGES, fold, split

_LETTERS = {"es": "ñ¿¡", "pt": "ãõçêâ"}
_FREQUENT = {code: STOPWORDS[code] | MARKERS[code] for code in LANGUAGES}
_TOPICAL = {
    code: FILLERS[code] | {word for table in CONCEPTS.values() for word in table.get(code, "").split()}
    for code in LANGUAGES
}
_TOPICAL_WEIGHT = 0.6
_FEW_WORDS = 4
_COULD_BE = 0.35


def detect(text: str, *, likely: str | None = None) -> str | None:
    """`en`, `es` or `pt`; None when the text does not tell, or tells another language.

    `likely` is the language spoken so far: a few words that could be in it are in it.
    """
    words = split(fold(text))
    scores = {language: _score(language, words, text.lower()) for language in LANGUAGES}
    if likely in LANGUAGES and len(words) <= _FEW_WORDS and scores[likely] >= _COULD_BE:
        return likely
    foreign = sum(1.0 for word in words if word in OTHER_LANGUAGES)
    best, second = sorted(LANGUAGES, key=lambda language: -scores[language])[:2]
    if scores[best] < 0.5 or scores[best] <= scores[second] or foreign > scores[best]:
        return None
    return best


def _score(language: str, words: list[str], text: str) -> float:
    score = sum(_weight(language, word) for word in words)
    return score + 1.5 * any(letter in text for letter in _LETTERS.get(language, ""))


def _weight(language: str, word: str) -> float:
    """A word that only one language has says most."""
    frequent = [code for code in LANGUAGES if word in _FREQUENT[code]]
    if frequent:
        return 1 / len(frequent) ** 1.5 if language in frequent else 0.0
    topical = [code for code in LANGUAGES if word in _TOPICAL[code]]
    return _TOPICAL_WEIGHT / len(topical) ** 1.5 if language in topical else 0.0
