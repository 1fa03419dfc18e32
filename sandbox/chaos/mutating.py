"""Removes one safeguard at a time in a copy of the tree and runs the tests that must notice.

First the tests run on the copy as it is: a test that is red anyway would prove nothing.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.chaos.mutations import MUTATIONS, Mutation, patched
from sandbox.children import Failed
from sandbox.environment import for_processes
from sandbox.memory import CHECKOUT, HOST, LOCAL
from sandbox.services import Services, throwaway

LEFT_OUT = (".git", ".local", ".venv", ".env", "node_modules", "__pycache__", ".*_cache")
#: What pytest exits with when tests ran and some failed; anything else is no proof.
PASSED, FAILED = 0, 1
RED, GREEN = "red", "green"


def mutate(names: Sequence[str], say: Callable[[str], None]) -> tuple[dict[str, str], dict[str, Any]]:
    """What became of each mutation, by name, and its tests. Raises Failed when the tests do not pass without one."""
    chosen = [one for one in MUTATIONS if not names or one.name in names]
    with throwaway(LOCAL / "mutations", environment={}) as services:
        tree = services.directory / "tree"
        shutil.copytree(CHECKOUT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
        texts = {one.name: patched(one, tree) for one in chosen}  # before any of them costs time
        began = time.monotonic()
        tests = sorted({test for one in chosen for test in one.tests})
        code, said = run(tree, services, tests, "--create-db")
        if code != PASSED:
            raise Failed(f"without any mutation the tests do not pass:\n{said}")
        say(f"all {len(tests)} are green without a mutation, after {time.monotonic() - began:.0f} s")
        # Those that change the tables come last, since each needs a database of its own.
        results = {}
        for one in sorted(chosen, key=lambda one: one.tables):
            results[one.name] = result_of(tree, services, one, texts[one.name])
            say(f"{one.name}: {results[one.name]}")
    return results, {one.name: list(one.tests) for one in chosen}


def result_of(tree: Path, services: Services, mutation: Mutation, text: str) -> str:
    """red: the tests noticed. green: they did not. Else why nothing can be said."""
    file = tree / mutation.file
    whole = file.read_text()
    file.write_text(text)
    try:
        code, said = run(tree, services, mutation.tests, "--create-db" if mutation.tables else "--reuse-db")
    finally:
        file.write_text(whole)
    return {PASSED: GREEN, FAILED: RED}.get(code, f"pytest ended with {code}: {said[-300:]}")


def run(tree: Path, services: Services, tests: Sequence[str], database: str) -> tuple[int, str]:
    """pytest's exit code, and the end of what it said."""
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--reuse-db", database, *tests]
    done = subprocess.run(  # noqa: S603  # our own command line
        argv, cwd=tree, env=environment(services), capture_output=True, text=True
    )
    return done.returncode, (done.stdout + done.stderr)[-3_000:]


def environment(services: Services) -> Mapping[str, str]:
    """As of `bin/test`: nothing set but where the services are."""
    return {
        **for_processes(services, base_url=f"http://{HOST}:8000", world_url=f"http://{HOST}:9"),
        # No bytecode of a file that will be another one in a second.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
