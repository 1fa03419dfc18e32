"""A run is right only when all of it came true; the same seed plays the same story."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox.smoke.cast import cast
from sandbox.smoke.findings import Findings

RIGHT = Findings(
    seed=1,
    signed_in_by="google",
    workspace_ready_s=1.6,
    first_reply_s=3.6,
    reply_from_knowledge=True,
    honest_when_unknown=True,
    lead={"name": "Greta"},
    lead_right=True,
    panel_updated_live=True,
    handoff_opened=True,
    silent_after_handoff=True,
    person_answered=True,
    web_chat_reply=True,
    duplicates_sent=0,
    states_seen=["pending", "sending", "sent", "delivered", "read"],
)
WRONG: list[tuple[str, Any]] = [
    ("signed_in_by", "code"),
    ("workspace_ready_s", -1.0),
    ("first_reply_s", 15.1),
    ("first_reply_s", -1.0),
    ("reply_from_knowledge", False),
    ("honest_when_unknown", False),
    ("lead_right", False),
    ("panel_updated_live", False),
    ("handoff_opened", False),
    ("silent_after_handoff", False),
    ("person_answered", False),
    ("web_chat_reply", False),
    ("duplicates_sent", 1),
    ("duplicates_sent", -1),
    ("states_seen", ["sent", "delivered"]),
]


def test_all_of_it_is_right() -> None:
    assert RIGHT.right


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_one_thing_that_did_not_come_true_is_enough(name: str, value: Any) -> None:
    assert not replace(RIGHT, **{name: value}).right


def test_nothing_is_right_before_it_was_seen() -> None:
    assert not Findings(seed=1).right


def test_the_same_seed_plays_the_same_story() -> None:
    assert cast(7) == cast(7)
    assert cast(7) != cast(8)


@pytest.mark.parametrize("seed", range(40))
def test_the_right_answer_stands_in_the_knowledge_and_not_in_the_question(seed: int) -> None:
    people = cast(seed)
    assert people.fact in people.knowledge
    assert people.fact not in people.question
