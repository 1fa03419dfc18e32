"""Whether the parts of an installation work: checks with a sentence each, bounded in time, and what follows of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

#: No part may keep whoever asks longer than this, in seconds.
PATIENCE = 2.0

T = TypeVar("T")


@dataclass(frozen=True)
class Check:
    """What was found of one part. Without a `necessary` one the installation cannot do what it is for."""

    name: str
    ok: bool
    sentence: str
    necessary: bool = False


async def within_patience(question: "asyncio.Task[T]", seconds: float = PATIENCE) -> T | None:
    """The answer, or None when it failed or did not come in time.

    A late one is cancelled and not waited for: a driver whose server hangs takes its time to give up.
    """
    done, _late = await asyncio.wait({question}, timeout=seconds)
    if not done:
        question.cancel()
        question.add_done_callback(_hear_out)
        return None
    return None if question.cancelled() or question.exception() is not None else question.result()


def _hear_out(question: "asyncio.Task[Any]") -> None:
    """Takes the error of a question that nobody waits for, so that it is not complained about."""
    if not question.cancelled():
        question.exception()


def verdict(checks: Sequence[Check]) -> str:
    """`ok`, `degraded` when something is wrong, `failing` when it is something necessary."""
    wrong = [check for check in checks if not check.ok]
    if any(check.necessary for check in wrong):
        return "failing"
    return "degraded" if wrong else "ok"


def as_json(checks: Sequence[Check], *, details: bool) -> dict[str, Any]:
    """What is told of it; the parts only with `details`."""
    told: dict[str, Any] = {"status": verdict(checks)}
    if details:
        told["checks"] = [asdict(check) for check in checks]
    return told
