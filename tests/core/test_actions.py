"""Actions: only registered ones run, only with parameters of their schema, only on what the context names."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from apps.core import actions
from apps.core.actions import ActionRefused, Context, Effect, names, perform, register

CONTEXT = Context(conversation_id=1, contact_id=2, bot_id=3, turn_id=4, message_id=5)


class Book(BaseModel, extra="forbid"):
    """Parameters of an action that only these tests know."""

    day: str
    seats: int = 1


@pytest.fixture
def booked() -> Iterator[list[tuple[Context, Any]]]:
    """What the action "test.book" was run with."""
    ran: list[tuple[Context, Any]] = []
    register("test.book", Book)(lambda context, params: ran.append((context, params)))
    yield ran
    actions._actions.pop("test.book")


def test_a_registered_action_runs_with_its_context_and_checked_parameters(booked: list[tuple[Context, Any]]) -> None:
    perform(CONTEXT, Effect("test.book", {"day": "Monday", "seats": "2"}))
    assert booked == [(CONTEXT, Book(day="Monday", seats=2))]


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(ActionRefused, match="There is no action called test.unknown."):
        perform(CONTEXT, Effect("test.unknown", {}))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"seats": 2},
        {"day": 7},
        {"day": "Monday", "seats": "many"},
        {"day": "Monday", "conversation_id": 99},
        {"day": {"$ne": ""}},
    ],
    ids=["none", "missing", "wrong type", "no number", "an id of somebody else's", "an object"],
)
def test_parameters_that_do_not_fit_are_refused_and_nothing_runs(
    booked: list[tuple[Context, Any]], params: dict[str, Any]
) -> None:
    with pytest.raises(ActionRefused, match=r"^test.book: \d parameters do not fit.$"):
        perform(CONTEXT, Effect("test.book", params))
    assert booked == []


def test_the_refusal_repeats_nothing_of_what_was_given(booked: list[tuple[Context, Any]]) -> None:
    with pytest.raises(ActionRefused) as refused:
        perform(CONTEXT, Effect("test.book", {"day": "Monday", "seats": "canary-4711"}))
    assert "canary" not in str(refused.value)


def test_two_actions_of_one_name_are_a_mistake(booked: list[tuple[Context, Any]]) -> None:
    with pytest.raises(RuntimeError, match="Two actions are called test.book."):
        register("test.book", Book)(lambda context, params: None)
    assert "test.book" in names()


def test_every_action_of_the_product_forbids_parameters_it_does_not_know() -> None:
    lenient = [name for name in names() if actions._actions[name].params.model_config.get("extra") != "forbid"]
    assert lenient == []


def test_no_action_takes_an_id_as_a_parameter() -> None:
    """What an action may touch is bound by the context, so that no model can point it elsewhere."""
    pointing = [
        f"{name}.{field}"
        for name in names()
        for field in actions._actions[name].params.model_fields
        if field == "id" or field.endswith(("_id", "_pk"))
    ]
    assert pointing == []
