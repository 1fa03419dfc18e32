"""The command behind `bin/bench`: one subcommand per measurement, its result on standard output."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from bench import intake
from sandbox.children import Failed
from sandbox.signals import STOPPING, stop_signals_raise

#: name -> (what it says of itself, what runs it and returns the figures and whether they are sound)
MEASUREMENTS: Mapping[str, tuple[str, Callable[[], tuple[dict[str, Any], bool]]]] = {
    "intake": ("webhooks accepted per second, beside a bare app with one INSERT", intake.measure),
}


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
    options = parser.parse_args(arguments)
    stop_signals_raise(*STOPPING)
    try:
        figures, sound = MEASUREMENTS[options.measurement][1]()
    except Failed as why:
        print(f"bin/bench: {why}", file=sys.stderr)
        return 1
    show(figures, as_json=options.json)
    return 0 if sound else 1


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
