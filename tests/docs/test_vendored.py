"""The browser libraries in static/vendor/ are what `npm run vendor` wrote, and what the pages ask for."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
SUMS = VENDOR / "SHA256SUMS"
VENDORED_PATH = re.compile(r"vendor/([\w./-]+\.(?:css|js))")

pytestmark = pytest.mark.docs


def listed() -> dict[str, str]:
    """Path below static/vendor/ to the SHA-256 that SHA256SUMS states for it."""
    lines = SUMS.read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def present() -> dict[str, str]:
    """Path below static/vendor/ to the SHA-256 of the file that is there."""
    files = [path for path in VENDOR.rglob("*") if path.is_file() and path != SUMS]
    sums = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return {path.relative_to(VENDOR).as_posix(): digest for path, digest in sums.items()}


def test_vendored_files_are_the_listed_ones() -> None:
    assert present() == listed()


def test_pages_ask_only_for_vendored_files_and_all_are_asked_for() -> None:
    pages = (ROOT / "templates").rglob("*.html")
    asked = {path for page in pages for path in VENDORED_PATH.findall(page.read_text(encoding="utf-8"))}
    assert asked == {path for path in listed() if not path.endswith("/LICENSE")}


def test_every_library_carries_its_licence() -> None:
    libraries = {str(Path(path).parent) for path in listed()}
    assert libraries == {str(Path(path).parent) for path in listed() if path.endswith("/LICENSE")}


def test_no_file_points_to_a_source_map_that_is_not_shipped() -> None:
    assert [path for path in listed() if b"sourceMappingURL" in (VENDOR / path).read_bytes()] == []
