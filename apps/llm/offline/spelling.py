"""Words that are spelt differently and yet the same.

Owns the tests for typing errors and shared roots.
"""

from functools import lru_cache

from apps.llm.language.concepts import concept_of, vocabulary
from apps.llm.language.stopwords import FILLERS, STOPWORDS
from apps.llm.language.words import LANGUAGES


def share_a_root(one: str, other: str) -> bool:
    """`orthodont` and `orthodontist`; not `inter` and `international`."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 5 and longer.startswith(shorter) and len(shorter) >= 0.6 * len(longer)


@lru_cache(maxsize=20_000)
def is_known(word: str) -> bool:
    """A word that we know is not a wrong spelling of another one."""
    return (
        any(word in STOPWORDS[code] or word in FILLERS[code] for code in LANGUAGES)
        or concept_of(word, None) is not None
    )


@lru_cache(maxsize=20_000)
def corrected(word: str) -> str:
    """The word of the table of concepts that was probably meant, or the word itself."""
    if len(word) < 5 or is_known(word):
        return word
    return next((known for known in vocabulary() if len(known) >= 5 and is_typing_error(word, known)), word)


def is_typing_error(typed: str, meant: str) -> bool:
    """One edit in words from five letters, two from nine.

    A changed letter counts only from seven letters on, for `bread` is not `break`.
    """
    shortest = min(len(typed), len(meant))
    if shortest < 5 or abs(len(typed) - len(meant)) > 2 or typed[0] != meant[0] or typed == meant:
        return False
    limit = 2 if shortest >= 9 else 1
    distance = _edits(typed, meant)
    if shortest < 7 and len(typed) == len(meant) and sorted(typed) != sorted(meant):
        return False
    return distance <= limit


def _edits(one: str, other: str) -> int:
    """Damerau-Levenshtein distance (neighbours swapped count as one edit)."""
    rows = [list(range(len(other) + 1))]
    for i, char in enumerate(one, 1):
        row = [i]
        for j, goal in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (char != goal))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == goal:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
