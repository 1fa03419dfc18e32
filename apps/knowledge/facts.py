"""Prices, opening hours and phone numbers that a piece of text states, each of a thing. Pure.

Only what a line says without doubt is taken: one price, or days with times, or one number that is called something.
It is for warnings, so a fact that is missed costs less than one that is made up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import phonenumbers

from apps.knowledge.days import days_of
from apps.llm.language.words import fold


def _words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRICE, HOURS, PHONE = "price", "hours", "phone"
MOST_FACTS = 60
MOST_THING, MOST_SAID = 160, 300

_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollars": "USD", "us$": "USD",
    "£": "GBP", "gbp": "GBP", "pounds": "GBP", "r$": "BRL", "brl": "BRL", "reais": "BRL", "mxn": "MXN", "pesos": "MXN",
    "chf": "CHF", "cop": "COP", "clp": "CLP", "ars": "ARS", "s/": "PEN", "pen": "PEN",
}  # fmt: skip
_SIGN = r"(?:R\$|US\$|S/|[€$£]|\b(?:EUR|USD|GBP|BRL|MXN|CHF|COP|CLP|ARS|PEN|euros?|dollars|pounds|reais|pesos)\b)"
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(rf"({_SIGN})\s?({_NUMBER})(?![\d%])|(?<![\d.,])({_NUMBER})\s?({_SIGN})", re.IGNORECASE)
_LABELLED = re.compile(rf"^(?:price|precio|preço|preco|preis|prix)\b[^:\d]{{0,20}}:\s*({_NUMBER})\s*$", re.IGNORECASE)
_TIME = r"(?:[01]?\d|2[0-3])(?:[:.h][0-5]\d)?\s?(?:[ap]\.?m\.?|h|uhr)?"
_SPAN = re.compile(
    rf"(?<![\d.,:])({_TIME})\s?(?:-|–|—|to|until|till|a|às|as|bis|hasta|até)\s?({_TIME})(?![\d.,:]*\d)", re.IGNORECASE
)
_CALL = re.compile(r"\+?\(?\d[\d\s().\-/]{5,18}\d")
_WORD = re.compile(r"[^\W_]+")
#: Words that change nothing of what is meant.
_SMALL = _words_in(
    "a an the of for from at in on is are was be our your we you it its this that with and or to only just now per "
    "each cost costs price prices priced starting starts start by "
    "el la los las un una de del para por en es son con y o al desde cuesta cuestan vale precio precios nuestro "
    "nuestra os as um uma do da dos das no na custa custam preco precos a partir e "
    "der die das ein eine kostet kosten preis preise ab und von fur im am"
)
_TELEPHONE = _words_in("phone telephone tel telefono telefone telefon call us ring fon mobile movil celular whatsapp")
_OPENING = _words_in(
    "opening open hours opened times time we horario horarios apertura abierto abrimos aberto abertos funcionamento "
    "atendimento offnungszeiten geoffnet business regular daily"
)


@dataclass(frozen=True)
class Stated:
    """A fact of a thing. `thing` and `value` are in one spelling, to be compared; `said` is the line."""

    kind: str
    thing: str
    value: str
    said: str


def stated(text: str, *, headings: str = "", region: str = "") -> list[Stated]:
    """The facts in a piece of text, each once. `headings`: what stands above it; `region`: of its phone numbers."""
    found: dict[tuple[str, str], Stated] = {}
    above = headings.split(" › ")[-1]
    for line in text.splitlines():
        said = line.strip().lstrip("-*•# ").strip()
        if not said or len(said) > MOST_SAID:
            above = said[:MOST_SAID] if line.lstrip().startswith("#") else above
            continue
        facts = list(_of_line(said, above, region))
        for fact in facts:
            found.setdefault((fact.kind, fact.thing), fact)
        if not facts and (line.lstrip().startswith("#") or _is_heading(said)):
            above = said
    return list(found.values())[:MOST_FACTS]


def _of_line(line: str, above: str, region: str) -> Iterator[Stated]:
    yield from _hours(line, above)
    yield from _price(line, above)
    yield from _phone(line, region)


def _price(line: str, above: str) -> Iterator[Stated]:
    amounts = list(_AMOUNT.finditer(line))
    if len(amounts) == 1:
        sign, number = amounts[0][1] or amounts[0][4], amounts[0][2] or amounts[0][3]
        rest, currency = line[: amounts[0].start()] + " " + line[amounts[0].end() :], _CURRENCIES.get(sign.lower(), "")
    elif not amounts and (labelled := _LABELLED.match(line)):
        number, rest, currency = labelled[1], "", ""
    else:
        return
    thing = _thing(rest) or _thing(above)
    if thing and (value := _decimal(number)) is not None:
        yield Stated(PRICE, thing, f"{value} {currency}".strip(), line)


def _hours(line: str, above: str) -> Iterator[Stated]:
    spans = list(_SPAN.finditer(line))
    if not spans:
        return
    days, rest = days_of(_SPAN.sub(" ", line))
    times = [(_clock(span[1]), _clock(span[2])) for span in spans]
    if not days or any(None in pair for pair in times):
        return
    value = ", ".join(f"{opens}-{closes}" for opens, closes in times)
    thing = _thing(rest, _OPENING) or _thing(days_of(above)[1], _OPENING)
    for day in days:
        yield Stated(HOURS, f"{thing} · {day}".strip(" ·")[:MOST_THING], value, line)


def _phone(line: str, region: str) -> Iterator[Stated]:
    numbers = list(_CALL.finditer(line))
    if len(numbers) != 1 or _AMOUNT.search(line):
        return
    words = set(_words(line[: numbers[0].start()]))
    if not words & _TELEPHONE and not numbers[0][0].startswith("+"):
        return
    try:
        number = phonenumbers.parse(numbers[0][0], region or None)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_possible_number(number):
        thing = _thing(line[: numbers[0].start()], _TELEPHONE - {"mobile", "movil", "celular", "whatsapp"})
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        yield Stated(PHONE, thing, value, line)


def _thing(text: str, besides: frozenset[str] = frozenset()) -> str:
    """The words that say what is meant, in one order: `Rye loaf` and `Loaf of rye` are one thing."""
    words = {word for word in _words(text) if word not in _SMALL and word not in besides}
    return " ".join(sorted(words))[:MOST_THING] if len(words) <= 8 else ""


def _words(text: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(text)]


def _decimal(number: str) -> Decimal | None:
    """The number, whichever sign it has before its cents."""
    text = number.replace(" ", "").replace("'", "")
    cents = re.search(r"[.,](\d{1,2})$", text)
    whole = re.sub(r"[.,]", "", text[: cents.start()] if cents else text)
    return Decimal(f"{whole}.{cents[1] if cents else '0'}").quantize(Decimal("0.01")) if whole.isdigit() else None


def _clock(text: str) -> str | None:
    """`9`, `9:00`, `9 am` and `09.00h` as 09:00."""
    found = re.match(r"(\d{1,2})(?:[:.h](\d{2}))?\s?([ap])?", text.strip().lower())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and hour > 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour:02}:{minute:02}"


def _is_heading(line: str) -> bool:
    return len(line) <= 80 and (line.endswith((":", "?")) or not line.endswith((".", "!", ",", ";")))
