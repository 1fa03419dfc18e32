"""E-mail addresses and phone numbers in free text.

Owns their normal forms: e-mail in lower case, phone in E.164.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, PhoneNumber, PhoneNumberFormat

from apps.llm.language.words import word_set

_ADDRESS = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9](?:[\w.+'-]*[\w+-])?\s?@\s?(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}(?![\w@-])"
)
_AT = r"\s*(?:\(at\)|\[at\]|\{at\}|\bat\b|\barroba\b|@)\s*"
_AT_SIGN = re.compile(r"@|\bat\b|\barroba\b", re.IGNORECASE)
_DOT = r"\s*(?:\(dot\)|\[dot\]|\{dot\}|\bdot\b|\bpunto\b|\bponto\b|\bpunkt\b)\s*"
# `jane underscore doe`.
_BAR = r"\s+(?:under ?score|gui[oó]n bajo|underline|sublinhado)\s+"
_HYPHEN = r"\s+(?:hyphen|dash|gui[oó]n|h[ií]fen|traço)\s+"
_SPOKEN = re.compile(
    rf"\b(?P<local>[a-z0-9][\w+-]{{0,63}}(?:(?:{_DOT}|{_BAR}|{_HYPHEN}|\.)[\w+-]{{1,63}}){{0,3}}){_AT}(?P<host>[a-z0-9][\w-]*(?:(?:{_DOT}|\.)[\w-]+)*"
    rf"{_DOT}[a-z]{{2,12}})\b",
    re.IGNORECASE,
)
# Numbers tried in one text; the library would go on for seconds in a page of digits.
_MOST_TRIES = 30
# `jane@example.com.and my number`: the next sentence without a blank.
_NEXT_SENTENCE = re.compile(
    r"(?<=[a-z])\.(?:and|or|the|thanks?|please|thx|phone|call|also|but|gracias|obrigad[oa]|telefono|telefone)$",
    re.IGNORECASE,
)
_NEVER_LOCAL = word_set("me us you is look meet am arrive meeting")

_PHONE_CUE = re.compile(
    r"(?:phone|telephone|mobile|cell|whatsapp|number|call|text|reach|ring|tel[eé]fono|m[oó]vil|celular"
    r"|n[uú]mero|ll[aá]m\w+"
    r"|telefone|telem[oó]vel|lig\w+|contacto|contato|\btel\b|\btlf\b)[^\d+]{0,40}$",
    re.IGNORECASE,
)
# Characters before a number in which it may be announced.
_CUE = 60
_DIGITS = re.compile(r"(?<![\w.,/-])\+?\(?\d[\d\s().-]{5,18}\d(?![\w/-]|[.,]\d)")
_NOT_PHONE_BEFORE = re.compile(
    r"(?:order|pedido|invoice|factura|fatura|booking|ref\w*|iban|nif|dni|card|code|c[oó]digo)[^\d+]{0,15}$",
    re.IGNORECASE,
)

#: What leads in to a contact and belongs to it, so that it is not read as a question about e-mail.
LEAD_IN = re.compile(
    r"(?:(?:\b(?:you|u) can |\bplease |\bjust |\bpueden? |\bpod(?:e|em|es) )?(?:reach|contact|call|text"
    r"|write(?: to)?|e-?mail|mail"
    r"|message|whatsapp|phone|ring|get|escrib\w+|ll[aá]m\w+|contactar\w*|lig\w+|escrev\w+)(?: me| us|me|-me)?(?: up)?"
    r"(?: on| at| by| via| under| to| al| en| a| para| no| pelo)?(?: el| o)?\s*[:,-]?\s*"
    r"|(?:(?:\b(?:and|y|e) )?\b(?:my|our|mi|nuestro|meu|o meu|el|o|the|mon|meine?|la mia)\s+(?:[a-z]+ )?)?"
    r"(?:work |home |personal |business |best )?\b(?:e-?mail|mail|correo|phone|telephone|mobile|cell|whatsapp"
    r"|number|contact|tel[eé]fono|m[oó]vil|celular"
    r"|n[uú]mero|telefone"
    r"|telem[oó]vel|contacto|contato|tel|tlf|tfno|tlm)\.?(?: electr[oó]nico| eletr[oó]nico| address| number"
    r"| de tel[eé]fono"
    r"| de telefone| phone| no)?\s*(?:is|'s|es|é|est|ist)?\s*[:=-]?\s*(?:it'?s )?"
    r"|(?:\band\b|\by\b|\be\b|\bit'?s|\bes|\bis|\bat|\bon|[,;:-])\s*)$",
    re.IGNORECASE,
)

#: The same behind the contact: `jane@example.com is my email`.
LEAD_OUT = re.compile(
    r"^\s*(?:\(?(?:is|are|es|é|e)\s+)?(?:my|mi|o meu|meu|minha)\s+(?:[a-z]+ )?(?:e-?mail|mail|correo|phone"
    r"|mobile|cell|number|whatsapp"
    r"|tel[eé]fono|m[oó]vil|n[uú]mero|telefone|telem[oó]vel|celular)(?: address| number)?\b\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hit:
    """A field found in a text: its value and the span that says it."""

    field: str
    value: str
    start: int
    end: int


def normalise_email(text: str) -> str | None:
    """The address in lower case; None when the text is not exactly one address."""
    text = _NEXT_SENTENCE.sub("", text.strip().strip("<>.,;"))
    match = _ADDRESS.fullmatch(text)
    if not match or len(text) > 254 or ".." in text:
        return None
    return re.sub(r"\s", "", text).lower()


def normalise_phone(text: str, region: str | None) -> str | None:
    """The number in E.164; None when it cannot be a phone number. `region` reads numbers without `+`."""
    candidates = list(_readings(text, region))
    number = next((number for number in candidates if phonenumbers.is_valid_number(number)), None)
    if number is None and (region or text.lstrip().startswith(("+", "00"))):
        number = next((number for number in candidates if phonenumbers.is_possible_number(number)), None)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164)) if number else None


_DENIED = re.compile(r"\b(?:not|no|n[aã]o|instead of|rather than|en vez de|em vez de)\s*$", re.IGNORECASE)
_CORRECTED = re.compile(
    r"\b(?:sorry|oops|ups|whoops|i mean|i meant|correction|correct(?:ed)?|actually|wrong|mistake|typo|rather|instead"
    r"|perd[oó]n|quise decir|quiero decir|digo|me equivoqu[eé]|correg\w+|desculpe|desculpa|quis dizer"
    r"|quero dizer|ali[aá]s"
    r"|engan\w+|corrij\w+|err(?:ei|ado))\b|\*",
    re.IGNORECASE,
)


def meant(text: str, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Of several addresses or numbers, the one that was meant stands first: the corrected one, else the first."""
    valid = [hit for hit in hits if not _DENIED.search(text[max(hit.start - 30, 0) : hit.start])] or list(hits)
    chosen = valid[0] if valid else None
    for before, hit in zip(valid, valid[1:], strict=False):
        if _CORRECTED.search(text[before.end : hit.start]):
            chosen = hit
    return [chosen, *(hit for hit in hits if hit is not chosen)] if chosen else []


