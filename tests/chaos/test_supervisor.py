"""The supervisor of a run: what dies comes back, with nothing left of what it was; what is stopped stays away."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.chaos.supervisor import Supervisor
from sandbox.processes import shell
from tests.clocks import PATIENCE
from tests.sandbox.living import gone_within

# A process with a child of its own, both of which it names in its log.
FAMILY = shell("sh -c 'sleep 300 & echo $$ $!; wait'")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor({"PATH": os.environ["PATH"]}, tmp_path)
    yield made
    made.stop()


def until(supervisor: Supervisor, happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    supervisor.run(lambda: bool(happened()) or time.monotonic() > deadline)
    assert happened()


def family(supervisor: Supervisor) -> list[list[int]]:
    """Leader and child of every incarnation so far."""
    return [[int(word) for word in line.split()] for line in supervisor.log("family").read_text().splitlines()]


def test_what_is_killed_comes_back_and_its_children_go(supervisor: Supervisor) -> None:
    supervisor.keep("family", FAMILY)
    until(supervisor, lambda: family(supervisor))
    os.kill(family(supervisor)[0][0], signal.SIGKILL)  # the leader alone: its child is an orphan now
    until(supervisor, lambda: len(family(supervisor)) == 2)
    assert gone_within(PATIENCE, *family(supervisor)[0])
    assert supervisor.starts["family"] == 2
    assert supervisor.pid("family") == family(supervisor)[1][0]


def test_a_killed_tree_is_gone_whole(supervisor: Supervisor) -> None:
    supervisor.keep("family", FAMILY)
    until(supervisor, lambda: family(supervisor))
    assert set(supervisor.pids(["family"])) == set(family(supervisor)[0])
    assert supervisor.kill("family")
    assert gone_within(PATIENCE, family(supervisor)[0][1])


def test_what_is_stopped_stays_away_until_it_is_started(supervisor: Supervisor) -> None:
    supervisor.keep("family", FAMILY)
    until(supervisor, lambda: family(supervisor))
    supervisor.stop_one("family")
    began = time.monotonic()
    supervisor.run(lambda: time.monotonic() - began > 1.0)
    assert (supervisor.pid("family"), supervisor.starts["family"]) == (None, 1)
    supervisor.start_one("family")
    until(supervisor, lambda: len(family(supervisor)) == 2)


def test_a_replaced_one_ends_beside_its_successor(supervisor: Supervisor) -> None:
    supervisor.keep("family", FAMILY)
    until(supervisor, lambda: family(supervisor))
    supervisor.replace("family")
    until(supervisor, lambda: len(family(supervisor)) == 2)
    assert gone_within(PATIENCE, family(supervisor)[0][0])
    assert supervisor.pid("family") == family(supervisor)[1][0]


def test_other_threads_have_the_main_one_do_it_and_hear_what_came_of_it(supervisor: Supervisor) -> None:
    heard: list[object] = []

    def ask() -> None:
        heard.append(supervisor.ask(lambda: threading.current_thread() is threading.main_thread()))
        try:
            supervisor.ask(lambda: 1 // 0)
        except ZeroDivisionError as error:
            heard.append(type(error))

    asking = threading.Thread(target=ask)
    asking.start()
    until(supervisor, lambda: not asking.is_alive())
    assert heard == [True, ZeroDivisionError]
