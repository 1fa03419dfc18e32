"""Tables as lines that can be quoted on their own, and text without what no database takes. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_BLANKS = re.compile(r"\n{3,}")
#: Control characters, halves of characters, and the mark of the byte order, wherever it stands.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff\u200b]")


def clean(text: str) -> str:
    """The text in one way of writing accents, with at most one empty line at a time."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return _BLANKS.sub("\n\n", "\n".join(_ODD.sub("", line).rstrip() for line in lines.split("\n"))).strip()


def row_line(header: Sequence[str], cells: Sequence[str]) -> str:
    """A row of a table in words: `Rye loaf: 4,50 €`, or with more columns `Rye loaf: small 3 €, large 5 €`."""
    said = [" ".join(cell.split()) for cell in cells]
    name, rest = (said[0], said[1:]) if said else ("", [])
    if len([cell for cell in rest if cell]) <= 1:
        return ": ".join(cell for cell in said if cell)
    labels = [" ".join(label.split()) for label in header[1:]] + [""] * len(rest)
    parts = [f"{label} {cell}".strip() for label, cell in zip(labels, rest, strict=False) if cell]
    return ": ".join(filter(None, [name, ", ".join(parts)]))


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """The rows below the first, which is the header, as lines; a table of one row is that row."""
    header, *below = [*rows] or [()]
    lines = [row_line(header, cells) for cells in below] if below else [row_line((), header)]
    return [f"- {line}" for line in lines if line]


def without_tables(markdown: str) -> str:
    """Markdown with its tables as lines."""
    found: list[str] = []
    table: list[list[str]] = []
    for line in [*markdown.splitlines(), ""]:
        row = _ROW.match(line)
        if row and not _RULE.match(line):
            table.append([cell.strip() for cell in row[1].split("|")])
        elif not row:
            found += table_lines(table) if table else []
            found.append(line)
            table = []
    return "\n".join(found).strip()
