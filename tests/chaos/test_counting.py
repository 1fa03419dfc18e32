"""The counters bite: whatever is planted is found, and nothing else is."""

from dataclasses import replace

import pytest

from sandbox.chaos.counting import count
from sandbox.chaos.records import Asked, Evidence, Expected, Ours, Switch, Taken

LINE = "1001/447700900001"
TAGS = ("q-F00-0-0", "q-F00-0-1")
CLEAN = Evidence(
    asked=tuple(Asked(f"wamid.{place}", tag, LINE, 100.0 + place) for place, tag in enumerate(TAGS)),
    ledger=(
        Taken(1, "key-1", LINE, f"Yes, we have it: {TAGS[0]}.", 101.0),
        Taken(2, "key-2", LINE, f"Yes, we have it: {TAGS[1]}.", 102.0),
    ),
    revealed=frozenset({"key-1", "key-2"}),
    perhaps=frozenset(),
    rows={"wamid.0": 1, "wamid.1": 1},
    ours=(
        Ours(11, "key-1", "1001/7", "bot", "read", f"Yes, we have it: {TAGS[0]}.", 1),
        Ours(12, "key-2", "1001/7", "bot", "sent", f"Yes, we have it: {TAGS[1]}.", 1),
    ),
    turns={"wamid.0": ("answered",), "wamid.1": ("answered",)},
    switches=(Switch("1001/7", "sending", "bot", 10.0), Switch("1001/7", "sending", "bot", 11.0)),
)
ANSWERS = Expected()
BROKEN = ("lost", "duplicated", "out_of_order", "ai_after_takeover")


def found(evidence: Evidence, expected: Expected = ANSWERS) -> dict[str, int]:
    """The promises that are broken, with how often."""
    counts = count(evidence, expected)
    return {name: getattr(counts, name) for name in BROKEN if getattr(counts, name)}


def unknowns(evidence: Evidence) -> tuple[int, int]:
    counts = count(evidence, ANSWERS)
    return counts.unknown_injected, counts.unknown_shown


def with_ours(place: int, **fields: object) -> Evidence:
    ours = list(CLEAN.ours)
    ours[place] = replace(ours[place], **fields)  # type: ignore[arg-type]  # by name
    return replace(CLEAN, ours=tuple(ours))


def test_what_went_well_breaks_nothing() -> None:
    counts = count(CLEAN, ANSWERS)
    assert (counts.sent, counts.accepted, counts.kept, counts.details) == (2, 2, True, {})
    assert counts.states == {"read": 1, "sent": 1}
    assert found(CLEAN) == {}


@pytest.mark.parametrize(
    "planted",
    [
        replace(CLEAN, ledger=CLEAN.ledger[:1]),  # accepted, stored, decided, and nothing was ever said
        replace(CLEAN, rows={"wamid.0": 1}),  # answered 2xx, and no row
        replace(CLEAN, rows={"wamid.0": 1, "wamid.1": 2}),  # two rows
        replace(CLEAN, answered_in_person=("key-of-a-person",)),  # a vendor's answer that vanished
    ],
)
def test_a_loss_is_found(planted: Evidence) -> None:
    assert found(planted) == {"lost": 1}
    assert not count(planted, ANSWERS).kept


def test_what_was_never_accepted_is_not_lost() -> None:
    asked = (CLEAN.asked[0], replace(CLEAN.asked[1], accepted_at=None))
    one = replace(CLEAN, asked=asked, ledger=CLEAN.ledger[:1], rows={"wamid.0": 1})
    assert found(one) == {}
    assert (count(one, ANSWERS).sent, count(one, ANSWERS).accepted) == (2, 1)


def test_a_tag_is_not_found_in_a_longer_one() -> None:
    longer = replace(CLEAN.ledger[1], text="Yes, we have it: q-F00-0-12.")
    assert found(replace(CLEAN, ledger=(CLEAN.ledger[0], longer))) == {"lost": 1}


def test_a_key_that_is_accepted_twice_is_found() -> None:
    again = replace(CLEAN.ledger[0], order=3)
    assert found(replace(CLEAN, ledger=(*CLEAN.ledger, again)))["duplicated"] == 1


def test_a_question_that_two_messages_answer_is_found() -> None:
    more = replace(CLEAN, ledger=(*CLEAN.ledger, Taken(3, "key-3", LINE, TAGS[0], 103.0)))
    assert found(more) == {"duplicated": 1}


def test_messages_accepted_in_another_order_are_found() -> None:
    first, second = CLEAN.ledger
    swapped = (replace(first, order=2), replace(second, order=1))
    assert found(replace(CLEAN, ledger=swapped)) == {"out_of_order": 1}


