"""docs/security.md: every attack of the list has its row, every test of an attack is named in it, and exists."""

import re

import pytest

from tests.docs.pages import ROOT, code, rows, section

pytestmark = pytest.mark.docs

PAGE = "docs/security.md"
TESTS = ROOT / "tests" / "security"
LINK = re.compile(r"\]\(\.\./([^)]+)\)")
ATTACKS = [list(row) for row in rows(section(PAGE, "## Attacks"))]


def test_the_list_is_complete_and_in_order() -> None:
    assert [row[0] for row in ATTACKS] == [f"S{number:02}" for number in range(1, 61)]


@pytest.mark.parametrize("row", ATTACKS, ids=lambda row: row[0])
def test_each_attack_has_a_test_that_exists_or_says_what_it_waits_for(row: list[str]) -> None:
    _, attack, answer, shown = row
    named = LINK.findall(shown)
    assert attack
    assert [path for path in named if not (ROOT / path).is_file()] == []
    if named or code(shown):
        assert answer or "waits for: " in shown
    else:
        assert re.fullmatch(r"waits for: [\w ,-]+", shown) and not answer


def test_every_test_of_an_attack_stands_in_its_row() -> None:
    missing = []
    for file in sorted(TESTS.glob("test_s[0-9][0-9]_*.py")):
        number = file.name[5:8].upper()
        (shown,) = (row[3] for row in ATTACKS if row[0] == number)
        if file.name not in shown:
            missing.append(f"{file.name} in the row {number}")
    assert missing == []
