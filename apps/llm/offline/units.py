"""Passages taken apart into the smallest pieces worth quoting.

Owns sentences, list lines and the heading each of them stands under.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apps.llm.base import Passage
from apps.llm.language.words import fold

_BULLET = re.compile(r"^\s*(?:[-*•·–▪●✓✔➤]|\d{1,2}[.)])\s+")
_MARKUP = re.compile(r"\*\*|__|`|^#{1,6}\s*|^>\s*")
_LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")
_ANSWER_MARK = re.compile(
    r"^(?:Q|A|P|R|Question|Answer|Pregunta|Respuesta|Pergunta|Resposta)\s*[:.)]\s+", re.IGNORECASE
)
_INLINE_ANSWER = re.compile(r"(?<=\?)\s+(?:A|R|Answer|Respuesta|Resposta)\s*:\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')»”]*\s+(?=[\"'(«“¿¡]*[A-ZÀ-ÝЀ-Я0-9€$£+])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Dr|Dra|Mr|Mrs|Ms|Sr|Sra|Srta|Prof|St|Sto|Sta|Av|Avda|Ave|Rd|No|Nr|Núm|Nº|Tel|Ext|Jr|Inc|Ltd|Co|vs|approx"
    r"|aprox|etc|p\.?ej|e\.g|i\.e|a\.m|p\.m|min|max|C|R)|\b[A-Z])\.$"
)
# From these lengths on a line is broken by the width of a page rather than by its writer, in characters.
_FULL_LINE, _LONG_LINE = 80, 45


@dataclass(frozen=True)
class Unit:
    """A quotable piece: `text` as shown, `heading` in force above it.

    `block` is shared by what stands under one heading, `paragraph` by what no blank line parts. `listed` is a line
    of a list, `alone` a sentence with a line to itself.
    """

    passage: int
    title: str
    block: int
    paragraph: int
    place: int
    heading: str
    text: str
    listed: bool
    alone: bool
    rank: int


def units(passages: Sequence[Passage], business: str) -> list[Unit]:
    """Every quotable piece of the passages in reading order, repeated sentences once.

    A heading that only names the business is no heading: it says nothing of what stands under it.
    """
    found: list[Unit] = []
    seen: set[str] = set()
    for rank, passage in enumerate(passages):
        for unit in _of_passage(passage, rank, len(found)):
            if unit.heading and fold(business) in fold(unit.heading) and not unit.heading.endswith("?"):
                unit = replace(unit, heading="")
            key = fold(f"{unit.heading} {unit.text}" if unit.listed else unit.text)
            if key not in seen:
                seen.add(key)
                found.append(unit)
    return found


def _of_passage(passage: Passage, rank: int, start: int) -> Iterator[Unit]:
    heading, block, filled, section = "", start * 1000, False, ""
    lines = unwrapped(passage.text.replace("\r\n", "\n").split("\n"))
    place = paragraph = 0
    for index, line in enumerate(lines):
        if not line.strip():
            paragraph += 1
            # A list's heading ends with the list; a section's lasts until the next heading.
            if filled and heading != section:
                heading, block = section, block + 1
            continue
        following = next((later for later in lines[index + 1 :] if later.strip()), "")
        if _is_heading(line, following):
            heading, block, filled, paragraph = clean(line), block + 1, False, paragraph + 1
            section = heading if not line.rstrip().endswith((":", "?")) else ""
            continue
        filled = True
        pieces = list(_pieces(line))
        for asked, text, listed in pieces:
            place += 1
            alone = len(pieces) == 1
            yield Unit(passage.id, passage.title, block, paragraph, place, asked or heading, text, listed, alone, rank)


def _pieces(line: str) -> Iterator[tuple[str, str, bool]]:
    """(question it answers, text, is it a list line) for each sentence of a line."""
    bulleted = bool(_BULLET.match(line)) or line.lstrip().startswith("|")
    text = clean(line)
    if not text or set(text) <= set("|-: "):
        return
    asked = ""
    sentences = split_sentences(_INLINE_ANSWER.sub(" ", text))
    short = len(sentences) == 1 and not text.endswith((".", "!")) and len(text) <= 120
    for sentence in sentences:
        if sentence.endswith("?") and len(sentences) > 1:
            asked = sentence
        else:
            yield asked, _ANSWER_MARK.sub("", sentence), (bulleted and len(sentences) == 1) or short


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Lines that a text editor broke in the middle of a sentence, made whole."""
    whole: list[str] = []
    for line in lines:
        if whole and _is_broken(whole[-1].rsplit("\n", 1)[-1], line):
            whole[-1] += f"\n{line.strip()}"
        else:
            whole.append(line)
    return [" ".join(line.split("\n")) for line in whole]


def _is_broken(line: str, following: str) -> bool:
    """Whether the sentence of a long line goes on in the next one."""
    end, start = line.rstrip(), following.strip()
    if not start or _BULLET.match(start) or start.startswith(("|", "#")) or end.startswith(("|", "#")):
        return False
    if end.endswith((".", "!", "?", ":", "…", "|")):
        return False
    return len(end) >= _FULL_LINE or (len(end) >= _LONG_LINE and start[0].islower())


def split_sentences(text: str) -> list[str]:
    """Sentences of one line; abbreviations and initials do not end one."""
    sentences: list[str] = []
    for part in _SENTENCE_END.split(text):
        if sentences and _ABBREVIATED.search(sentences[-1]):
            sentences[-1] += f" {part}"
        elif part.strip():
            sentences.append(part.strip())
    return sentences


def clean(line: str) -> str:
    """A line without bullets, Markdown marks and table bars."""
    text = _LINK.sub(r"\1 (\2)", _BULLET.sub("", line.strip()))
    text = _ANSWER_MARK.sub("", _MARKUP.sub("", text).strip())
    if text.startswith("|"):
        text = " · ".join(cell.strip() for cell in text.strip("|").split("|") if cell.strip())
    return text.strip()


def _is_heading(line: str, following: str) -> bool:
    text = line.strip()
    if not following or _BULLET.match(line) or text.startswith("|"):
        return text.startswith("#")
    words = len(text.split())
    if text.startswith("#") or (text.endswith(":") and words <= 10):
        return True
    if text.endswith("?") and words <= 25 and not following.strip().endswith("?"):
        return True
    bare = clean(text)
    plain = not re.search(r"[\d.!,;:€$£]", bare)
    return plain and words <= 6 and bare[:1].isupper()
