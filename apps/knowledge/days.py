"""Days of the week in a line of opening hours, in English, Spanish, Portuguese and German. Pure."""

import re

from apps.llm.language.words import fold

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMES = (
    "monday mondays mon mo lunes lun segunda segundas seg montag",
    "tuesday tuesdays tues tue tu martes mar terca tercas ter dienstag",
    "wednesday wednesdays wed miercoles mie quarta quartas qua mittwoch",
    "thursday thursdays thurs thur thu th jueves jue quinta quintas qui donnerstag",
    "friday fridays fri fr viernes vie sexta sextas sex freitag",
    "saturday saturdays sat sa sabado sabados sab samstag",
    "sunday sundays sun su domingo domingos dom sonntag",
)
_DAY = {name: place for place, names in enumerate(_NAMES) for name in names.split()}
_ALL = {
    "daily": range(7), "everyday": range(7), "diariamente": range(7), "taglich": range(7),
    "weekdays": range(5), "weekend": range(5, 7), "weekends": range(5, 7),
}  # fmt: skip
_TO = {"-", "–", "—", "to", "until", "till", "through", "thru", "a", "hasta", "ate", "bis"}
_FEIRA = re.compile(r"-feiras?\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+|[-–—]")


def days_of(text: str) -> tuple[list[str], str]:
    """The days that the text names, ranges in full and in their order, and the text without them."""
    tokens = [fold(token) for token in _TOKEN.findall(_FEIRA.sub("", text))]
    found: set[int] = set()
    rest: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token in _ALL:
            found |= set(_ALL[token])
        elif token in _DAY:
            first = last = _DAY[token]
            if place + 2 < len(tokens) and tokens[place + 1] in _TO and tokens[place + 2] in _DAY:
                last, place = _DAY[tokens[place + 2]], place + 2
            found |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
        else:
            rest.append(token)
        place += 1
    return [DAYS[day] for day in sorted(found)], " ".join(word for word in rest if word not in "-–—")
