"""A customer's name in the words in which people introduce themselves.

Owns the introductions of several languages and the reading of the name behind them.
"""

import re
from collections.abc import Iterator, Sequence

from apps.llm.fields.contacts import Hit
from apps.llm.fields.ordinary import never, ordinary
from apps.llm.fields.tokens import PARTICLES, Token, capitalise, is_capital, is_wordlike, tokens
from apps.llm.language.words import word_set

_MOST_WORDS = 6

#: Behind these stands a name and nothing else.
_SURE = re.compile(
    r"(?:\bmy (?:full |first |given |real |last |sur)?name(?: would be|'?s| is| ist)?(?: is)?\s*[:-]?"
    r"|(?:\bthe |(?<![\w'] ))\bname(?:'?s| is)\b(?! not)|\bput me down as|\bi am known as"
    r"|(?:^|[\n;,.]\s*)(?:(?:full |first |your )?name|nombre(?: completo| y apellidos?)?|nome(?: completo)?"
    r"|nom|vorname|naam)\s*[:=–-]\s"
    r"|\b(?:you can|people|friends|everyone|just|please) calls? me|\bi go by|\bi(?:'m| am) called"
    r"|\bunder (?:the )?name(?: of)?"
    r"|\bsigned,?|\bi am named"
    r"|\bme llamo|\bmi nombre(?: completo)? es|\ba nombre de|\b(?:te|le|les) (?:saluda|escribe|habla)"
    r"|\bpueden? llamarme|\bll[aá]m[ae]me(?= [A-ZÀ-Ý])"
    r"|\b(?:o )?meu nome(?: completo)? (?:é|e)|\bme chamo|\bchamo-me|\bem nome de|\bpode(?:m)? me chamar de"
    r"|\bme chame de"
    r"|\baqui (?:quem )?fala (?:é )?(?:o |a )?|\bquem fala é (?:o |a )?|\baqui é (?:o |a )?"
    r"|\bje m['’]appelle|\bmon nom est|\bich hei(?:ß|ss)e|\bmein name ist|\bmi chiamo|\bil mio nome (?:è|e)"
    r"|\bmijn naam is|\bik heet"
    r"|\bjag heter|\bmitt namn är|\bmeg heter|\bjeg hedder|\bjeg heter|\bbenim adım|\bnazywam się|\bmam na imię"
    r"|меня зовут|мо[её] имя|мене звати|اسمي|我叫|我的名字是|私の名前は|제 이름은|मेरा नाम)\s*",
    re.IGNORECASE,
)
#: Behind these stands a name only when it looks like one.
_LIKELY = re.compile(
    r"\b(?:i['’]?m|i am|this is|it['’]?s|it is|call me|soy|habla|aquí|aqui|sou(?: o| a)?|je suis|c['’]est"
    r"|moi c['’]est|ich bin|hier ist|hier spricht|"
    r"sono|ik ben|jag är|jestem)\s+(?!from\b|de\b|da\b|do\b|aus\b)",
    re.IGNORECASE,
)
_AS_ANSWER_ONLY = re.compile(r"^(?:it|c['’])", re.IGNORECASE)
_GREETING = (
    r"\b(?:hi|hello|hey|hiya|hola|oi|olá|ola|good (?:morning|afternoon|evening)|buenas(?: tardes| noches)?"
    r"|buenos días|bom dia"
    r"|boa (?:tarde|noite))\b[\s,!.]*(?:there|all|team|again|everyone)?[\s,!.]*"
)
_GREETED = rf"(?:(?:^|[\n;.!]\s*)|{_GREETING})"
#: `Sofia here`, `Sofia speaking`.
_BEFORE = re.compile(
    _GREETED + r"(?P<name>[^\n;.!?,]{2,60}?)\s+(?:here|speaking|on the line|aquí|aqui|al habla|à fala)\b(?!\s+(?:is"
    r"|are|you|and then|we))",
    re.IGNORECASE,
)
#: `Regards, Tom` at the end of a message.
_SIGNED = re.compile(
    r"(?:^|[\n.!?,;]\s*)(?:(?:kind|best|warm) regards|regards|cheers|best(?: wishes)?|sincerely"
    r"|yours(?: truly)?|many thanks|thanks|thank you"
    r"|(?:un |cordiales )?saludos?(?: cordiales)?|atentamente|muchas gracias|abraços?|cumprimentos"
    r"|atenciosamente|obrigad[oa]"
    r"|cordialement|mit freundlichen grüßen|[—–])\s*[,!.]?\s*[\n,—–-]\s*(?P<name>(?:(?:Dra?|Mrs?|Ms|Sra?"
    r"|Prof)\. )?[^\n,.!?;]{2,50})[.!]?\s*$",
    re.IGNORECASE,
)
_GREETING_BEFORE = re.compile(_GREETING + "$", re.IGNORECASE)
#: `sou o pedro`: nobody is "the" anything else in so few words.
_WITH_ARTICLE = re.compile(r"^sou [oa]\s+$", re.IGNORECASE)
_TRADE = re.compile(
    r"[^\W\d_]+(?:ista|eir[oa]|dora?|ente|ante|[aá]ri[oa]|[oó]log[oa]|[aâé][nt]ic[oa])\b", re.IGNORECASE
)
_PLACE_AFTER = re.compile(r"[^\W\d_]+ (?:from|de|aus) ", re.IGNORECASE)
# A name stands right behind its introduction; in characters.
_REACH = 200
_POLITE_ENDING = re.compile(r"(?:です|と申します|といいます|입니다)$")


