"""Cuts a text into pieces that are worth finding. Pure.

A piece holds whole sections as long as they fit. Of a section that does not fit, every piece repeats the
headings it stands under, because `from 30 €` means nothing without `Haircuts`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semantic_text_splitter import TextSplitter

#: Characters in a piece, and how many of them an oversized section's next piece repeats.
MOST = 900
OVERLAP = 180

_MOST_HEADING = 120
_MOST_ITEM_HEADING = 300
_MOST_HEADINGS = 3
_MARKDOWN = re.compile(r"^(#{1,6})\s+\S")
_LIST_LINE = re.compile(r"^(?:[-*•·–▪●✓✔➤|>]|\d{1,2}[.)])")
_TITLE = re.compile(r"^[^\W\d_](?:[^.!?,;:€$£\d]*[^.!?,;:€$£\d\s])?$")
#: Below the six levels of Markdown: a line of its own as a title, and a line that leads in to the next ones.
_TITLE_LEVEL, _LEAD_IN_LEVEL = 7, 8


@dataclass(frozen=True)
class Section:
    """Lines that stand under the same headings, the outermost heading first."""

    headings: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Piece:
    """Text that is found as one. `headings`: those that all of it stands under, the outermost first."""

    text: str
    headings: tuple[str, ...] = ()


def split(text: str) -> list[str]:
    """The pieces of a text in its order, each at most MOST characters and none without a word."""
    return [piece.text for piece in pieces(text)]


def pieces(text: str) -> list[Piece]:
    """The same with the headings they stand under."""
    found: list[Piece] = []
    above: tuple[str, ...] = ()
    for section in _pieces(sections(text)):
        known = _common(above, section.headings)
        addition = _joined(section.headings[known:], section.body)
        if found and len(found[-1].text) + 2 + len(addition) <= MOST:
            shared = found[-1].headings[: _common(found[-1].headings, section.headings)]
            found[-1] = Piece(f"{found[-1].text}\n\n{addition}", shared)
        else:
            found.append(Piece(_joined(section.headings, section.body), section.headings))
        above = section.headings
    return [piece for piece in found if any(char.isalnum() for char in piece.text)]


def item(text: str) -> list[Piece]:
    """One question with its answer, or one product: a piece of its own, cut only where it is too long.

    Its first line is its heading.
    """
    heading, _, body = text.partition("\n")
    heading = heading.strip()[:_MOST_ITEM_HEADING]
    room = MOST - len(heading) - 1
    body = body.strip()
    parts = [body] if len(body) <= room else TextSplitter(room, overlap=OVERLAP).chunks(body)
    found = [Piece(_joined((heading,), part), (heading,)) for part in parts]
    return [piece for piece in found if any(char.isalnum() for char in piece.text)]


def path_of(piece: Piece) -> str:
    """Its headings as people read them: `Repairs › Prices`."""
    return " › ".join(filter(None, (heading.lstrip("#").strip().rstrip(":") for heading in piece.headings)))


def sections(text: str) -> list[Section]:
    """The text's sections in order; a heading directly above a deeper one is part of that one's headings."""
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    body: list[str] = []
    lines = [line.rstrip() for line in text.splitlines()]
    for before, line in zip(["", *lines], lines, strict=False):
        level = _level(line.strip(), alone=not before.strip())
        if level is None and (line or not body or not path or path[-1][0] < _LEAD_IN_LEVEL):
            body.append(line)
            continue
        found.append(_section(path, body))
        path = [heading for heading in path if heading[0] < (level or _LEAD_IN_LEVEL)]
        path += [(level, line.strip())] if level else []
        body = []
    found.append(_section(path, body))
    return [section for section, following in zip(found, [*found[1:], None], strict=True) if _says(section, following)]


def _level(line: str, *, alone: bool) -> int | None:
    """How deep a heading the line is; None when it is none. `alone`: nothing stands directly above it."""
    if not line or len(line) > _MOST_HEADING:
        return None
    if marks := _MARKDOWN.match(line):
        return len(marks.group(1))
    if _LIST_LINE.match(line):
        return None
    if line.endswith((":", "?")):
        return _LEAD_IN_LEVEL
    title = alone and line[0].isupper() and len(line.split()) <= 8 and _TITLE.match(line)
    return _TITLE_LEVEL if title else None


def _section(path: list[tuple[int, str]], body: list[str]) -> Section:
    headings = tuple(heading for _, heading in path)
    return Section(headings[-_MOST_HEADINGS:], "\n".join(body).strip())


def _says(section: Section, following: Section | None) -> bool:
    """A heading without lines says something only where no deeper heading carries it on."""
    if section.body:
        return True
    carried = following is not None and following.headings[: len(section.headings)] == section.headings
    return bool(section.headings) and not carried


def _pieces(found: list[Section]) -> Iterator[Section]:
    for section in found:
        room = MOST - len(_joined(section.headings, "")) - 1
        if len(section.body) <= room:
            yield section
        else:
            for piece in TextSplitter(room, overlap=OVERLAP).chunks(section.body):
                yield Section(section.headings, piece)


def _joined(headings: tuple[str, ...], body: str) -> str:
    return "\n".join([*headings, body] if body else headings)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
