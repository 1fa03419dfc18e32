"""Crash points do nothing in the product; in the test build each wanted death happens once, to whom it was meant."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from apps.core import crashes
from sandbox.chaos.build import striking
from sandbox.memory import CHECKOUT

PASSING = """
import sys
from pathlib import Path
from apps.core import crashes
from sandbox.chaos.build.striking import strike_from
crashes.arm(strike_from(Path(sys.argv[1])))
for subject in sys.argv[2:]:
    crashes.point("a-point", subject)
print("passed")
"""


def passing(directory: Path, *subjects: str) -> subprocess.CompletedProcess[str]:
    """A process of the test build that passes the point with each of the subjects."""
    argv = [sys.executable, "-c", PASSING, str(directory), *subjects]
    return subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, env={"PYTHONPATH": str(CHECKOUT)})


def test_a_point_does_nothing_until_it_is_armed() -> None:
    seen: list[tuple[str, str]] = []
    crashes.point("a-point", "before")
    crashes.arm(lambda name, subject: seen.append((name, subject)))
    try:
        crashes.point("a-point", 7, "x")
    finally:
        crashes.arm(None)
    crashes.point("a-point", "after")
    assert seen == [("a-point", "7 x")]


def test_nothing_in_the_product_arms_them() -> None:
    arming = [file for file in (CHECKOUT / "apps").rglob("*.py") if re.search(r"crashes\.arm\(", file.read_text())]
    assert arming == []


def test_a_wanted_death_is_a_kill_and_is_used_up(tmp_path: Path) -> None:
    striking.order(tmp_path, "a-point", 1)
    assert passing(tmp_path, "work").returncode == -signal.SIGKILL
    assert passing(tmp_path, "work").stdout == "passed\n"
    assert [(crash.point, crash.subject) for crash in striking.crashes(tmp_path)] == [("a-point", "work")]


def test_it_waits_for_whom_it_is_meant(tmp_path: Path) -> None:
    striking.order(tmp_path, "a-point", 1, "1002")
    assert passing(tmp_path, "1001 key").returncode == 0
    assert passing(tmp_path, "1001 key", "1002 key").returncode == -signal.SIGKILL
    assert [crash.subject for crash in striking.crashes(tmp_path)] == ["1002 key"]


def test_poison_kills_as_often_as_it_is_passed(tmp_path: Path) -> None:
    striking.order(tmp_path, "a-point", 0, "poison")
    assert [passing(tmp_path, "poison").returncode for _ in range(3)] == [-signal.SIGKILL] * 3
    assert len(striking.crashes(tmp_path)) == 3


def test_two_processes_never_use_the_same_one(tmp_path: Path) -> None:
    striking.order(tmp_path, "a-point", 3)
    argv = [sys.executable, "-c", PASSING, str(tmp_path), *["work"] * 50]
    running = [
        subprocess.Popen(argv, cwd=CHECKOUT, env={"PYTHONPATH": str(CHECKOUT)}, stdout=subprocess.DEVNULL)
        for _ in range(6)
    ]
    assert sorted(process.wait() for process in running) == [-signal.SIGKILL] * 3 + [0] * 3
    assert len(striking.crashes(tmp_path)) == 3


def test_what_is_withdrawn_kills_nobody(tmp_path: Path) -> None:
    striking.order(tmp_path, "a-point", 2)
    assert striking.cancel(tmp_path, "a-point") == 2
    assert passing(tmp_path, "work").returncode == 0


@pytest.mark.parametrize(
    "point",
    sorted(
        set(
            re.findall(
                r'"((?:send|turn|intake|item)\.[a-z-]+)"', (CHECKOUT / "sandbox/chaos/faults/crashes.py").read_text()
            )
        )
    ),
)
def test_every_point_that_a_fault_wants_is_in_the_product(point: str) -> None:
    sources = "".join(file.read_text() for file in (CHECKOUT / "apps").rglob("*.py"))
    assert sources.count(f'crashes.point("{point}"') == 1


def test_the_test_build_refuses_production(tmp_path: Path) -> None:
    settings = {"DEBUG": "false", "PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "SECRET_KEY": "s" * 50}
    settings |= {"FIELD_ENCRYPTION_KEYS": "k", "BASE_URL": "https://a.example", "ALLOWED_HOSTS": "a.example"}
    argv = [sys.executable, "-c", "import sandbox.chaos.build.settings"]
    said = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, env=settings)
    assert "runs with DEBUG=true alone" in said.stderr
