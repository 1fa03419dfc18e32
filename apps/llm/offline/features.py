"""What a piece of text shows without naming it: money, times, weekdays, an address, a phone number.

Owns the patterns that let `€12` answer "how much" and `Mon-Fri 9-18` answer "are you open on Tuesday".
"""

import re

from apps.llm.language.stopwords import DAY_GROUPS, MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from apps.llm.language.words import fold

_CURRENCY = (
    r"(?:[€$£¥₹₽₺]|r\$|us\$|eur|euros?|usd|dollars?|dolares|gbp|pounds?|brl|reais|real|mxn|pesos?|chf|francs?|"
    r"sek|nok|dkk|kr|pln|cad|aud|soles|cents?|centimos|centavos|quid)"
)
_MONEY = re.compile(rf"{_CURRENCY}\s?\d|\d\s?{_CURRENCY}(?![a-z])")
_AT_NO_COST = re.compile(
    r"\bfree of charge\b|\bfree\b(?! (?:to|from|up))|\bno (?:extra )?charge\b|\bgratis\b|\bgratuit[oa]s?\b"
    r"|\bsem custos?\b"
    r"|\bsin coste\b|\bincluded\b|\bincluid[oa]s?\b|\bno (?:\w+ ){0,2}(?:fees?|charges?|costs?)\b"
    r"|\bs(?:in|em) (?:\w+ )?(?:coste|gastos|comision|taxas?|custos?)\b"
    r"|\b(?:do not|don't|no|nao) (?:pay|pagan?|pagam?)\b"
)
_DISCOUNT = re.compile(r"\b\d+ ?% ?(?:off|de desc|desc|less|cheaper|dto)|\b\d+ ?%")
_CLOCK = (
    r"(?:\b(?:[01]?\d|2[0-4])[:.h][0-5]\d(?!\d)\b|\b(?:1[0-2]|0?[1-9])\s?(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z])"
    r"|\b(?:[01]?\d|2[0-4])\s?(?:h|hs|hrs|horas|o'clock)\b|\bnoon\b|\bmidday\b|\bmidnight\b|\bmediodia\b|\bmeio-dia\b)"
)
_TIME = re.compile(_CLOCK)
_TIME_RANGE = re.compile(
    rf"(?:{_CLOCK}|\b\d{{1,2}}\b)\s?(?:-|–|—|to|until|till|a|as|ate|hasta(?: las)?|and|y|e)\s?(?:las |as )?{_CLOCK}"
    r"|\b\d{1,2}\s?[-–]\s?\d{1,2}\b|\b24/7\b|\b24 (?:hours|horas)\b"
)
_DATE = re.compile(
    r"\b\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\b|\b(?:january|february|march|april|june|july|august|september|october"
    r"|november|december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro)\b"
)
_UNIT = r"(?:min|mins|minutes?|minutos?|hours?|hrs?|horas?|days?|dias?|weeks?|semanas?|months?|mes|meses|years?|anos?)"
_NUMBER = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|sixteen|eighteen|twenty|thirty"
    r"|forty(?:-five)?|fifty|sixty|ninety|dos|tres|dois|duas|cuatro|quatro|cinco|seis|siete|sete|ocho|oito|nueve|nove"
    r"|diez|dez|doce|doze|quince|quinze|dieciseis|dezasseis|dieciocho|dezoito|veinte|vinte|treinta|trinta|cuarenta"
    r"|quarenta)"
)
#: `30 a month` tells a rate, `for a month` how long.
_SPAN = re.compile(
    rf"\b(?:{_NUMBER}|half an?|media|meia)[\s-]?(?:-\s?\d+\s?|to \d+ |a \d+ )?(?:working |business |full )?{_UNIT}\b"
    r"|\b(?:about|around|for|in|within|takes?|lasts?|to|after|over|under|almost|nearly|full|is|than|have|has|with|tienen?|tem|con|com|dura|duran|tardan?"
    rf"|durante|hasta|en|em|leva|ate|cerca de|por|mas de|menos de) (?:an?|un[ao]?|uma?) (?:whole |full )?{_UNIT}\b"
    r"|\bhora e meia\b|\bhora y media\b|\bsame day\b|\bovernight\b|\bwhile you wait\b|\bmismo dia\b|\bmesmo dia\b"
    r"|\bna hora\b"
)
_DISTANCE = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:km|kms|kilomet\w+|quilomet\w+|miles?|milhas?|millas?|m|met\w+)\b")
_ADDRESS = re.compile(
    r"\b\d+[a-z]?,? (?:[\w'.-]+ ){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|sq|boulevard|blvd|way"
    r"|court|place|terrace|row|quay|hill|close)\b"
    r"|\b(?:calle|c/|avenida|avda?\.?|plaza|paseo|carrer|camino|rua|r\.|praca|travessa|largo|alameda|estrada|rodovia"
    r"|via|piazza|rue|boulevard)\s(?:[\w'.-]+,? ){0,5}(?:n[.ºo°]* ?)?\d+"
    r"|\b\w+(?:straat|strasse|str\.|gata|gatan|vej|weg|platz|laan)\s\d+"
    r"|\b(?:next to|opposite|across from|behind|at the corner of|in front of|located (?:at|in|on)|we are (?:at|in|on)"
    r"|find us|(?:first|second|third|ground|\d(?:st|nd|rd|th)) floor|situated"
    r"|junto a|frente a|al lado de|esquina|estamos (?:en|em|na|no)|em frente|ao lado d|ficamos"
    r"|nos encontramos)\b"
    rf"|\b{_NUMBER} (?:minutes?|minutos?)(?:'? walk| on foot| by \w+| a pie| en \w+| de \w+| a pe)? (?:from"
    rf"|de[ls]?|d[ao]s?)\b"
)
#: In the text as written: `40 Quayside,`, `BS1 4RB`.
_POSTAL = re.compile(
    r"\b\d{1,4} [A-ZÀ-Ý]\w+,|\b(?:at|in|on) \d{1,4}[A-Za-z]? [A-Z]\w+ [A-Z]\w+"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{4,5}(?:-\d{3})? [A-ZÀ-Ý][a-zà-ÿ]+"
)
_PHONE = re.compile(
    r"(?:\+|\b00)\d[\d\s().-]{6,}\d|\b\d{2,4}[\s.-]\d{2,4}[\s.-]\d{2,4}(?:[\s.-]\d{2,4})?\b|\b\d{7,11}\b"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_WEBSITE = re.compile(r"\bhttps?://|\bwww\.|\b[\w-]+\.(?:com|org|net|io|shop|es|pt|br|uk|mx|app|example)\b")
_OPENNESS = re.compile(
    r"\b(?:open|opens|opening|closed?|closes|hours|abrimos|abierto|abre|cerrado|cerramos|horario|aberto"
    r"|fechado|fechamos)\b"
)
_AGE = re.compile(
    rf"\b(?:must be|aged?|ages|under|over|edad|idade) (?:of |de |is |minima )*{_NUMBER}\b"
    r"(?! ?(?:[:%€$£/-]|am\b|pm\b|min|hour|day|week|month|euro|pound|people|person|kg|km|mile|met))"
    rf"|\b{_NUMBER} (?:(?:or|and|years?|y|o|e|ou|anos?) )+(?:older|over|above|under|younger|upwards?|old|of age"
    rf"|mas|mais"
    r"|menos|de edad|de idade)\b"
    rf"|\b(?:from|than|least|mayores de|menores de|maiores de|a partir d[aeo]s?|desde los|dos|hasta los|ate aos)"
    rf" (?:the age of )?{_NUMBER} (?:to \d+ |a \d+ |aos \d+ )?(?:years?|anos?)\b|\bdos \d+ aos \d+\b"
)
_CHRISTMAS = re.compile(
    r"\b2[456](?:th)?,?(?: (?:and|y|e|to|until|a|al) \d+(?:th)?,?)? (?:of |de )?(?:dec\b|december|diciembre|dezembro)"
    r"|\b(?:dec|december) 2[456]\b"
)
_NEW_YEAR = re.compile(
    r"\b(?:31(?:st)? (?:of |de )?(?:december|diciembre|dezembro)|(?:1|1st|first|uno|primero|primeiro)"
    r" (?:of |de )?(?:january|enero|janeiro)|january 1(?:st)?)\b"
)
_ALL_DAY = re.compile(r"\b24/7\b|\b24 ?h\b|\b(?:round|around) the clock\b|\b24 (?:hours|horas)\.?$")
_PEOPLE = re.compile(
    rf"\b{_NUMBER} (?:\w+ )?(?:people|persons?|students?|guests?|participants?|seats?|personas|alumnos|plazas|pessoas"
    r"|alunos|participantes|lugares)\b"
)
_WEIGHT = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:kg|kilos?|lbs?|pounds of weight|stone)\b")
_ON_SALE = re.compile(r"\b(?:available|we (?:have|stock)|tenemos|temos|disponibles?|disponive(?:l|is))\b")
#: What is provided need not be brought.
_PROVIDED = re.compile(
    r"\b(?:included|provided?|comes? with|we (?:lend|supply)|incluid[oa]s?|prestamos|emprestamos|fornecemos)\b"
)
_DAY_WORD = re.compile(r"[a-z]+")
_DAY_RANGE = re.compile(
    r"\b([a-z]+)(?:-feira)?\.?\s?(?:-|–|—|to|through|thru|till|until|a|al|ate|hasta)\s?([a-z]+)(?:-feira)?\b"
)
_MONTH_RANGE = re.compile(r"\b([a-z]+) ?(?:-|–|to|through|until|till|and|a|al|ate|hasta) ?([a-z]+)\b")
_EVERY_DAY = re.compile(
    r"\b(?:every day|each day|all week|seven days|7 days|todos (?:los|os) dias|cada dia|24/7|de lunes a domingo)\b"
)


