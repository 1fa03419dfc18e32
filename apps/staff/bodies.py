"""A delivery's headers and body as staff may read them: pretty, bounded, without anything that opens a door."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.providers import registry

MASK = "••••••••"
#: Characters of a body that a page shows; the rest is downloaded.
MOST_SHOWN = 40_000
#: Names whose values open something: a provider's own list, and what sounds like it.
_TELLING = re.compile(r"signature|secret|token|authorization|cookie|password|api[-_]?key|credential", re.IGNORECASE)
#: In a body that is no JSON: such a name, a sign, and what follows up to the next sign.
_PAIR = re.compile(
    r"""([\w-]*(?:signature|secret|token|authorization|password|api[-_]?key)[\w-]*["']?\s*[:=]\s*["']?)[^\s"'&,;<>}]+""",
    re.IGNORECASE,
)
_DEEPEST = 60


@dataclass(frozen=True)
class Readable:
    """A body as text. `whole` is False when the page shows only its beginning."""

    text: str
    is_json: bool
    whole: bool


def headers(provider: str, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The headers that were kept, by name; values that prove or open something are masked."""
    return [(name, MASK if _tells(name, provider) else str(value)) for name, value in sorted(given.items())]


def readable(provider: str, body: bytes, *, most: int | None = MOST_SHOWN) -> Readable:
    """The body as text: JSON with indents, else as it came with what is no text replaced. `most` None: all of it."""
    try:
        text = json.dumps(_masked(json.loads(body), provider), indent=2, ensure_ascii=False)
        is_json = True
    except (ValueError, RecursionError):
        text, is_json = _PAIR.sub(lambda found: found.group(1) + MASK, body.decode(errors="replace")), False
    cut = text if most is None else text[:most]
    return Readable(cut.encode(errors="replace").decode(), is_json, len(cut) == len(text))


def _masked(value: Any, provider: str, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise RecursionError("Nested deeper than anybody reads.")
    if isinstance(value, dict):
        return {
            name: MASK if _tells(name, provider) and inner else _masked(inner, provider, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked(inner, provider, depth + 1) for inner in value]
    return value


def _tells(name: str, provider: str) -> bool:
    redacted = registry.get(provider).redact if provider in registry.kinds() else ()
    return name.lower() in redacted or _TELLING.search(name) is not None
