"""The clocks of the tests: a wait counts whole, what the machine holds us up does not, and time only passes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import clocks
from tests.clocks import Ago, Left, Stopwatch

CHECKOUT = Path(__file__).parents[1]
#: Stops itself until somebody lets it go on.
STOPPED = """
import os, signal, time
from tests.clocks import Stopwatch
began = time.monotonic()
with Stopwatch() as watch:
    os.kill(os.getpid(), signal.SIGSTOP)
    meanwhile = watch.seconds
print(time.monotonic() - began, meanwhile, watch.seconds)
"""


def test_a_wait_counts_whole_and_a_look_that_comes_late_as_if_it_had_come_in_time() -> None:
    watch = Stopwatch()
    watch._began = watch._looked_at = 100.0
    for now in (100.01, 100.0205, 100.0345):  # as late as they always are
        watch._note(now)
    assert watch._held_up == 0.0
    watch._note(101.0345)
    watch._ended = 101.0345
    assert watch.seconds == pytest.approx(0.0445)


def test_while_the_process_is_not_let_run_the_stopwatch_stands_still() -> None:
    process = subprocess.Popen([sys.executable, "-c", STOPPED], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    time.sleep(1.0)
    os.kill(process.pid, signal.SIGCONT)
    real, meanwhile, counted = map(float, process.communicate(timeout=clocks.PATIENCE)[0].split())
    assert real >= 1.0
    assert -0.01 <= meanwhile <= counted < 0.5


@pytest.mark.parametrize(("found", "equal"), [(90.4, True), (89.6, True), (91.0, False), (80.0, False)])
def test_what_is_left_is_no_more_than_it_was(found: float, equal: bool) -> None:
    clocks.begin()
    assert (found == Left(90)) is equal


@pytest.mark.parametrize(("found", "equal"), [(90.9, True), (89.1, True), (88.0, False), (100.0, False)])
def test_what_was_long_ago_is_no_less_long_ago(found: float, equal: bool) -> None:
    clocks.begin()
    assert (found == Ago(90)) is equal


def test_what_the_test_itself_took_is_allowed_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_began", time.monotonic() - 20)
    assert Left(90) == 75 and Ago(90) == 105
    assert Left(90) != 65 and Ago(90) != 115
    assert Left(90) != 95 and Ago(90) != 85
