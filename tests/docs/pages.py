"""The documentation as tests read it: its files, their tables, and what stands in `code`."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def text_of(page: str) -> str:
    """The page at this path below the checkout."""
    return (ROOT / page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading (`## Settings`) up to the next one of its level or above."""
    level = heading.index(" ")
    after = text_of(page).split(f"\n{heading}\n", 1)[1]
    return re.split(rf"^#{{1,{level}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every row of its tables, without heads and rules."""
    lines = text.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not _is_rule(line) and not _is_rule(below):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def _is_rule(line: str) -> bool:
    """The line between a table's head and its rows."""
    return line.startswith("|-")


def code(text: str) -> list[str]:
    """What stands between backticks, in order; fenced blocks left out."""
    return _CODE.findall(prose(text))


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCED.sub("", text)
