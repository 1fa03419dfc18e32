"""The command behind `bin/smoke`: prints what it found, as JSON or a table, and fails unless all is right."""

import argparse
import contextlib
import json
import random
import sys
import time
from dataclasses import asdict

import httpx2

from sandbox.children import Failed
from sandbox.signals import STOPPING, stop_signals_raise
from sandbox.smoke.browser import Browser
from sandbox.smoke.cast import cast
from sandbox.smoke.findings import Findings
from sandbox.smoke.owner import Owner
from sandbox.smoke.story import play, prepare, visit
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
    except (Failed, WorldError, TimeoutError, httpx2.HTTPError) as why:
        print(f"bin/smoke: {type(why).__name__}: {why}", file=sys.stderr)
    findings.seconds = round(time.monotonic() - began, 1)
    show(findings, as_json=options.json)
    return 0 if findings.right else 1


def run(seed: int, findings: Findings) -> None:
    """Starts an installation and plays the story on it."""
    with stack() as running, contextlib.ExitStack() as open_things:
        owner = Owner(Browser(running.base_url), running.world, cast(seed))
        open_things.callback(owner.browser.close)
        prepare(owner, findings)
        findings.limits = running.manage("show_limits")
        vendor = Vendor(owner.browser, owner.slug)
        open_things.callback(vendor.close)
        play(running.world, owner.cast, vendor, findings)
        visit(owner, findings)


def show(findings: Findings, *, as_json: bool) -> None:
    """One JSON line, or a line for each finding."""
    if as_json:
        print(json.dumps(asdict(findings)))
        return
    for name, value in asdict(findings).items():
        print(f"{name:22} {value}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
