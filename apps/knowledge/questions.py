"""Questions and answers as an owner writes them down, one pair after the other. Pure."""

import re
from collections.abc import Iterable

Pair = tuple[str, str]

MOST_PAIRS = 1000
MOST_QUESTION = 300
MOST_ANSWER = 4000
_QUESTION = re.compile(r"^\s*(?:Q|P|F|Question|Pregunta|Pergunta|Frage)\s*[:.]\s*(.*)$", re.IGNORECASE)
_ANSWER = re.compile(r"^\s*(?:A|R|Answer|Respuesta|Resposta|Antwort)\s*[:.]\s*(.*)$", re.IGNORECASE)


class NoPairs(ValueError):
    """A question without an answer, or the other way round; the text names it."""


def written(pairs: Iterable[Pair]) -> str:
    """The pairs as they are stored, and as `pairs_of` reads them."""
    return "\n\n".join(f"Q: {' '.join(question.split())}\nA: {answer.strip()}" for question, answer in pairs)


def pairs_of(text: str) -> list[Pair]:
    """The pairs in a text: marked by `Q:` and `A:`, or each a block whose first line is the question.

    Raises NoPairs for a question without an answer, one that is too long, and for too many.
    """
    marked = any(_QUESTION.match(line) for line in text.splitlines())
    found = _marked(text) if marked else _blocks(text)
    for question, answer in found:
        if not question:
            raise NoPairs(f"The answer “{answer[:60]}” has no question above it.")
        if not answer:
            raise NoPairs(f"The question “{question[:60]}” has no answer below it.")
        if len(question) > MOST_QUESTION or len(answer) > MOST_ANSWER:
            raise NoPairs(
                f"“{question[:60]}” is too long: a question may have {MOST_QUESTION} characters, "
                f"an answer {MOST_ANSWER:,}."
            )
    if len(found) > MOST_PAIRS:
        raise NoPairs(f"There are {len(found):,} pairs, and a source may have {MOST_PAIRS:,}. Split them into several.")
    return found


def _marked(text: str) -> list[Pair]:
    found: list[tuple[str, list[str]]] = []
    answering = False
    for line in text.splitlines():
        if asked := _QUESTION.match(line):
            found.append((asked[1].strip(), []))
            answering = False
        elif found and (answer := None if answering else _ANSWER.match(line)):
            found[-1][1].append(answer[1])
            answering = True
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            raise NoPairs(f"“{line.strip()[:60]}” stands above the first question.")
    return [(question, "\n".join(lines).strip()) for question, lines in found]


def _blocks(text: str) -> list[Pair]:
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [(first.strip(), rest.strip()) for first, _, rest in (block.partition("\n") for block in blocks)]
