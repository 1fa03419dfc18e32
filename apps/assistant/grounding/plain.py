"""Text as its values are read: whatever a digit, a dash or a space was written with, and no mark-up.

Owns what hides a number from a program and shows it to a person: foreign and circled digits, what is invisible,
marks between digits, addresses that are spelled out.
"""

import re
import unicodedata

_SAME = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣－", "-")
    | dict.fromkeys("‘’ʼ′", "'")
    | dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | {"⁄": "/", "∕": "/", "٫": ".", "٬": ",", "٪": "%", "。": ".", "・": ".", "\u2028": "\n", "\u2029": "\n", "₤": "£"}
)
_FRACTIONS = str.maketrans({"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "º": "th", "ª": "th"})
# Keycaps, and digits in circles: one may number a line, several are a number.
_KEYCAPS = re.compile(r"(?:[0-9]\ufe0f?\u20e3)+")
_CIRCLED = re.compile(r"[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\U0001f51f]+")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
# Formats, variation selectors, and marks that combine with a digit.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_ON_DIGITS = re.compile(r"(?<=[0-9.,:])[\u0300-\u036f\u20d0-\u20ff]+")
_MARK_UP = re.compile(r"[*_~`]+")
_DOT = re.compile(
    r"(?<=\w)\s{0,3}(?:[\[({]?\s?\b(?:dot|punto|ponto)\b\s?[\])}]?|[\[({]\.[\])}])\s{0,3}(?=\w)", re.IGNORECASE
)
_AT = re.compile(r"(?<=\w)\s{0,3}(?:[\[({]\s?(?:at|arroba)\s?[\])}]|\s(?:arroba)\s)\s{0,3}(?=\w)", re.IGNORECASE)
#: Without one of these no address is spelled out.
_SPELLED = ("dot", "punto", "ponto", "arroba", "at)", "at]", "at }", "at )", "at ]", "[.]", "(.)")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def plain(text: str) -> str:
    """The text with ordinary digits, dashes and spaces, and nothing that is not seen."""
    if not text.isascii():
        text = _CIRCLED.sub(_of_circles, _KEYCAPS.sub(_of_keycaps, text)).translate(_FRACTIONS)
        text = unicodedata.normalize("NFKC", text)
        text = _ON_DIGITS.sub("", _INVISIBLE.sub("", text)).translate(_SAME)
        text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), text)
    small = text.lower()
    if any(sign in small for sign in _SPELLED):
        text = _AT.sub("@", _spelled_dots(text))
    return text


def bare(text: str) -> str:
    """Plain text folded: small letters without accents, and without mark-up."""
    text = _MARK_UP.sub("", text.lower())
    return text if text.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", text))


def _spelled_dots(text: str) -> str:
    """`example dot com` is an address as `a dot` is none: only where something like a name's end follows."""
    return re.sub(_DOT.pattern + r"(?=[a-z]{2,6}\b)", ".", text, flags=re.IGNORECASE)


def _of_keycaps(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    return f"{digits}) " if len(digits) == 1 else digits


def _of_circles(found: re.Match[str]) -> str:
    digits = "".join(str(int(unicodedata.numeric(char, 10))) for char in found.group())
    return f"{digits}) " if len(found.group()) == 1 else digits
