"""Whatever is thrown at the parsers, they give text or say what is wrong, and nothing else."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.knowledge import addresses
from apps.knowledge.chunks import MOST, item, pieces
from apps.knowledge.days import days_of
from apps.knowledge.extraction.__main__ import Child
from apps.knowledge.extraction.lines import clean, row_line, without_tables
from apps.knowledge.extraction.problems import Unreadable
from apps.knowledge.facts import MOST_FACTS, stated
from apps.knowledge.products import NoProducts, decoded, products_of
from apps.knowledge.questions import NoPairs, pairs_of, written
from apps.knowledge.sites import MOST_ADDRESS, may_be_page, normalised, same_site
from tests.knowledge.documents import docx, pdf

TEXTS = st.text(max_size=400)
LINES = st.lists(
    st.sampled_from(["Q: Why?", "A: So.", "", "# Head", "Mon-Fri 9-18", "x: 5 €", "a;b", '"', "| a | b |", "?"])
)
MARKUP = st.lists(st.sampled_from(["<p>", "<a href='", "'>", "</p>", "<table><tr><td>", "<!--", "&#0;", "<script>", "é", "<meta http-equiv=refresh content='0;url=/x'>", "<base href='//['>"]), max_size=60)  # fmt: skip  # noqa: E501
MANY = settings(max_examples=60, deadline=None)


@MANY
@given(TEXTS)
@example("http://[::1")
@example("HTTP://ExAmple.COM:80/a b?utm_source=1#x")
@example("https://xn--a.example/")
def test_an_address_has_one_spelling(text: str) -> None:
    found = normalised(text)
    if found:
        assert normalised(found) == found and len(found) <= MOST_ADDRESS and same_site(found, found)
        may_be_page(found)


@MANY
@given(TEXTS)
def test_a_typed_address_is_taken_or_refused_with_words(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(ValidationError):
        patch.setattr(addresses, "reachable", lambda *_: ())
        assert addresses.readable_address(text).startswith(("http://", "https://"))


@MANY
@given(
    st.lists(st.tuples(st.text("abc ?", min_size=1).filter(str.strip), st.text("xyz. ", min_size=1).filter(str.strip)))
)
def test_pairs_are_read_as_they_were_written(pairs: list[tuple[str, str]]) -> None:
    found = pairs_of(written(pairs))
    assert found == [(" ".join(question.split()), answer.strip()) for question, answer in pairs]


@MANY
@given(st.one_of(TEXTS, LINES.map("\n".join)))
def test_any_text_is_pairs_or_is_refused_with_words(text: str) -> None:
    with contextlib.suppress(NoPairs):
        assert all(question and answer for question, answer in pairs_of(text))


@MANY
@given(st.one_of(st.binary(max_size=400), LINES.map(lambda lines: "\n".join(lines).encode())))
def test_any_file_is_products_or_is_refused_with_words(data: bytes) -> None:
    with contextlib.suppress(NoProducts):
        assert all(product.row > 1 for product in products_of(decoded(data)))


@MANY
@given(st.one_of(TEXTS, LINES.map("\n".join)))
def test_any_text_is_cut_into_pieces_within_their_length(text: str) -> None:
    assert all(0 < len(piece.text) <= MOST for piece in (*pieces(text), *item(text)))


@MANY
@given(st.one_of(TEXTS, LINES.map("\n".join)))
def test_any_text_states_a_bounded_number_of_facts(text: str) -> None:
    assert len(stated(text, region="GB")) <= MOST_FACTS
    days_of(text)


@MANY
@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_tables_become_lines_and_no_control_characters_are_left(text: str, cells: list[str]) -> None:
    assert "\x00" not in clean(text)
    without_tables(text)
    assert "\n" not in row_line(cells, cells)


def read(question: dict[str, object], data: bytes) -> None:
    """Answers or says why not; anything else is a fault of ours."""
    child = Child()
    with contextlib.suppress(Unreadable):
        pages = child.answer(question, data).get("pages", 0)
        for number in range(min(pages, 3)):
            with contextlib.suppress(Exception):  # of one page, which the process tells as one that is broken
                child.answer({"do": "page", "number": number}, b"")


@MANY
@given(st.one_of(st.binary(max_size=600), MARKUP.map(lambda parts: "".join(parts).encode())), TEXTS)
def test_any_bytes_are_a_page_or_are_refused(data: bytes, robots: str) -> None:
    read({"do": "web", "url": "https://x.example/", "robots": robots, "entrance": True}, data)


@MANY
@given(st.binary(max_size=300), st.integers(0, 700))
def test_any_bytes_are_a_document_or_are_refused(noise: bytes, at: int) -> None:
    for kind, whole in (("pdf", PDF), ("docx", DOCX)):
        read({"do": "open", "kind": kind}, noise)
        read({"do": "open", "kind": kind}, whole[:at] + noise + whole[at + len(noise) :])


PDF, DOCX = pdf("One page.", "Another."), docx(("Heading 1", "Head"), ("Normal", "Words."))
