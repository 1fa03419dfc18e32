"""The lead fields in one message, and what the message says besides.

Owns the order of reading and the plain answers to what the bot asked.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from apps.llm.fields.contacts import LEAD_IN, LEAD_OUT, Hit, find_emails, find_phones, meant
from apps.llm.fields.names import find_names, read_name
from apps.llm.fields.ordinary import never, ordinary
from apps.llm.fields.places import find_places, read_place
from apps.llm.fields.tokens import PARTICLES, Token, capitalise, is_capital, is_wordlike, tokens
from apps.llm.language.concepts import tokens as words_of
from apps.llm.language.stopwords import QUESTION_OPENERS
from apps.llm.language.words import word_set

_MOST_CHARACTERS = 4000
_MOST_HITS = 10
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\s*\n\s*")
_RUN = re.compile(r"(\W)\1{3,}")
_LONGEST_NAME = 80
_LONGEST_PLACE = 160

# Stands where a field was cut out; the second kind stands where a name was, for `Tom from Leeds`.
_GAP = " ; "
_NAME_GAP = " ;§ "

_REFUSAL = re.compile(
    r"\b(?:rather not|prefer not|don'?t want to (?:say|give|share|tell)|won'?t (?:say|give|share|tell)"
    r"|not (?:comfortable|giving|sharing|telling|going to)"
    r"|no,? thanks?(?: you)?|no way|none of your|why do you (?:need|want|ask)|skip (?:it|that|this)|not now"
    r"|maybe later|not necessary|can'?t say|private"
    r"|prefiero no|no quiero (?:dar|decir|compartir)|no,? gracias|mejor no|para qu[eé]|no hace falta"
    r"|prefiro n[aã]o|n[aã]o quero (?:dar|dizer|partilhar|compartilhar)"
    r"|n[aã]o,? obrigad[oa]|melhor n[aã]o|para qu[eê]|n[aã]o [eé] necess[aá]rio)\b|^\s*(?:no|nope|nah|não|nao"
    r"|later|skip|pass)\s*[.!]*\s*$",
    re.IGNORECASE,
)
_LEAD_IN_ANSWER = re.compile(
    r"^(?:\s*(?:hi|hello|hey|hola|oi|olá|sure(?: thing)?|yes|yeah|yep|ok(?:ay)?|of course|certainly|absolutely"
    r"|no problem|well|right|alright|great|thanks|thank you"
    r"|sorry|ah|oh|um|uh|claro(?: que s[ií])?|s[ií]|vale|por supuesto|bueno|desde luego|bueno pues|pues|sim"
    r"|com certeza|tudo bem|perdón|desculpe"
    r"|the name(?: is)?|just|that would be|that'?s|it(?:'s|s| is)|es|é|is|i'?m|i am|soy|sou(?: o| a)?"
    r"|currently|now|right now|just|it would be|i think|mostly|usually|actualmente|atualmente|este é(?: o| a)?"
    r"|c['’]est|you can use|put|use)\b[\s,.!:-]*)+",
    re.IGNORECASE,
)
_PLACE_LEAD_IN = re.compile(
    r"^(?:the city of|the town of|in the city of|just outside(?: of)?|outside(?: of)?|close to|in|from|at|near"
    r"|around|en|de|desde|cerca de|em|no|na|perto de|à|aus|in der)\s+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,]*\b(?:mostly|usually|originally|currently|right now|at the moment|now|ahora|agora|please|pls|thanks"
    r"|thank you|gracias|obrigad[oa]|por favor|here|and you(?:rs)?|btw|:\)|haha)\s*[.!]*$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<!\b[A-Z])(?<!\b[DMS]r)(?<!\b[DS]ra)(?<!\bMrs)(?<!\bMs)[.!\n;§]+(?=\s|$)|[!\n;§]|\?")


@dataclass(frozen=True)
class Found:
    """`fields` by name, normalised; `rest` is the text without the words that gave them."""

    fields: dict[str, str]
    rest: str


def find_fields(text: str, *, asked: str | None = None, region: str | None = None) -> dict[str, str]:
    """Lead fields (of LEAD_FIELDS) that a customer's message gives.

    `asked` is the field the bot asked for last: then a plain answer (`marta`) counts too. `region` is an
    ISO country for phone numbers without country code. A refusal or a question gives nothing.
    """
    return read(text, asked=asked, region=region).fields


def read(text: str, *, asked: str | None = None, region: str | None = None) -> Found:
    """As find_fields, with the text that remains beside the fields."""
    text = _plain(text[:_MOST_CHARACTERS])
    fields: dict[str, str] = {}
    rest = _cut_one(text, meant(text, list(islice(find_emails(text), _MOST_HITS))), fields)
    rest = _cut_one(
        rest, meant(rest, list(islice(find_phones(rest, region, asked=asked == "phone"), _MOST_HITS))), fields
    )
    had_contact = bool(fields)
    refused = bool(_REFUSAL.search(rest))
    rest = _cut(
        rest, islice((hit for hit in find_names(rest, asked=asked) if len(hit.value) <= _LONGEST_NAME), 1), fields
    )
    if asked == "name" and "name" not in fields and not refused:
        rest = _plain_answer(rest, "name", fields)
    rest = _cut(rest, islice((hit for hit in find_places(rest) if len(hit.value) <= _LONGEST_PLACE), 1), fields)
    if asked == "location" and "location" not in fields and not refused:
        rest = _plain_answer(rest, "location", fields)
    if had_contact:
        rest = _bare_list(rest, fields)
    return Found(fields, rest.replace("§", " ").strip(" ;"))


def _plain(text: str) -> str:
    """One kind of apostrophe and no runs: a thousand blanks say no more than one, and cost the patterns much."""
    text = text.replace("§", " ").replace("’", "'")
    return _RUN.sub(r"\1\1\1", _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text)))


def _cut_one(text: str, hits: Sequence[Hit], fields: dict[str, str]) -> str:
    """The first hit's value; the words of all the others go, too, for they say the same thing wrongly."""
    values = {hit.field: hit.value for hit in hits[:1]}
    rest = text
    for hit in sorted(hits, key=lambda hit: -hit.start):
        rest = _cut(rest, [hit], {})
    fields.update(values)
    return rest


