"""Gives faults the installations they need: one with times shortened and limits raised, one as it is shipped."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.chaos import furnishing
from sandbox.chaos.installation import Installation, installation
from sandbox.chaos.running import Play, Say, begin, look_after
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
    """The rows of the faults by id, and the limits in force by installation. Raises Failed.

    Where nothing is shortened things grow old for ten minutes. They do so beside the faults of the other one.
    """
    plays: dict[str, Play] = {}
    limits: dict[str, Any] = {}
    with contextlib.ExitStack() as up:
        for name, way in (("as_shipped", SHIPPED), ("shortened", SHORTENED)):
            mine = [id for id in ids if FAULTS[id].as_shipped == (way is SHIPPED)]
            if mine:
                site = up.enter_context(kept(way, logs and logs / name))
                numbers = -(-sum(FAULTS[id].lines for id in mine) // furnishing.WORKSPACES)
                lines = furnishing.furnish(site, numbers, way.patience)
                limits[name] = {**site.manage("show_limits"), **way.patience.limits(), "ageing_speed": way.speed}
                say(f"the installation is up, ageing {way.speed} times as fast as shipped")
                plays[name] = begun = begin(site, lines, mine, seed=seed, part=part, say=say)
                look_after([*plays.values()], lambda begun=begun: begun.only_ages)  # type: ignore[misc]  # bound now
        look_after([*plays.values()], lambda: all(one.over for one in plays.values()))
    rows = {id: row for one in plays.values() for id, row in one.rows.items()}
    return {id: rows[id] for id in ids}, limits


@contextlib.contextmanager
def kept(way: Way, logs: Path | None) -> Iterator[Installation]:
    """An installation whose logs are kept, where somebody wants them."""
    with installation(way.environment()) as site:
        try:
            yield site
        finally:
            if logs is not None:
                shutil.copytree(site.supervisor.logs, logs, dirs_exist_ok=True)
