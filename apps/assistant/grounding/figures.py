"""One number of a text, by what stands around it: an amount, an hour, a day, a phone number, the name of a thing."""

import re
from collections.abc import Sequence

from apps.assistant.grounding import days, hours, phones
from apps.assistant.grounding.amounts import amounts, scaled
from apps.assistant.grounding.numbers import Number, hundredth
from apps.assistant.grounding.tails import Tail, before_hour, currency_before, tail
from apps.assistant.grounding.tokens import Token
from apps.assistant.grounding.values import Locale, Mention, any_of, only
from apps.assistant.grounding.verdict import Kind

#: Between the two hours of a span.
HOUR_SPAN = re.compile(
    r"\s?(?:h|hs|horas?|hours?|am|pm)?\s?(?:-|to|until|till|a|as|al|y|e|ate|hasta|and)\s?(?:las |as )?"
)


def number(text: str, token: Token, *, full_day: bool, locale: Locale) -> Number | Mention:
    """The number with what it counts, as far as that stands beside it."""
    worth = token.amounts or amounts(re.sub(r"[^\d.,]", "", token.text)) or (token.text,)
    behind = tail(text, token.end)
    if token.form == "clock":
        return _clock(text, token, behind, full_day=full_day)
    if behind.kind == "code":
        return code(text[token.start : behind.end], token.start, worth)
    while behind.kind == "times":
        worth, behind = tuple(scaled(one, int(behind.value)) for one in worth), tail(text, behind.end)
    end = behind.end if behind.kind != "noun" else token.end
    number = Number(token.start, end, worth, text[token.start : end].strip(" .,"))
    _measure(number, text, token, behind)
    _may_be_hour(number, text, token, behind, full_day=full_day)
    _may_be_date(number, text, token, locale)
    return number


def _measure(number: Number, text: str, token: Token, behind: Tail) -> None:
    """What it is a number of. The currency before it counts more than a measure behind it: `£39 a day`."""
    number.noun = behind.kind == "noun"
    number.percent = behind.kind == "percent"
    number.currency = currency_before(text, token.start)
    if number.currency:
        number.text = _with_sign(text, token.start, token.end)
        number.end = behind.end if behind.kind in ("currency", "unit") else token.end
    elif behind.kind == "currency":
        number.currency = behind.value
    elif behind.kind == "cents":
        number.currency, number.amounts = behind.value, tuple(map(hundredth, number.amounts))
    elif behind.kind == "unit":
        number.unit = behind.value


def _may_be_hour(number: Number, text: str, token: Token, behind: Tail, *, full_day: bool) -> None:
    """`9 pm` is an hour and nothing else, `at 9` and `9h` may be one."""
    part = behind.kind if behind.kind in ("am", "pm") else ""
    sure = bool(part) or behind.kind == "clock"
    shift, start, end = hours.shift_at(text, token.start, behind.end)
    if number.currency or number.percent or (number.unit not in ("", "hour") and not shift):
        return
    if "." in token.text:
        number.hour = hours.shown(token.text, part, full_day=full_day) if len(token.text) in (4, 5) else None
        number.is_hour = sure and number.hour is not None
    elif len(token.amounts) == 1 and token.amounts[0].isdigit() and len(token.amounts[0]) <= 2:
        number.hour = hours.said(int(token.amounts[0]), part, shift)
        number.is_hour = (sure or shift != 0) and number.hour is not None
    if number.is_hour:
        number.start, number.end, number.text, number.unit = start, end, text[start:end].strip(" .,"), ""
    elif number.hour and number.unit == "hour":
        number.extra = number.hour.needs
    elif not before_hour(text, token.start) and not HOUR_SPAN.match(text, token.end):
        number.hour = None


def _may_be_date(number: Number, text: str, token: Token, locale: Locale) -> None:
    """`5.7.` is the fifth of July as well as 5.7 at the end of a sentence."""
    parts = token.text.split(".")
    if len(parts) == 2 and all(part.isdigit() and len(part) <= 2 for part in parts) and number.naked:
        needs, offers = days.numeric(int(parts[0]), int(parts[1]), None, Locale(False, locale.calling_code))
        number.extra, number.more = number.extra + needs, number.more | offers


def _clock(text: str, token: Token, behind: Tail, *, full_day: bool) -> Mention | Number:
    part = behind.kind if behind.kind in ("am", "pm") else ""
    hour = hours.shown(token.text, part, full_day=full_day)
    if hour is None:
        return only(Kind.TIME, token.text, token.start, f"n:{token.text}")
    end = behind.end if part else token.end
    return Number(token.start, end, (), text[token.start : end].strip(), hour=hour, is_hour=True)


def phone(text: str, token: Token, locale: Locale) -> Mention | None:
    """None when it is a price, an amount or two spans of hours after all."""
    if currency_before(text, token.start) or tail(text, token.end).kind in ("currency", "unit", "percent"):
        return None
    key, offers = phones.keys(token.text, locale.calling_code)
    if not key:
        return None
    needs, digits = any_of([key]), re.sub(r"\D", "", token.text)
    pieces = [piece.lstrip("0") or "0" for piece in re.findall(r"\d+", token.text)]
    if all(len(piece) <= 2 for piece in pieces):  # `09-18 10-14` has the form of a number, too
        needs, offers = (*needs, frozenset(f"n:{one}" for one in pieces)), offers | {f"n:{one}" for one in pieces}
    elif token.text[0] not in "+(0":
        needs, offers = (*needs, frozenset({f"n:{digits}"})), offers | {f"n:{digits}"}
    return Mention(Kind.PHONE, token.text, token.start, token.end, needs, offers)


def end_of(text: str, token: Token) -> int:
    """Where the number ends with what belongs to it: `15 por ciento`, `2 mil euros`."""
    if token.form not in ("digits", "spelled"):
        return token.end
    behind = tail(text, token.end)
    while behind.kind == "times":
        behind = tail(text, behind.end)
    return behind.end if behind.kind != "noun" else token.end


def is_pair(text: str, token: Token, after: Token) -> bool:
    """Whether two numbers are one value with a slash: a day, or a share."""
    both = all(piece.form == "digits" and len(piece.text) <= 2 and piece.text.isdigit() for piece in (token, after))
    return both and text[token.end : after.start] == "/"


def pair(text: str, token: Token, after: Token, locale: Locale) -> Mention:
    """`5/7` is a day, or five of seven."""
    needs, offers = days.numeric(int(token.text), int(after.text), None, locale)
    written = text[token.start : after.end]
    key = frozenset({f"f:{written}"})
    kind = Kind.DATE if needs else Kind.NUMBER
    return Mention(kind, written, token.start, after.end, (*needs, key), offers | key)


def code(written: str, start: int, worth: Sequence[str] = ()) -> Mention:
    key = f"c:{written}"
    numbers = {f"n:{one}" for one in re.findall(r"\d+", written)} if not worth else {f"n:{one}" for one in worth}
    return Mention(Kind.NUMBER, written, start, start + len(written), any_of([key]), frozenset({key}) | numbers)


def _with_sign(text: str, start: int, end: int) -> str:
    before = re.search(r"\S+\s?$", text[max(start - 5, 0) : start])
    return ((before.group() if before else "") + text[start:end]).strip("( ")
