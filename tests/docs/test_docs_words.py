"""One word per idea: what people read uses the product's words and none of their usual rivals."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, prose

pytestmark = pytest.mark.docs

#: what people must not read -> what it is called here
RIVALS = {
    "tenant": "workspace",
    "ticket": "handoff",
    "agent": "vendor, bot or person",
    "gateway": "provider",
    "backend": "provider",
    "mock": "sandbox",
}
WORD = re.compile(rf"\b(?:{'|'.join(RIVALS)})s?\b", re.IGNORECASE)
#: What a browser or a program reads: tags with their attributes, template tags, comments; code and addresses.
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]+>", re.DOTALL)
TRANSLATED = re.compile(r"\{% translate \"(.*?)\"")
CODE = re.compile(r"`[^`\n]+`|\]\([^)]*\)|https?://\S+")
#: Sentences of customers that the documentation quotes, and names of others' and our modules.
QUOTED = re.compile(r"concert tickets|django-tenants|apps\.tenants\.")

TEMPLATES = sorted(file for file in (ROOT / "templates").rglob("*") if file.suffix in (".html", ".txt"))


def read_by_people(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return QUOTED.sub("", CODE.sub("", prose(text)))
    return "\n".join([*TRANSLATED.findall(text), MARKUP.sub(" ", text)])


def test_pages_and_documentation_use_the_products_words() -> None:
    found = {
        str(file.relative_to(ROOT)): words
        for file in [*PAGES, *TEMPLATES]
        if (words := WORD.findall(read_by_people(file)))
    }
    assert TEMPLATES
    assert found == {}