def test_two_conversations_have_no_order_between_them() -> None:
    first, second = CLEAN.ledger
    other = replace(second, order=0, conversation="1001/447700900002")
    assert found(replace(CLEAN, ledger=(first, other))) == {}


def test_an_unrevealed_send_that_is_shown_is_no_loss() -> None:
    hidden = replace(with_ours(1, state="unconfirmed"), ledger=CLEAN.ledger[:1], revealed=frozenset({"key-1"}))
    assert (found(hidden), unknowns(hidden), count(hidden, ANSWERS).kept) == ({}, (1, 1), True)


@pytest.mark.parametrize("state", ["unknown", "sending", "pending", "sent"])
def test_an_unrevealed_send_that_is_shown_as_something_else_is_found(state: str) -> None:
    hidden = replace(with_ours(1, state=state), revealed=frozenset({"key-1"}))
    assert (unknowns(hidden), count(hidden, ANSWERS).kept) == ((1, 0), False)


def test_a_revealed_send_that_is_shown_as_unconfirmed_is_found() -> None:
    shown = with_ours(1, state="unconfirmed")
    assert (unknowns(shown), count(shown, ANSWERS).kept) == ((0, 1), False)


def test_as_many_shown_as_injected_are_not_enough_when_they_are_others() -> None:
    mixed = replace(with_ours(1, state="unconfirmed"), revealed=frozenset({"key-2"}))
    counts = count(mixed, ANSWERS)
    assert (counts.unknown_injected, counts.unknown_shown, counts.kept) == (1, 1, False)


@pytest.mark.parametrize(("state", "unknown"), [("unconfirmed", (1, 1)), ("sent", (0, 0))])
def test_an_answer_that_may_have_died_with_its_reader_counts_as_it_is_shown(
    state: str, unknown: tuple[int, int]
) -> None:
    hidden = replace(with_ours(1, state=state), revealed=frozenset({"key-1"}), perhaps=frozenset({"key-2"}))
    assert (unknowns(hidden), count(hidden, ANSWERS).kept) == (unknown, True)


def test_a_message_that_never_began_to_be_sent_is_not_unknown() -> None:
    waiting = replace(with_ours(1, state="cancelled", attempts=0), revealed=frozenset({"key-1"}))
    assert unknowns(waiting) == (0, 0)


@pytest.mark.parametrize(
    ("what", "author", "after"), [("taken", "bot", 1), ("taken", "person", 0), ("given", "bot", 0)]
)
def test_the_bot_after_a_takeover_is_found_and_a_person_is_not(what: str, author: str, after: int) -> None:
    switches = (Switch("1001/7", what, "", 20.0), Switch("1001/7", "sending", author, 20.000001))
    assert found(replace(CLEAN, switches=(*CLEAN.switches, *switches))).get("ai_after_takeover", 0) == after


def test_the_bot_may_speak_again_when_it_has_the_conversation_back() -> None:
    switches = (
        Switch("1001/7", "taken", "", 20.0),
        Switch("1001/7", "given", "", 30.0),
        Switch("1001/7", "sending", "bot", 31.0),
    )
    assert found(replace(CLEAN, switches=switches)) == {}


def test_a_takeover_of_one_conversation_silences_no_other() -> None:
    switches = (Switch("1001/7", "taken", "", 20.0), Switch("1002/7", "sending", "bot", 21.0))
    assert found(replace(CLEAN, switches=switches)) == {}


def test_in_a_conversation_that_people_have_a_turn_that_says_so_is_enough() -> None:
    silent = replace(CLEAN, ledger=CLEAN.ledger[:1], turns={"wamid.0": ("answered",), "wamid.1": ("person_talking",)})
    assert found(silent) == {}


def test_an_answer_cancelled_by_a_takeover_is_no_loss_and_one_cancelled_without_is() -> None:
    cancelled = replace(with_ours(1, state="cancelled", attempts=0), ledger=CLEAN.ledger[:1])
    taken = replace(cancelled, switches=(Switch("1001/7", "taken", "", 20.0),))
    assert (found(taken), found(cancelled)) == ({}, {"lost": 1})


def test_an_outcome_counts_only_where_the_fault_expects_it() -> None:
    failed = replace(CLEAN, ledger=CLEAN.ledger[:1], turns={"wamid.0": ("answered",), "wamid.1": ("model_failed",)})
    assert (found(failed), found(failed, Expected(("model_failed",)))) == ({"lost": 1}, {})
