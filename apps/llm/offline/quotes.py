"""Pieces of the knowledge as they are shown to the customer.

Owns the joining of sentences, list lines and their headings.
"""

from collections.abc import Sequence

from apps.llm.language.words import fold
from apps.llm.offline.matching import Entry


def shown(entries: Sequence[Entry]) -> str:
    """Sentences run on, list lines keep their lines and their heading."""
    parts: list[str] = []
    for group in _groups(entries):
        texts = [entry.unit.text for entry in group]
        heading = _heading(group[0])
        if not group[0].unit.listed:
            parts.append(" ".join(texts))
        elif len(texts) == 1:
            parts.append(f"{heading}: {texts[0]}" if heading else texts[0])
        else:
            parts.append("\n".join(([f"{heading}:"] if heading else []) + [f"• {text}" for text in texts]))
    return "\n".join(parts)


def _groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    for entry in entries:
        last = groups[-1][-1].unit if groups else None
        unit = entry.unit
        if last and (last.block, last.heading, last.listed) == (unit.block, unit.heading, unit.listed):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _heading(entry: Entry) -> str:
    heading = entry.unit.heading.rstrip(": ")
    return "" if heading.endswith("?") or fold(heading) in fold(entry.unit.text) else heading