def features(text: str) -> frozenset[str]:
    """The concepts (of `language.synonyms`) that the text shows by its form."""
    folded = fold(text)
    has_days = bool(days(text))
    has_time = bool(_TIME.search(folded))
    has_range = bool(_TIME_RANGE.search(folded))
    shown = {
        "price": _MONEY.search(folded),
        "free": _AT_NO_COST.search(folded),
        "discount": _DISCOUNT.search(folded),
        "when": has_time or has_days or has_range or _DATE.search(folded),
        "hours": (has_days and has_range)
        or (bool(_OPENNESS.search(folded)) and (has_time or has_days or has_range or bool(_DATE.search(folded)))),
        "duration": _SPAN.search(folded),
        "distance": _DISTANCE.search(folded),
        "place": _ADDRESS.search(folded) or _POSTAL.search(text),
        "phone": _PHONE.search(folded),
        "email": _EMAIL.search(folded),
        "website": _WEBSITE.search(folded),
        "age": _AGE.search(folded),
        "christmas": _CHRISTMAS.search(folded),
        "newyear": _NEW_YEAR.search(folded),
        "allday": _ALL_DAY.search(folded),
        "people": _PEOPLE.search(folded),
        "weight": _WEIGHT.search(folded),
        "offered": _ON_SALE.search(folded),
        "provided": _PROVIDED.search(folded),
    }
    return frozenset(concept for concept, found in shown.items() if found)


