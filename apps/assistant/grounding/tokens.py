"""Where in a bare text numbers, months and weekdays stand: digits in their writings, and numbers in words.

Owns the joining of `thirty-nine` and `ciento veinte`, and what tells apart the languages of a word that two have.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from apps.assistant.grounding.amounts import amounts, is_grouped
from apps.assistant.grounding.lexicon import (
    CURRENCIES,
    DAY_GROUPS,
    MONTHS,
    NOT_IN,
    NUMBERS,
    ONES,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    SINGULAR,
    TELLING,
    UNITS,
    WEEKDAYS,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with a form: `digits`, `spelled`, `clock`, `iso`, `date`, `phone`, `code`, or `word`."""

    form: str
    text: str
    start: int
    end: int
    amounts: tuple[str, ...] = ()


_NUMERIC = re.compile(
    r"""
    (?=[\d+(])(?:
    (?P<iso>(?<![\w-])\d{4}-\d{2}-\d{2}(?!\d)(?:t(?=\d\d:))?)
    |(?P<date>(?<![\w.,/-])\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)(?:\d{4}|\d{2})(?![\w]|[./-]\d))
    |(?P<phone>(?<![\w.,:/])(?:
        (?:\+|00)\ ?\(?\d[\d\ ()./-]{5,20}\d
        |\(\+?\d{1,5}\)[\ -]?\d[\d\ -]{4,14}\d
        |0\d{1,4}[\ /-]?\d[\d\ -]{3,12}\d
        |\d{2,3}[\ -]\d{3}[\ -]\d{2,4}(?:[\ -]\d{2,4})?
        |(?:\d{1,3}[\ -])?\d{2,3}[\ -]\d{4,5}[\ -]\d{4}
        |(?!(?:19|20)\d\d[\ -](?:19|20)\d\d)\d{4,5}[\ -]\d{4}|\d{3}-\d{4}|\d{9,15}
      )(?![\d:]))
    |(?P<clock>(?<![\w:.])\d{1,2}[:h]\d{2}(?::\d{2})?(?!\d))
    |(?P<digits>\d+(?:[.,'\ ]\d+)*)
    )
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]+|[£€$¥₹%]")
_JOINTS = frozenset({" ", "-", " and ", " y ", " e "})
_MEANT: Mapping[str, str] = (
    dict.fromkeys([*WEEKDAYS, *SHORT_WEEKDAYS, *DAY_GROUPS], "day")
    | dict.fromkeys(SHORT_MONTHS, "month")
    | dict.fromkeys(MONTHS, "month")
    | dict.fromkeys(ONES, "one")
    | dict.fromkeys(NUMBERS, "number")
)
#: Words that are both: of a short month or weekday as of another word the readers decide by what stands beside it.
_BOTH = frozenset(SHORT_MONTHS) & frozenset(SHORT_WEEKDAYS)


def tokens(text: str) -> list[Token]:
    """The numbers of a bare text in order, those in words among them, and its months and weekdays."""
    words = list(_words(text))
    found = [*_digits(text), *_spelled(text, [word for word in words if word.form in ("number", "one")])]
    found += [word for word in words if word.form in ("day", "month", "both")]
    return sorted(found, key=lambda token: token.start)


def words_of(text: str) -> frozenset[str]:
    """The words of a bare text, and its signs for money and percent."""
    return frozenset(_WORD.findall(text))


def speaks(text: str, language: str) -> bool:
    """Whether the text is rather in this language than in the others we know."""
    words = words_of(text)
    scores = {one: len(words & telling) for one, telling in TELLING.items()}
    return scores[language] > max(score for one, score in scores.items() if one != language)


def _words(text: str) -> Iterator[Token]:
    for match in _WORD.finditer(text):
        meant = _MEANT.get(match.group())
        if meant is not None:
            form = "both" if match.group() in _BOTH else meant
            yield Token(form, match.group(), match.start(), match.end())


def _digits(text: str) -> Iterator[Token]:
    for match in _NUMERIC.finditer(text):
        form = str(match.lastgroup)
        if form == "digits" and text[match.start() - 1 : match.start()].isalpha() and (code := _code(text, match)):
            yield code
        elif form == "digits" and " " in match.group() and not is_grouped(match.group()):
            yield from _apart(match)
        else:
            worth = amounts(match.group()) if form == "digits" else ()
            yield Token(form, match.group(), match.start(), match.end(), worth)


def _code(text: str, match: re.Match[str]) -> Token | None:
    """`x200` and `ls1` as they stand; `eur39` is an amount."""
    found = _LETTERS_BEFORE.search(text[max(match.start() - 12, 0) : match.start()])
    behind = _LETTERS.match(text, match.end())
    if found is None or behind is None or found.group() in CURRENCIES:
        return None
    start = match.start() - len(found.group())
    return Token("code", text[start : behind.end()], start, behind.end())


_LETTERS_BEFORE = re.compile(r"[a-z]+$")
_LETTERS = re.compile(r"[a-z\d]*")


def _apart(match: re.Match[str]) -> Iterator[Token]:
    """`38 39 40` are three numbers; `3 9` is read as it is seen, which is 39."""
    pieces = list(re.finditer(r"[^ ]+", match.group()))
    if any(len(piece.group()) == 1 for piece in pieces) and not _FRACTION_AFTER.match(match.string, match.end()):
        joined = match.group().replace(" ", "")
        yield Token("digits", match.group(), match.start(), match.end(), amounts(joined) or (joined,))
        return
    for piece in pieces:
        start = match.start() + piece.start()
        yield Token("digits", piece.group(), start, start + len(piece.group()), amounts(piece.group()))


_FRACTION_AFTER = re.compile(r"/\d")


def _spelled(text: str, words: list[Token]) -> Iterator[Token]:
    """Numbers in words; neighbours that make one number together are one."""
    total, current, open_ = 0, 0, None
    for word in words:
        ends_it = open_ is not None and _is_last_digit(text[open_.end : word.start], current)
        if not _counts(word, text) and not (ends_it and word.form == "one"):
            continue
        value = NUMBERS.get(word.text, 1)
        joined = open_ is not None and text[open_.end : word.start] in _JOINTS
        added = _added(total, current, value, text[open_.end : word.start] if open_ else "") if joined else None
        if open_ is not None and added is None:
            yield replace(open_, amounts=(str(total + current),))
        if open_ is None or added is None:
            open_, (total, current) = word, _added(0, 0, value, " ") or (0, value)
        else:
            total, current = added
        open_ = Token("spelled", text[open_.start : word.end], open_.start, word.end)
    if open_ is not None:
        yield replace(open_, amounts=(str(total + current),))


def _is_last_digit(joint: str, current: int) -> bool:
    """Whether `one` makes twenty-one of twenty, or a hundred and one."""
    if current and current % 100 == 0:
        return joint in (" ", " and ", " e ")
    return joint in ("-", " ", " y ", " e ") and current % 100 >= 20 and current % 10 == 0


def _added(total: int, current: int, value: int, joint: str) -> tuple[int, int] | None:
    """The number so far with one more word; None when the word begins another number."""
    if value >= 1000:
        return (total + max(current, 1) * value, 0) if current or not total else None
    if value == 100 and 0 < current < 10:
        return total, current * 100
    if value >= 100:
        return (total, value) if current == 0 else None
    if current == 0:
        return total, value
    if current % 100 == 0:
        return total, current + value
    tens_and_one = current % 100 >= 20 and current % 10 == 0 and value < 10
    return (total, current + value) if tens_and_one and joint != " and " else None


def _counts(word: Token, text: str) -> bool:
    """Whether a word is a number here: `once` is none in English, `a`/`one` before a measure."""
    if word.text in NOT_IN:
        return not speaks(text, NOT_IN[word.text])
    return word.form != "one" or _measures(word.text, text[word.end : word.end + 20])


def _measures(one: str, after: str) -> bool:
    match = re.match(r"[ -]([a-z]+)", after)
    if match is None:
        return re.match(r" (?:o'?clock|%)", after) is not None
    noun = match.group(1)
    if noun in SINGULAR:  # `tenha um dia maravilhoso` counts nothing
        return UNITS.get(noun) != "day" or one == "one"
    return (
        noun in ("hundred", "thousand", "million")
        or (noun in CURRENCIES and noun not in ("real", "reais"))
        or after.startswith(" o'clock")
    )
