"""How a text is cut into pieces worth finding."""

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.knowledge.chunks import MOST, OVERLAP, split

PRICES = [f"Repair number {number} costs {number} euros at the workshop." for number in range(60)]


def test_short_text_is_one_piece_as_it_was_written() -> None:
    assert split("We open at nine.\nWe close at six.") == ["We open at nine.\nWe close at six."]


def test_headings_stay_with_their_lines_and_keep_their_order() -> None:
    text = "# Acme\n\nA bicycle shop.\n\nOpening hours:\n- Mon-Fri 9-18\n- Sat 10-14\n\n## Parking\nBehind the house."
    assert split(text) == [
        "# Acme\nA bicycle shop.\n\nOpening hours:\n- Mon-Fri 9-18\n- Sat 10-14\n\n## Parking\nBehind the house."
    ]


def test_every_piece_of_a_long_section_repeats_its_headings() -> None:
    pieces = split("# Acme\n\n## Repairs\n" + "\n".join(PRICES))
    assert len(pieces) == 4
    assert all(piece.startswith("# Acme\n## Repairs\nRepair number ") for piece in pieces)


def test_neighbouring_pieces_of_a_long_section_overlap() -> None:
    first, second, *_ = split("\n".join(PRICES))
    repeated = second[: second.index("Repair number 18")]
    assert first.endswith(repeated.strip()) and 50 < len(repeated) <= OVERLAP


def test_next_section_is_not_torn_apart_to_fill_a_piece() -> None:
    cards = "Cards\n" + "We take every card there is. " * 20
    cash = "Cash\n" + "We take cash in every currency. " * 20
    assert split(f"{cards}\n\n{cash}") == [cards.strip(), cash.strip()]


def test_question_stays_with_its_answer() -> None:
    filler = "It is a long story about the shop. " * 25
    assert (
        split(f"{filler}\n\nCan I park a van there?\n\nBehind the house.")[1]
        == "Can I park a van there?\nBehind the house."
    )


def test_heading_without_lines_is_kept() -> None:
    assert split("Closed on public holidays") == ["Closed on public holidays"]


def test_pieces_without_a_word_are_dropped() -> None:
    assert split("---\n\n***\n\n###") == []


def test_text_without_any_place_to_cut_is_cut_anyway() -> None:
    assert [len(piece) for piece in split("x" * (2 * MOST))][0] <= MOST


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["# Head", "## Sub", "Title", "Can I?", "List:", "- item", "plain words.", "", "x" * 700]))
)
def test_no_piece_is_too_long_and_no_line_is_lost(lines: list[str]) -> None:
    pieces = split("\n".join(lines))
    assert all(len(piece) <= MOST for piece in pieces)
    kept = {line for piece in pieces for line in piece.splitlines()}
    assert {line for line in lines if line} <= kept
