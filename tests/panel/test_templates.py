"""The panel's templates keep to the strict content security policy and can be translated."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates", "panel").rglob("*.html"))
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style",
    "an inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "script in an attribute": r"\bhx-on|javascript:|=[\"']js:",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "text taken as markup": r"\|\s*safe\b|autoescape off",
}
LEFT_OUT = re.compile(r"{% (comment|blocktranslate)\b.*?{% end\1 %}|{%.*?%}|{{.*?}}|{#.*?#}|<kbd>.*?</kbd>", re.S)
#: Between two tags, with template tags and variables taken out: words that nobody could translate.
WORDS = re.compile(r">([^<>]*[A-Za-z]{2}[^<>]*)<")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_nothing_inline_and_nothing_unescaped(path: Path) -> None:
    source = path.read_text()
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, source)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_word_can_be_translated(path: Path) -> None:
    source = re.sub(
        r"{% (comment|blocktranslate)\b.*?{% end\1 %}|{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text(), flags=re.S
    )
    source = re.sub(r"<kbd>.*?</kbd>", "", source)
    assert [words.strip() for words in WORDS.findall(source)] == []


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) >= 15
