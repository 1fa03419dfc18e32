"""Gives faults the installations they need: one with times shortened and limits raised, one as it is shipped."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.chaos import furnishing
from sandbox.chaos.installation import installation
from sandbox.chaos.running import Say, run
from sandbox.chaos.table import FAULTS, Fault

#: Ageing times are shortened as much as they may be; see apps/work/ages.py.
SPEED = 10


@dataclass(frozen=True)
class Way:
    """How an installation differs from one that is shipped. Times in seconds, rates a minute."""

    speed: int = 1
    model_calls: int = 20
    patience: furnishing.Patience = furnishing.SHIPPED

    def environment(self) -> dict[str, str]:
        """For its processes."""
        return {
            "DJANGO_SETTINGS_MODULE": "sandbox.chaos.build.settings",
            "AGEING_SPEED": str(self.speed),
            "MODEL_CALLS_PER_MINUTE": str(self.model_calls),
            "OPENAI_API_KEY": "chaos",
            "LOG_LEVEL": "WARNING",
        }


SHORTENED = Way(SPEED, model_calls=6_000, patience=furnishing.SHORTENED)
SHIPPED = Way()


def play(
    ids: Sequence[str], *, seed: int, part: Callable[[Fault], float], logs: Path | None, say: Say
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The rows of the faults by id, and the limits in force by installation. Raises Failed."""
    rows: dict[str, dict[str, Any]] = {}
    limits: dict[str, Any] = {}
    for name, way in (("shortened", SHORTENED), ("as_shipped", SHIPPED)):
        mine = [id for id in ids if FAULTS[id].as_shipped == (way is SHIPPED)]
        if mine:
            played, limits[name] = play_on(way, mine, seed, part, logs and logs / name, say)
            rows |= played
    return {id: rows[id] for id in ids}, limits


def play_on(
    way: Way, ids: Sequence[str], seed: int, part: Callable[[Fault], float], logs: Path | None, say: Say
) -> tuple[Mapping[str, dict[str, Any]], dict[str, Any]]:
    """The same on one installation."""
    with installation(way.environment()) as site:
        numbers = -(-sum(FAULTS[id].lines for id in ids) // furnishing.WORKSPACES)
        lines = furnishing.furnish(site, numbers, way.patience)
        limits = {**site.manage("show_limits"), **way.patience.limits(), "ageing_speed": way.speed}
        say(f"the installation is up, ageing {way.speed} times as fast as shipped")
        try:
            return run(site, lines, ids, seed=seed, part=part, say=say), limits
        finally:
            if logs is not None:
                shutil.copytree(site.supervisor.logs, logs, dirs_exist_ok=True)
