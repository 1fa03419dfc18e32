"""Numbers that only number: `1.`, `2)`, and how many things a reply itself lists."""

import re

_NUMBER = re.compile(
    r"(?m)(?:^[ \t]*(?:[-•][ \t]*)?(\d{1,2})[.)]|(?<=\s)\(?(\d{1,2})\)|"
    r"\b(?:step|option|part|paso|opcion|parte|passo|opcao) (\d{1,2})[:.,]?)(?=\s|$)"
)
#: Without one of these nothing is numbered.
_SIGNS = ("1.", "1)", "step 1", "option 1", "part 1", "paso 1", "opcion 1", "parte 1", "passo 1", "opcao 1")
_BULLET = re.compile(r"(?m)^[ \t]*(?:[-•·▪]|\d{1,2}[.)])\s+\S")
_ITEMS = re.compile(r",|;|\band\b|\bor\b|\by\b|\be\b|\bo\b|\bou\b|/")
#: More than that nobody counts by eye.
MOST_COUNTED = 12


def numbering(text: str) -> frozenset[int]:
    """Where numbers stand that number the lines or parts of a list: 1, 2, 3 and so on, at least two."""
    if not any(sign in text for sign in _SIGNS):
        return frozenset()
    skipped: set[int] = set()
    run: list[int] = []
    for match in _NUMBER.finditer(text):
        group = match.lastindex or 1
        if match.group(group) == "1":
            skipped.update(run if len(run) > 1 else ())
            run = [match.start(group)]
        elif run and match.group(group) == str(len(run) + 1):
            run.append(match.start(group))
    return frozenset(skipped | set(run if len(run) > 1 else ()))


def listed(text: str, start: int, end: int) -> frozenset[int]:
    """How many things the text lists behind the value that ends there: by lines, or after a colon."""
    counts = {sum(1 for _ in _BULLET.finditer(text, end))}
    sentence = re.compile(r"[^:.\n!?]*:([^.\n!?]+)").match(text, end)
    if sentence:
        counts.add(len([item for item in _ITEMS.split(sentence.group(1)) if item.strip()]))
    return frozenset(count for count in counts if 2 <= count <= MOST_COUNTED)