def _cut(text: str, hits: Iterable[Hit], fields: dict[str, str]) -> str:
    for hit in hits:
        fields.setdefault(hit.field, hit.value)
        head, tail = text[: hit.start], text[hit.end :]
        if hit.field in ("email", "phone"):
            head, tail = LEAD_IN.sub("", head), LEAD_OUT.sub("", tail)
        text = head + (_NAME_GAP if hit.field == "name" else _GAP) + tail
    return text


def _plain_answer(rest: str, asked: str, fields: dict[str, str]) -> str:
    """`Leeds` after "where do you live?": the first clause that is no question and reads as a value."""
    start = 0
    for match in [*_SENTENCE.finditer(rest), None]:
        end = match.start() if match else len(rest)
        clause = rest[start:end]
        if not (match and match.group().startswith("?")):
            value = _value(clause, asked)
            if value:
                fields[asked] = value
                return rest[:start] + _NAME_GAP + _behind(clause, value) + rest[end:]
        start = match.end() if match else end
    return rest


def _behind(clause: str, value: str) -> str:
    last = value.split()[-1].lower()
    return _TAIL.sub("", clause[clause.lower().rfind(last) + len(last) :])


def _value(clause: str, asked: str) -> str | None:
    bare = _TAIL.sub("", _LEAD_IN_ANSWER.sub("", clause.strip())).strip(" ,.-")
    words = words_of(bare)
    if not bare or (
        words and any(words[0] in openers for openers in QUESTION_OPENERS.values()) and not is_capital(bare)
    ):
        return None
    return _plain_name(bare) if asked == "name" else _plain_place(bare)


def _plain_name(text: str) -> str | None:
    found = tokens(text)
    if not found or len(found) > 12 or all(ordinary(token.text) for token in found) and not is_capital(found[0].text):
        return None
    read_off = read_name(found, sure=True)
    if not read_off:
        return None
    value, count = read_off
    # What follows a name in a plain answer is another clause, not running text.
    return value if count == len(found) or found[count - 1].closes or found[count].text.lower() in _JOINS else None


_JOINS = word_set("and y e but pero mas from de i -")


def _plain_place(text: str) -> str | None:
    bare = _PLACE_LEAD_IN.sub("", _PLACE_LEAD_IN.sub("", text))
    found = tokens(bare)
    if not found or len(found) > 12 or never(found[0].text) and len(found) == 1:
        return None
    lower = all(is_wordlike(token.text) and (token.text in PARTICLES or not ordinary(token.text)) for token in found)
    street = len(found) >= 3 and found[0].text.isdigit() and len(found) <= 8
    if street or (lower and len(found) <= 5):
        return capitalise(bare)
    read_off = read_place(found)
    if read_off and (
        read_off[1] == len(found) or found[read_off[1] - 1].closes or found[read_off[1]].text.lower() in _JOINS
    ):
        return read_off[0]
    return capitalise(bare) if len(found) <= 8 and _mostly_names(found) else None


def _mostly_names(found: list[Token]) -> bool:
    return any(is_capital(token.text) and is_wordlike(token.text) and not never(token.text) for token in found[1:])


def _bare_list(rest: str, fields: dict[str, str]) -> str:
    """`Sofia Lindqvist, sofia@example.org, Uppsala`: nothing but values beside the contact."""
    parts = [part.strip(" ,.§-") for part in re.split(r"[;,\n§]", rest)]
    parts = [part for part in parts if part and not _LEAD_IN_ANSWER.fullmatch(part + " ")]
    if not parts or len(parts) > 3 or not all(_is_bare(part) for part in parts):
        return rest
    if "name" not in fields:
        value = _plain_name(parts[0])
        if value:
            fields["name"] = value
            parts = parts[1:]
    if parts and "location" not in fields:
        place = _plain_place(", ".join(parts))
        if place:
            fields["location"] = place
            parts = []
    return _GAP.join(parts)


def _is_bare(part: str) -> bool:
    found = tokens(part)
    return (
        "?" not in part
        and ":" not in part
        and len(found) <= 5
        and is_capital(found[0].text)
        and not any(never(token.text) for token in found)
    )
