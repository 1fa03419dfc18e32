"""Where a customer is: the place or address they name of themselves.

Owns the ways of saying so in several languages and the reading of the place behind them.
"""

import re
from collections.abc import Iterator, Sequence

from apps.llm.fields.contacts import Hit
from apps.llm.fields.ordinary import never, ordinary
from apps.llm.fields.tokens import PARTICLES, Token, capitalise, is_capital, is_wordlike, tokens
from apps.llm.language.words import word_set

#: The speaker says it of themselves: holds in questions too (`I live in Leeds, do you deliver there?`).
_OWN = re.compile(
    r"(?:\b(?:i|we)(?:'m|'re| am| are)?(?: (?:currently|now|actually|both|all|just|still))? (?:live|living"
    r"|reside|residing|stay|staying)"
    r"(?: (?:currently|now))? (?:in|at|near|by|on|around|just outside(?: of)?|outside(?: of)?)"
    r"|\b(?:i(?:'m| am|m)|we(?:'re| are))(?: (?:currently|now|actually|originally|both|all|based|located"
    r"|situated|calling|writing|texting"
    r"|messaging|here|over))* (?:in|from|near|based in|around|out of|at(?= \d))"
    r"|\b(?:i|we) come from|\b(?:my|our) (?:home |postal |delivery )?(?:address|location|city|town"
    r"|place|post ?code|zip(?: ?code)?) (?:is|would be)(?: in| at)?"
    r"|\b(?:vivo|vivimos|resido|residimos|vivo cerca|vivo actualmente) (?:en|cerca de|por)|\b(?:soy"
    r"|somos) (?:originario )?(?:de|del)"
    r"|\b(?:estoy|estamos|me encuentro)(?: ubicad[oa]s?)? (?:en|cerca de)|\b(?:escribo|llamo|hablo) desde|\bvengo de"
    r"|\bmi (?:direcci[oó]n|ciudad|ubicaci[oó]n|domicilio|c[oó]digo postal) es(?: en)?"
    r"|\b(?:moro|moramos|vivo|vivemos|resido) (?:em|no|na|nos|nas|perto de|perto do|perto da)|\b(?:sou"
    r"|somos) (?:de|do|da|dos|das)"
    r"|\b(?:estou|estamos) (?:em|no|na|perto de)|\bfalo de|\bmeu endere[cç]o (?:é|e)|\b(?:a )?minha (?:cidade"
    r"|morada|localiza[cç][aã]o) (?:é|e)"
    r"|\bj['’]habite (?:à|a|en|au)|\bje vis (?:à|a|en)|\bje suis de|\bich (?:wohne|lebe) in|\bich (?:bin|komme) aus"
    r"|\babito (?:a|in)|\bvivo a|\bsono di|\bik woon in|\bik kom uit|\bjag bor i)\s+",
    re.IGNORECASE,
)
#: Labels and short forms: not in questions, where they speak of the business.
_SHORT = re.compile(
    r"(?:(?:^|[\n;,.]\s*)(?:address|location|city|town|direcci[oó]n|ciudad|ubicaci[oó]n|endere[cç]o|morada"
    r"|cidade|localiza[cç][aã]o|adresse|ville"
    r"|stadt)\s*[:=–-]\s*|\b(?:based|located|ubicad[oa]s?|localizad[oa]s?) (?:in|en|em)\s+"
    r"|(?:^|[\n;.!]\s*)(?:(?:hi|hello|hey|hola|oi|olá|greetings|saludos)\s+)?(?:from|desde)\s+)",
    re.IGNORECASE,
)
#: Behind a name that was just found: `; from Leeds`, `; de Sevilla`.
_AFTER_NAME = re.compile(r"(?<=§)\s*,?\s*(?:(?:and )?from|de|desde|do|da|aus|uit|in|en|em)\s+", re.IGNORECASE)
_STREET = (
    r"street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|sq|boulevard|blvd|way|court|ct|terrace|close|crescent|row"
)
_POSTAL = re.compile(
    rf"\b\d{{1,5}}[a-zA-Z]?,? (?:[A-Z][\w'.-]* ){{1,4}}(?:{_STREET})\b\.?"
    r"|\b(?:calle|c/|avenida|avda\.?|av\.|plaza|paseo|carrer|rua|travessa|praça|largo|alameda|rue|via"
    r"|piazza)\s(?:[\w'.-]+ ){0,5}[\w'.-]+,? "
    r"(?:n[.ºo°]* ?)?\d+\w?|\b[A-ZÄÖÜ]\w+(?:straße|strasse|str\.|straat|gatan|laan|weg|platz)\s\d+\w?",
    re.IGNORECASE,
)
_COMPANY = word_set("ltd inc gmbh llc sl sa lda ltda company group corp")
_INSIDE = word_set("upon on under by sur aan am an der and-a") | PARTICLES
_STREET_WORDS = frozenset(_STREET.split("|")) | word_set("apt flat floor piso andar unit suite calle rua avenida plaza")
_ARTICLES = word_set("the o a os as el la los las le les l' il der die das een")
#: First words of place names that are ordinary words elsewhere.
_BEGINNINGS = word_set(
    """
    new san são santa santo ciudad city great old el la los las o porto nova novo villa vila
    """
)
_MOST_WORDS = 9
# A place stands right behind the words that introduce it; in characters.
_REACH = 300


