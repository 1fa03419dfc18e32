"""Every metric is documented with its labels, and nothing is documented that is no metric."""

import re

import pytest

from apps.watch import exporting
from apps.watch.facts import Facts
from tests.docs.pages import code, rows, section, text_of

pytestmark = pytest.mark.docs


def families() -> dict[str, tuple[str, ...]]:
    """Each family of /metrics by its name, with its labels."""
    found = {}
    for family in exporting.Rows(Facts((), (), {}, {}, {}, {}, {}), [], None).collect():
        name = family.name.removeprefix("leadline_") + ("_total" if family.type == "counter" else "")
        found[name] = tuple(family._labelnames)
    return found


def test_the_table_names_every_metric_with_its_labels() -> None:
    stated = {}
    for row in rows(section("docs/observability.md", "## Metrics")):
        for name in code(row[0]):
            stated[name] = tuple(label.strip() for label in row[1].split(",") if label.strip())
    assert stated == families()


def test_the_rules_ask_for_metrics_that_there_are() -> None:
    asked = set(re.findall(r"leadline_(\w+)", text_of("docs/alerts.rules.yml")))
    assert {name.removesuffix("_bucket") for name in asked} <= set(families())
    assert "due_oldest_seconds" in asked
