"""The command behind `bin/chaos`: runs faults, prints the counts, and fails when a promise was broken."""

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.chaos.installation import machine
from sandbox.chaos.installing import play
from sandbox.chaos.mutating import RED, mutate
from sandbox.chaos.mutations import MUTATIONS, NoLongerThere
from sandbox.chaos.table import FAULTS, SHORT
from sandbox.children import Failed
from sandbox.signals import STOPPING, stop_signals_raise
from sandbox.world.client import WorldError


def main(arguments: list[str]) -> int:
    """0 when every promise was kept, or every mutation noticed."""
    options = parse(arguments)
    stop_signals_raise(*STOPPING)
    try:
        return mutations(options) if options.mutate else faults(options)
    except (Failed, NoLongerThere, WorldError) as why:
        say(str(why))
        return 1


def parse(arguments: list[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="bin/chaos", description="Causes faults and counts what they cost.")
    parser.add_argument("names", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--short", action="store_true", help=f"{', '.join(SHORT)} with small loads")
    parser.add_argument("--all", action="store_true", help="every fault")
    parser.add_argument("--mutate", action="store_true", help="remove one safeguard at a time and see who notices")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, help="what is written and when (default: drawn)")
    parser.add_argument("--part", type=float, default=1.0, help="a part of each load, for trying things out")
    parser.add_argument("--logs", type=Path, help="a directory that gets what the processes wrote")
    options = parser.parse_args(arguments)
    known = [one.name for one in MUTATIONS] if options.mutate else list(FAULTS)
    if unknown := [name for name in options.names if name not in known]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    if not (options.names or options.short or options.all or options.mutate):
        parser.error("name faults, or say --short, --all or --mutate")
    return options


def faults(options: argparse.Namespace) -> int:
    """Runs those that are asked for."""
    began = time.monotonic()
    seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311  # not a secret
    ids: Sequence[str] = SHORT if options.short else tuple(FAULTS) if options.all else options.names
    rows, limits = play(
        ids,
        seed=seed,
        part=lambda fault: fault.short if options.short else options.part,
        logs=options.logs,
        say=say,
    )
    kept = all(row.get("kept") for row in rows.values())
    seconds = round(time.monotonic() - began, 1)
    whole = {"faults": rows, "seed": seed, "kept": kept, "limits": limits, "machine": machine(), "seconds": seconds}
    if options.json:
        print(json.dumps(whole))
    else:
        show(rows, kept=kept, seed=seed)
    return 0 if kept else 1


def mutations(options: argparse.Namespace) -> int:
    """Removes the safeguards that are asked for, or all."""
    results, tests = mutate(options.names, say)
    if options.json:
        print(json.dumps({"mutations": results, "tests": tests}))
    else:
        for name, result in results.items():
            print(f"{name:42} {result}")
    return 0 if set(results.values()) == {RED} else 1


def show(rows: Mapping[str, Mapping[str, Any]], *, kept: bool, seed: int) -> None:
    """A line for each fault."""
    for id, row in rows.items():
        figures = "  ".join(f"{name} {value}" for name, value in row.items() if type(value) in (int, float))
        print(f"{id:14} {'kept' if row.get('kept') else 'BROKEN':7} {FAULTS[id].title}\n{'':14} {figures}")
        for name, broken in row.get("details", {}).items():
            print(f"{'':14} {name}: {broken}")
    print(f"every promise was kept (seed {seed})" if kept else f"promises were BROKEN (seed {seed})")


def say(text: str) -> None:
    """A line of progress for the person who waits."""
    print(f"bin/chaos: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