def find_places(text: str) -> Iterator[Hit]:
    """Places that the text gives as the customer's own."""
    for match in _OWN.finditer(text):
        yield from _behind(text, match)
    for match in _SHORT.finditer(text):
        if not _in_question(text, match.start()):
            yield from _behind(text, match)
    for match in _AFTER_NAME.finditer(text):
        # `I'm Tom from Leeds, do you deliver?`: the question begins behind the comma.
        if "?" not in re.split(r"[,.!\n;]", text[match.end() :], maxsplit=1)[0]:
            yield from _behind(text, match)
    for match in _POSTAL.finditer(text):
        if not _in_question(text, match.start()):
            value, end = _address(text, match.start())
            yield Hit("location", value, match.start(), end)


def _behind(text: str, match: re.Match[str]) -> Iterator[Hit]:
    rest = re.split(r"[\n;?§]", text[match.end() : match.end() + _REACH], maxsplit=1)[0]
    found = tokens(rest)
    read = read_place(found)
    if read:
        value, last = read
        yield Hit("location", value, match.start(), match.end() + found[last - 1].end)


def _address(text: str, start: int) -> tuple[str, int]:
    rest = re.split(r"[\n;?§]", text[start : start + _REACH], maxsplit=1)[0]
    found = tokens(rest)
    read = read_place(found)
    if read is None:
        return rest.strip(), start + len(rest)
    return read[0], start + found[read[1] - 1].end


def read_place(found: Sequence[Token]) -> tuple[str, int] | None:
    """The place at the head of the words and the number of words it takes; None when it does not look like one."""
    skip = 1 if len(found) > 1 and found[0].text in _ARTICLES else 0
    words = found[skip:]
    # `the Netherlands` is a place, `the bank` is not.
    if not words or (skip and not is_capital(words[0].text)):
        return None
    named = is_capital(words[0].text) or words[0].text[:1].isdigit() or words[0].text.lower() in _STREET_WORDS
    run = _named_run(words) if named else _lower_run(words)
    if not run or fold_company(words[run - 1].text):
        return None
    return _joined(words[:run]), skip + run


def fold_company(word: str) -> bool:
    """`from Acme Ltd` is an employer, not a place."""
    return word.lower().strip(".") in _COMPANY


def _named_run(words: Sequence[Token]) -> int:
    run = 0
    while run < min(len(words), _MOST_WORDS):
        token = words[run]
        if not _belongs(token, words[run + 1] if run + 1 < len(words) else None, run):
            break
        run += 1
        if token.closes and not _goes_on(token, words[run:]):
            break
    while run and words[run - 1].text.lower() in _INSIDE and not is_capital(words[run - 1].text):
        run -= 1
    return run


def _belongs(token: Token, following: Token | None, place: int) -> bool:
    text = token.text
    if any(char.isdigit() for char in text):
        return bool(re.fullmatch(r"[\w/º°ª-]+", text))
    if place and text.lower() in _STREET_WORDS:
        return True
    if place and text.lower() in _INSIDE and not is_capital(text):
        return following is not None and (is_capital(following.text) or following.text in _INSIDE)
    if not is_wordlike(text):
        return False
    if not is_capital(text):
        return bool(place == 0 and text.lower() in _STREET_WORDS)
    begins = (
        text.lower() in _BEGINNINGS
        and following is not None
        and (is_capital(following.text) or following.text in PARTICLES)
    )
    return place > 0 or begins or not never(text)


_STARTS_ANEW = word_set(
    """
    i i'm im my we please thanks thank can could do does what where when how is are phone email tel and
    but hola mi me yo meu minha eu o a
    """
)


def _goes_on(token: Token, rest: Sequence[Token]) -> bool:
    """After `Porto,` the word `Portugal` still belongs to the place; ` my number` does not."""
    if token.closes != "," or not rest:
        return False
    first = rest[0].text
    part = []
    for later in rest:
        part.append(later)
        if later.closes:
            break
    ends_here = part[-1].text.lower() in ("here", "aquí", "aqui", "speaking")
    looks = is_capital(first) or first[:1].isdigit()
    return (
        looks
        and first.lower() not in _STARTS_ANEW
        and len(part) <= 5
        and not ends_here
        and not part[-1].closes.startswith(":")
    )


def _lower_run(words: Sequence[Token]) -> int:
    run = 0
    for token in words[:5]:
        inside = run and token.text in _INSIDE
        begins = not run and token.text in _BEGINNINGS and len(words) > 1
        if not (inside or begins) and (not is_wordlike(token.text) or ordinary(token.text)):
            break
        run += 1
        if token.closes:
            break
    while run and words[run - 1].text in _INSIDE:
        run -= 1
    return run if run <= 4 else 0


def _joined(words: Sequence[Token]) -> str:
    inner = " ".join(token.text + ("," if token.closes.startswith(",") else "") for token in words[:-1])
    return capitalise(f"{inner} {words[-1].text}".strip())


def _in_question(text: str, place: int) -> bool:
    sentence = re.split(r"(?<=[.!?\n;])", text[place:], maxsplit=1)[0]
    return "?" in sentence
