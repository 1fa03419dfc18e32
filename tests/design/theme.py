"""Reads the theme as a browser does: Tabler's variables, ours over them, in light and in dark."""

import math
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TABLER = ROOT / "static" / "vendor" / "tabler" / "1.6.1" / "tabler.min.css"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;]+)")
#: A colour with what is seen through it: linear red, green, blue from 0 to 1, and how much it covers.
Colour = tuple[float, float, float, float]


def _text(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)


@cache
def variables() -> dict[str, str]:
    """Every variable of the whole page, the last word on each."""
    found: dict[str, str] = {}
    for path in (TABLER, CSS / "leadline.css"):
        for selector, body in RULE.findall(_text(path)):
            if ":root" in selector:
                found |= {name: value.strip() for name, value in VARIABLE.findall(body)}
    return found


@cache
def rule(selector: str) -> dict[str, str]:
    """The variables that one rule of leadline.css sets for itself."""
    bodies = [body for found, body in RULE.findall(_text(CSS / "leadline.css")) if found.strip() == selector]
    return {name: value.strip() for body in bodies for name, value in VARIABLE.findall(body)}


def colour(value: str, *, dark: bool) -> Colour:
    """What a value paints. Raises ValueError for what is not understood here."""
    value = value.strip()
    if value.startswith("--"):
        return colour(variables()[value], dark=dark)
    name, _, inside = value.partition("(")
    parts = _split(inside[:-1])
    if name == "var":
        return colour(variables().get(parts[0], ",".join(parts[1:])), dark=dark)
    if name == "light-dark":
        return colour(parts[dark], dark=dark)
    if name == "oklch":
        return _oklch(inside[:-1])
    if name == "color-mix" and parts[2] == "transparent":
        what, _, share = parts[1].rpartition(" ")
        return (*colour(what, dark=dark)[:3], float(share.rstrip("%")) / 100)
    return _hex(value)


def _split(inside: str) -> list[str]:
    """Parts between commas that stand in no bracket."""
    parts, depth = [""], 0
    for letter in inside:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _hex(value: str) -> Colour:
    if not re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value):
        raise ValueError(f"{value!r} is no colour that is understood here")
    digits = value[1:] if len(value) == 7 else "".join(letter * 2 for letter in value[1:])
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return red, green, blue, 1.0


def _oklch(inside: str) -> Colour:
    """https://bottosson.github.io/posts/oklab/"""
    body, _, alpha = inside.partition("/")
    lightness, chroma, hue = body.split()
    turn = math.radians(float(hue.removesuffix("deg")))
    light, a, b = float(lightness.rstrip("%")) / 100, float(chroma) * math.cos(turn), float(chroma) * math.sin(turn)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    covers = float(alpha.strip().rstrip("%")) / 100 if alpha else 1.0
    return _within(red), _within(green), _within(blue), covers


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _screen(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def over(above: Colour, below: Colour) -> Colour:
    """What is seen where one lies over the other; screens mix as they show, not as light does."""
    mixed = [
        _linear(_screen(one) * above[3] + _screen(other) * (1 - above[3]))
        for one, other in zip(above[:3], below[:3], strict=True)
    ]
    return mixed[0], mixed[1], mixed[2], 1.0


def as_hex(value: Colour) -> str:
    """How a `meta theme-color` writes it."""
    return "#" + "".join(f"{round(_screen(part) * 255):02x}" for part in value[:3])


def contrast(text: Colour, ground: Colour) -> float:
    """WCAG 2.2, 1.4.3: from 1 to 21."""
    lights = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue, _ in (text, ground))
    return (lights[1] + 0.05) / (lights[0] + 0.05)
