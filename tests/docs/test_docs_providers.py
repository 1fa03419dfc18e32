"""Every provider has a page, and the page of the Cloud API repeats its tables truly."""

import pytest

from apps.providers import registry
from apps.providers.base import ANSWERABLE, TROUBLES, ContentKind
from apps.providers.meta_errors import TROUBLE_OF
from sandbox.world.faults import GRAPH_KINDS, MODEL_KINDS
from tests.docs.pages import ROOT, code, rows, section, text_of

pytestmark = pytest.mark.docs

CLOUD = "docs/providers/whatsapp_cloud.md"


def codes_of(cell: str) -> set[int]:
    """`1, 200-299` as numbers."""
    found: set[int] = set()
    for part in filter(None, cell.split(", ")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_provider_has_a_page_and_every_page_a_provider() -> None:
    assert sorted(page.stem for page in ROOT.glob("docs/providers/*.md")) == sorted(registry.kinds())


@pytest.mark.parametrize("kind", registry.kinds())
def test_the_page_names_kind_and_label(kind: str) -> None:
    page = text_of(f"docs/providers/{kind}.md")
    assert page.startswith(f"# {registry.label(kind)}\n")
    assert f"`{kind}`" in page


def test_errors_are_those_of_the_code() -> None:
    stated = {code(row[0])[0]: (codes_of(row[1]), row[2], row[3]) for row in rows(section(CLOUD, "## Errors"))}
    assert stated == {
        trouble.value: (
            {number for number, meant in TROUBLE_OF.items() if meant is trouble},
            "yes" if facts.retryable else "no",
            facts.text,
        )
        for trouble, facts in TROUBLES.items()
    }


def test_what_causes_a_reply_is_what_the_code_answers() -> None:
    stated = {row[1]: row[3] for row in rows(section(CLOUD, "## Messages received")) if row[1] != "the same"}
    assert stated == {kind: "yes" if ContentKind(kind) in ANSWERABLE else "no" for kind in stated}
    files = {"image", "video", "document", "sticker"}  # in one row, kept as “the same”
    assert {*stated, *files} == {kind.value for kind in ContentKind}


def test_limits_are_those_of_the_provider() -> None:
    provider, page = registry.get("whatsapp_cloud"), text_of(CLOUD)
    assert f"at most {provider.max_text:,} characters" in page
    assert f"| {provider.max_body // 2**20} MB, above it 413 |" in page
    assert f"refused {provider.reply_window // 3600} h after" in page
    assert f"| All messages, per number | {provider.rate_per_minute:,} a minute" in page


def test_every_fault_of_the_sandbox_is_documented() -> None:
    table = section("docs/sandbox.md", "## Faults")
    graph, model = table.split("| Fault of the model |")
    assert sorted(name for row in rows(graph) for name in code(row[0])) == sorted(GRAPH_KINDS)
    assert sorted(name for row in rows(f"| Fault of the model |{model}") for name in code(row[0])) == sorted(
        MODEL_KINDS
    )
