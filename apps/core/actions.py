"""Things the product can do for a conversation, by name: the assistant's tools and the steps of flows.

An action writes rows inside the turn's transaction; what it may touch is bound by the context, not by its
parameters, so that no model can point it at somebody else's data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError


@dataclass(frozen=True)
class Context:
    """The conversation an action works for; every id it may touch."""

    conversation_id: int
    contact_id: int
    bot_id: int
    turn_id: int
    message_id: int  # the customer's newest message


@dataclass(frozen=True)
class Action:
    """A named act with its parameters' schema."""

    name: str
    params: type[BaseModel]
    run: Callable[[Context, Any], None]


@dataclass(frozen=True)
class Effect:
    """An act asked for by a decision: the action's name and its parameters."""

    action: str
    params: Mapping[str, Any]


class ActionRefused(Exception):
    """No such action, or parameters that do not fit its schema."""


_actions: dict[str, Action] = {}


def register(name: str, params: type[BaseModel]) -> Callable[[Callable[[Context, Any], None]], Callable[..., None]]:
    """Registers the decorated function as the action of that name."""

    def keep(run: Callable[[Context, Any], None]) -> Callable[[Context, Any], None]:
        if name in _actions:
            raise RuntimeError(f"Two actions are called {name}.")
        _actions[name] = Action(name, params, run)
        return run

    return keep


def names() -> list[str]:
    """Every registered action, sorted."""
    return sorted(_actions)


def perform(context: Context, effect: Effect) -> None:
    """Runs the action with validated parameters. Raises ActionRefused."""
    action = _actions.get(effect.action)
    if action is None:
        raise ActionRefused(f"There is no action called {effect.action}.")
    try:
        params = action.params.model_validate(dict(effect.params))
    except ValidationError as error:
        raise ActionRefused(f"{effect.action}: {error.error_count()} parameters do not fit.") from error
    action.run(context, params)