def find_names(text: str, *, asked: str | None) -> Iterator[Hit]:
    """Names that the text introduces, surest first."""
    for match in _SURE.finditer(text):
        yield from _behind(text, match.end(), match.start(), sure=True)
    for pattern in (_BEFORE, _SIGNED):
        for match in pattern.finditer(text):
            yield from _all_of(match)
    for match in _LIKELY.finditer(text):
        if _AS_ANSWER_ONLY.match(match.group()) and asked not in (None, "name"):
            continue
        if asked == "name" or _is_introduced(text, match):
            yield from _behind(text, match.end(), match.start(), sure=asked == "name")


def _is_introduced(text: str, cue: re.Match[str]) -> bool:
    """In lower case `im lars` needs a greeting before or a place behind, for `im broke` reads the same."""
    written = text[cue.end() : cue.end() + 1]
    return not written.islower() or bool(
        (_WITH_ARTICLE.search(cue.group()) and not _TRADE.match(text[cue.end() :]))
        or _GREETING_BEFORE.search(text[: cue.start()])
        or _PLACE_AFTER.match(text[cue.end() :])
    )


def _all_of(match: re.Match[str]) -> Iterator[Hit]:
    found = tokens(match["name"])
    whole = read_name(found, sure=False)
    if whole and whole[1] == len(found):
        yield Hit("name", whole[0], match.start("name"), match.end())
    elif whole and found[whole[1]].text.lower() in ("from", "de"):
        yield Hit("name", whole[0], match.start("name"), match.start("name") + found[whole[1] - 1].end)


def _behind(text: str, start: int, cue: int, *, sure: bool) -> Iterator[Hit]:
    # An introduction with `soy X de Y` names the place behind `de`; `me llamo X de Y` is all name.
    rest = re.split(r"[\n;?]", text[start : start + _REACH], maxsplit=1)[0]
    found = tokens(rest)
    read = read_name(found, sure=sure)
    if read:
        value, count = read
        yield Hit("name", value, cue, start + found[count - 1].end)


def read_name(found: Sequence[Token], *, sure: bool) -> tuple[str, int] | None:
    """The name at the head of the words and how many of them it takes; None when it does not look like one."""
    if not found:
        return None
    run = _capital_run(found, sure) if is_capital(found[0].text) else _lower_run(found, sure)
    while run and fold_particle(found[run - 1].text):
        run -= 1
    if not run:
        return None
    words = [token.text for token in found[:run]]
    if any("'s" in word.replace("’", "'").lower()[-2:] for word in words):
        return None
    return _POLITE_ENDING.sub("", capitalise(" ".join(words))), run


def fold_particle(word: str) -> bool:
    """Whether the word is a particle, which ends no name."""
    return word in PARTICLES


def _capital_run(found: Sequence[Token], sure: bool) -> int:
    run = 0
    for token in found[:_MOST_WORDS]:
        if (
            run
            and token.text in PARTICLES
            and (sure or token.text != "de")
            or is_wordlike(token.text)
            and is_capital(token.text)
            and not never(token.text)
        ):
            run += 1
        else:
            break
        if token.closes:
            break
    # `Aisha rahman`: the second word belongs to it when the clause ends there.
    if (
        sure
        and 0 < run < len(found)
        and not found[run - 1].closes
        and _ends_clause(found, run)
        and _namelike(found[run])
    ):
        run += 1
    return run


def _lower_run(found: Sequence[Token], sure: bool) -> int:
    run = 0
    for token in found[:_MOST_WORDS]:
        joins = token.text in PARTICLES and token.text not in ("y", "of") and (sure or token.text != "de")
        if not (_namelike(token) or (run and joins)):
            break
        run += 1
        if token.closes:
            break
    if sure:
        return run if run <= 4 else 2
    return run if run <= 3 and run and _ends_clause(found, run - 1) else 0


def _namelike(token: Token) -> bool:
    return is_wordlike(token.text) and not ordinary(token.text) and len(token.text) > 1


_CLAUSE_GOES_ON = word_set("and y e und et from de here aqui aquí but pero mas i")


def _ends_clause(found: Sequence[Token], last: int) -> bool:
    following = found[last + 1].text.lower() if last + 1 < len(found) else ""
    return bool(found[last].closes) or not following or following in _CLAUSE_GOES_ON