def months(text: str) -> frozenset[str]:
    """The months that the text names, as concepts (`month_1` is January), ranges filled in."""
    folded = fold(text)
    if not _DATE.search(folded) and " may" not in folded:
        return frozenset()
    found = {MONTHS[word] for word in _DAY_WORD.findall(folded) if word in MONTHS and word != "may"}
    for first, last in _MONTH_RANGE.findall(folded):
        if first in MONTHS and last in MONTHS:
            found.update((MONTHS[first] - 1 + step) % 12 + 1 for step in range((MONTHS[last] - MONTHS[first]) % 12 + 1))
    return frozenset(f"month_{number}" for number in found)


def days(text: str) -> frozenset[int]:
    """The weekdays that the text speaks of, ranges filled in; Monday is 0."""
    folded = fold(text)
    if _EVERY_DAY.search(folded):
        return frozenset(range(7))
    found = {WEEKDAYS[word] for word in _DAY_WORD.findall(folded) if word in WEEKDAYS}
    for word in _DAY_WORD.findall(folded):
        found.update(DAY_GROUPS.get(word, ()))
    found |= _short_days(text)
    for first, last in _DAY_RANGE.findall(folded):
        if (start := _day(first)) is not None and (end := _day(last)) is not None:
            found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(found)


def _day(word: str) -> int | None:
    return WEEKDAYS.get(word, SHORT_WEEKDAYS.get(word))


def _short_days(text: str) -> set[int]:
    """`Sat`, `Sun`, `Mar` count as days only when written as such beside a time, a range or a colon."""
    beside = re.compile(
        r"\b([A-Z][a-zéáç]{1,4})\.?\s?(?=[-–—:&/]|\d|\d\d[:h]|closed|cerrado|fechado|to\s|a\s[A-Z])"
        r"|[-–—&/]\s?([A-Z][a-zéáç]{1,4})\b"
    )
    words = (fold(first or second) for first, second in beside.findall(text))
    return {SHORT_WEEKDAYS[word] for word in words if word in SHORT_WEEKDAYS}
