"""Everything that is read can be read, in light and in dark: WCAG 2.2 AA, computed from the theme itself."""

import re

import pytest

from tests.design.theme import CSS, ROOT, as_hex, colour, contrast, over, rule

TEXT, SHAPE = 4.5, 3.0
SURFACES = ("--ll-surface", "--ll-sunken")
#: Words on the pages' own grounds.
WORDS = (
    "--ll-ink",
    "--tblr-body-color",
    "--ll-quiet",
    "--tblr-link-color",
    "--ll-on-danger-soft",
    "--ll-on-brass-soft",
)
#: Words, and the ground that is theirs.
PAIRS = [
    *((words, ground) for words in WORDS for ground in SURFACES),
    *((f"--tblr-{name}-fg", f"--tblr-{name}") for name in ("primary", "success", "warning", "danger", "info")),
    *((f"--ll-on-{name}-soft", f"--ll-{name}-soft") for name in ("accent", "brass", "success", "danger", "info")),
    *((words, ground) for words in ("--ll-ink", "--ll-quiet") for ground in ("--tblr-active-bg", "--ll-row-hover")),
    ("--tblr-body-color", "--ll-muted-soft"),
    ("--ll-on-accent-soft", "--ll-surface"),
    ("--ll-on-bot", "--ll-accent-soft"),
    ("--ll-meta", "--ll-accent-soft"),
    ("--ll-meta", "--ll-surface"),
    ("--ll-on-person", "--ll-person"),
    ("--ll-person-meta", "--ll-person"),
    ("--ll-on-trouble", "--ll-trouble"),
    ("--ll-on-brass", "--ll-brass"),
    ("--ll-on-paper", "--ll-paper"),
]
#: Lines, icons and marks that mean something, and what they stand on.
SHAPES = [
    *((mark, ground) for mark in ("--ll-line-strong", "--ll-accent", "--tblr-danger") for ground in SURFACES),
    *(("--tblr-focus-ring-color", ground) for ground in (*SURFACES, "--tblr-active-bg")),
    ("--ll-knob", "--ll-switch-on"),
    ("--ll-person-read", "--ll-person"),
    ("--ll-tick-read", "--ll-accent-soft"),
    ("--ll-alive", "--ll-surface"),
]
THEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def ratio(words: str, ground: str, *, dark: bool) -> float:
    below = over(colour(ground, dark=dark), colour("--ll-surface", dark=dark))
    return contrast(over(colour(words, dark=dark), below), below)


@THEMES
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(words: str, ground: str, dark: bool) -> None:
    assert ratio(words, ground, dark=dark) >= TEXT


@THEMES
@pytest.mark.parametrize(("mark", "ground"), SHAPES)
def test_lines_and_marks_can_be_seen(mark: str, ground: str, dark: bool) -> None:
    assert ratio(mark, ground, dark=dark) >= SHAPE


@THEMES
@pytest.mark.parametrize("tint", range(1, 7))
def test_initials_can_be_read_on_every_tint(tint: int, dark: bool) -> None:
    own = rule(f".ll-avatar--{tint}")
    words, ground = (colour(own[name], dark=dark) for name in ("--ll-tint-ink", "--ll-tint"))
    assert contrast(words, ground) >= TEXT


@pytest.mark.parametrize(("given", "other", "known"), [("#000", "#fff", 21.0), ("#767676", "#fff", 4.54)])
def test_contrast_is_reckoned_as_the_standard_does(given: str, other: str, known: float) -> None:
    assert contrast(colour(given, dark=False), colour(other, dark=False)) == pytest.approx(known, abs=0.01)


def test_a_pair_that_cannot_be_read_is_found() -> None:
    assert ratio("--tblr-gray-400", "--ll-surface", dark=False) < TEXT


COLOURED = re.compile(r"(?:oklch|oklab|rgba?|hsla?|color-mix|light-dark)\(|#[0-9a-fA-F]{3,8}\b")
#: Swagger UI and the staff pages bring themes of their own.
OTHERS = ("leadline.css", "api-docs.css", "admin.css")


@pytest.mark.parametrize("path", [path for path in sorted(CSS.glob("*.css")) if path.name not in OTHERS], ids=str)
def test_colours_are_decided_in_the_theme_alone(path: object) -> None:
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)  # type: ignore[attr-defined]
    assert COLOURED.findall(source) == []


@THEMES
def test_the_frame_around_the_page_has_its_colour(dark: bool) -> None:
    paper = as_hex(colour("--ll-sunken", dark=dark))
    for file in ("templates/base.html", "static/js/theme.js"):
        assert f'"{paper}"' in (ROOT / file).read_text(), f"{file} should say {paper}"
    assert dark or f'"{paper}"' in (ROOT / "apps/panel/installing.py").read_text()


@pytest.mark.parametrize("sheet", ["leadline.css", "conversation.css", "public.css", "shell.css"])
def test_who_asks_for_less_motion_gets_none(sheet: str) -> None:
    """What moves by itself stands under `no-preference`; the theme also stops whatever a library moves."""
    source = (CSS / sheet).read_text()
    outside = re.sub(
        r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "", source
    )
    assert not re.findall(r"\banimation:|@keyframes", outside)
    assert "@media (prefers-reduced-motion: reduce)" in (CSS / "leadline.css").read_text()