def find_emails(text: str) -> Iterator[Hit]:
    """Written addresses, then spoken ones (`jane at example dot com`)."""
    written = False
    for match in _ADDRESS.finditer(text):
        value = normalise_email(match.group())
        if value:
            written = True
            yield Hit("email", value, match.start(), match.end())
    if not written and _AT_SIGN.search(text):
        yield from _spoken(text)


def _written(spoken: str) -> str:
    for wording, sign in ((_BAR, "_"), (_HYPHEN, "-"), (_DOT, ".")):
        spoken = re.sub(wording, sign, spoken, flags=re.IGNORECASE)
    return spoken


def _spoken(text: str) -> Iterator[Hit]:
    for match in _SPOKEN.finditer(text):
        local, host = (_written(match[part]) for part in ("local", "host"))
        value = normalise_email(f"{local}@{host}")
        if value and local.lower() not in _NEVER_LOCAL:
            yield Hit("email", value, match.start(), match.end())


def find_phones(text: str, region: str | None, *, asked: bool) -> Iterator[Hit]:
    """Numbers that are surely phones; where one was asked for or announced, possible ones too."""
    sure = list(phonenumbers.PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=_MOST_TRIES))
    for match in sure:
        if not _NOT_PHONE_BEFORE.search(text[max(match.start - _CUE, 0) : match.start]):
            yield Hit(
                "phone", str(phonenumbers.format_number(match.number, PhoneNumberFormat.E164)), match.start, match.end
            )
    if not sure:
        yield from _possible(text, region, asked)


def _possible(text: str, region: str | None, asked: bool) -> Iterator[Hit]:
    last = 0
    for match in _DIGITS.finditer(text):
        international = match.group().startswith(("+", "00"))
        corrects = last and _CORRECTED.search(text[last : match.start()])
        if not (
            international or asked or corrects or _PHONE_CUE.search(text[max(match.start() - _CUE, 0) : match.start()])
        ):
            continue
        value = normalise_phone(match.group(), region)
        if value and not _NOT_PHONE_BEFORE.search(text[max(match.start() - _CUE, 0) : match.start()]):
            last = match.end()
            yield Hit("phone", value, match.start(), match.end())


def _readings(text: str, region: str | None) -> Iterator[PhoneNumber]:
    """As written in the region, then as an international number whose plus was left away."""
    digits = re.sub(r"[^\d+]", "", text).replace("+", "")
    international = digits[2:] if digits.startswith("00") else digits
    written = text if region or text.lstrip().startswith("+") else f"+{international}"
    for attempt, home in ((written, region), (f"+{international}", None)):
        try:
            yield phonenumbers.parse(attempt, home)
        except phonenumbers.NumberParseException:
            continue
