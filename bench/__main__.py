"""The command behind `bin/bench`: one subcommand per measurement, its result on standard output."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from bench import burst, flood, grounding, intake, live, turns, waiting, workspaces
from sandbox.children import Failed
from sandbox.signals import STOPPING, stop_signals_raise

Measure = Callable[[], tuple[dict[str, Any], bool]]

#: name -> (what it says of itself, what runs it and returns the figures and whether they are sound)
MEASUREMENTS: Mapping[str, tuple[str, Measure]] = {
    "intake": ("webhooks accepted per second, beside a bare app with one INSERT", intake.measure),
    "burst": ("10,000 webhooks in ten seconds, and how soon they are worked off", burst.measure),
    "flood": ("10,000 messages to one business, and whether another's customers notice", flood.measure),
    "turns": ("whole turns per second, and what the path adds to the model's time", turns.measure),
    "workspaces": ("one workspace beside 200: the relay's idle look, and turns per second", workspaces.measure),
    "waiting": ("200 conversations that wait a minute for the model", waiting.measure),
    "grounding": (
        "200 replies with planted wrong values: how many leave, and how many right ones do not",
        grounding.measure,
    ),
    "live": ("1,000 open panels and 50 events per second", live.measure),
}
#: The same while the workers draw off a backlog.
BUSY: Mapping[str, Measure] = {"intake": partial(intake.measure, busy=True)}
#: What it makes comes from a seed.
SEEDED: Mapping[str, Callable[[int], tuple[dict[str, Any], bool]]] = {"grounding": grounding.measure}


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the command line."""

    def error(self, message: str) -> NoReturn:
        """Exits with 2, as argparse does, but without the usage in front."""
        self.exit(2, f"bin/bench: {message}. Use: bin/bench {{{','.join(MEASUREMENTS)}}} [--json]\n")


def main(arguments: list[str]) -> int:
    """Runs one measurement; 0 when its figures are sound, however fast or slow."""
    parser = Parser(prog="bin/bench", description="Measures a throw-away installation on this machine.")
    several = parser.add_subparsers(dest="measurement", metavar="measurement", required=True)
    for name, (about, _) in MEASUREMENTS.items():
        one = several.add_parser(name, help=about, description=about)
        one.add_argument("--json", action="store_true", help="print one JSON object")
        if name in BUSY:
            one.add_argument("--busy", action="store_true", help="while the workers draw off a backlog")
        if name in SEEDED:
            one.add_argument("--seed", type=int, default=grounding.SEED, help="of what is made up; the same, the same")
    options = parser.parse_args(arguments)
    stop_signals_raise(*STOPPING)
    try:
        figures, sound = chosen(options)()
    except Failed as why:
        print(f"bin/bench: {why}", file=sys.stderr)
        return 1
    show(figures, as_json=options.json)
    return 0 if sound else 1


def chosen(options: argparse.Namespace) -> Measure:
    """What runs the measurement as it was asked for."""
    name = options.measurement
    if name in SEEDED:
        return partial(SEEDED[name], options.seed)
    return BUSY[name] if getattr(options, "busy", False) else MEASUREMENTS[name][1]


def show(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """One JSON line, or a line for each figure."""
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        shown = "  ".join(map(str, value)) if isinstance(value, list) else value
        print(f"{name:16} {shown}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
