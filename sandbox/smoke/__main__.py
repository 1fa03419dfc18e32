"""The command behind `bin/smoke`: prints what it found, as JSON or a table, and fails unless all is right."""

import argparse
import json
import random
import sys
import time
from dataclasses import asdict

from sandbox.children import Failed
from sandbox.signals import STOPPING, stop_signals_raise
from sandbox.smoke.cast import cast
from sandbox.smoke.story import Findings, limits, play, prepare
from sandbox.smoke.vendor import Vendor
from sandbox.stack import stack
from sandbox.world.client import WorldError


def main(arguments: list[str]) -> int:
    """Runs the story once; 0 when all of it came true."""
    parser = argparse.ArgumentParser(prog="bin/smoke", description="Plays the main job on a throw-away installation.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=None, help="who and what it is about (default: drawn)")
    options = parser.parse_args(arguments)
    stop_signals_raise(*STOPPING)
    seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311  # not a secret
    findings = Findings(seed)
    began = time.monotonic()
    try:
        run(seed, findings)
    except (Failed, WorldError, TimeoutError) as why:
        print(f"bin/smoke: {type(why).__name__}: {why}", file=sys.stderr)
    findings.seconds = round(time.monotonic() - began, 1)
    show(findings, as_json=options.json)
    return 0 if findings.right else 1


def run(seed: int, findings: Findings) -> None:
    """Starts an installation and plays the story on it."""
    people = cast(seed)
    with stack() as running:
        slug = prepare(running, people, findings)
        findings.limits = limits(running)
        vendor = Vendor(running.base_url, slug, running.mail)
        try:
            play(running, people, vendor, findings)
        finally:
            vendor.close()


def show(findings: Findings, *, as_json: bool) -> None:
    """One JSON line, or a line for each finding."""
    if as_json:
        print(json.dumps(asdict(findings)))
        return
    for name, value in asdict(findings).items():
        print(f"{name:22} {value}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
