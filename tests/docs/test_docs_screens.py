"""Every screen has its three pictures, none is left of a screen that has gone, and the README's pictures exist."""

import re

import pytest

from sandbox.screens.studio import LOOKS, PHONE
from sandbox.screens.table import SCREENS
from tests.docs.pages import PAGES, ROOT

pytestmark = pytest.mark.docs

PICTURES = ROOT / "docs" / "screenshots"
#: A repository is cloned by everybody who only wants to look.
MOST_BYTES = 12 * 1024**2
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def test_every_screen_has_its_pictures_and_no_picture_lacks_its_screen() -> None:
    wanted = {f"{screen.name}-{look}.png" for screen in SCREENS for look in LOOKS}
    there = {file.name for file in PICTURES.iterdir()}
    assert sorted(wanted - there) == []
    assert sorted(there - wanted) == []


def test_pictures_are_as_wide_as_their_names_say_and_small() -> None:
    widths = {file.name: width_of(file.read_bytes()) for file in PICTURES.glob("*-360.png")}
    assert {name for name, width in widths.items() if width != PHONE["width"]} == set()
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) < MOST_BYTES


def width_of(picture: bytes) -> int:
    """The width that the first chunk of a PNG states, in pixels."""
    assert picture.startswith(SIGNATURE)
    return int.from_bytes(picture[16:20], "big")


def test_pictures_of_the_documentation_exist() -> None:
    named = {
        (page.name, name)
        for page in PAGES
        for name in re.findall(r"docs/screenshots/([\w.-]+)", page.read_text(encoding="utf-8"))
    }
    assert ("README.md", "demo-light.png") in named
    assert {(page, name) for page, name in named if not (PICTURES / name).is_file()} == set()
