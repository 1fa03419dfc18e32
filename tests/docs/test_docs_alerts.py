"""Every rule by which somebody is told is documented, with how often."""

import pytest

from apps.watch.rules import BY_NAME
from tests.docs.pages import code, rows, section

pytestmark = pytest.mark.docs


def test_the_table_names_every_rule_and_when_it_is_told_again() -> None:
    stated = {code(row[0])[0]: row[2] for row in rows(section("docs/observability.md", "## Alerts"))}
    assert stated == {name: f"{rule.again.total_seconds() / 3600:.0f} h" for name, rule in BY_NAME.items()}
