"""Every fault that was promised is there, told in the documentation, and run in the order and company it needs."""

import threading
from pathlib import Path

import pytest

from sandbox.chaos.faults import postgres
from sandbox.chaos.installing import SHIPPED, SHORTENED
from sandbox.chaos.running import TOGETHER, Run, groups
from sandbox.chaos.scene import Scene
from sandbox.chaos.table import FAULTS, SHORT
from sandbox.memory import CHECKOUT
from tests.clocks import PATIENCE

PROMISED = {f"F{number:02}" for number in (*range(1, 9), *range(10, 19), *range(20, 27), 28, 29)}
PROMISED_SHORT = {"F02", "F06", "F08", "F11", "F12", "F15", "F18"}
DOCUMENT = (CHECKOUT / "docs/chaos.md").read_text()


def runs(*ids: str) -> list[Run]:
    return [Run(id, FAULTS[id], Scene(id, None, (), FAULTS[id].size, 1)) for id in ids]  # type: ignore[arg-type]  # unused


def test_every_promised_fault_is_there() -> None:
    assert set(FAULTS) >= PROMISED
    assert set(SHORT) >= PROMISED_SHORT


@pytest.mark.parametrize("id", FAULTS)
def test_each_is_told_in_the_documentation(id: str) -> None:
    assert f"| {id} |" in DOCUMENT


@pytest.mark.parametrize("id", FAULTS)
def test_each_says_in_its_docstring_which_it_is(id: str) -> None:
    assert (FAULTS[id].cause.__doc__ or "").startswith((f"{id.partition('-')[0]}", "Everything at once"))


def test_the_storm_is_as_big_as_was_promised() -> None:
    size = FAULTS["storm"].size
    assert (size.conversations, size.messages, size.duplicates, size.most_in_post) == (300, 3_000, 0.3, 10)


def test_postgres_hangs_and_is_locked_for_as_long_as_was_promised_and_all_that_time_people_write() -> None:
    assert postgres.HUNG_S == 30.0
    size = FAULTS["F10"].size
    assert size.seconds / 8 + 2 * postgres.HUNG_S + postgres.WELL_S <= size.seconds
    assert size.messages / size.seconds >= FAULTS["F02"].size.messages / FAULTS["F02"].size.seconds


def test_a_tenth_of_a_load_is_a_tenth_and_never_nothing() -> None:
    size = FAULTS["storm"].sized(0.1)
    assert (size.conversations, size.messages) == (30, 300)
    assert FAULTS["F02"].sized(0.0001).conversations == 4


def test_neighbours_that_disturb_nobody_run_together_and_the_others_alone() -> None:
    together = [id for id, fault in FAULTS.items() if not fault.alone and not fault.as_shipped]
    found = [[one.id for one in group] for group in groups(runs("F02", *together, "F08"))]
    assert found[0] == ["F02"]
    assert found[-1] == ["F08"]
    assert [id for group in found[1:-1] for id in group] == together
    assert max(map(len, found)) == TOGETHER


def test_times_are_shortened_at_most_tenfold_and_once_not_at_all() -> None:
    assert SHORTENED.speed <= 10
    assert (SHIPPED.speed, SHIPPED.model_calls) == (1, 20)
    assert [id for id, fault in FAULTS.items() if fault.as_shipped] == ["fragments", "F12-as-shipped"]


def test_a_fault_that_cannot_be_caused_says_so_and_hides_no_other(tmp_path: Path) -> None:
    said: list[str] = []
    [one] = runs("F02")
    one.scene.say = said.append
    thread = threading.Thread(target=one.play)
    thread.start()
    thread.join(PATIENCE)
    assert one.scene.released.is_set()
    assert one.result["kept"] is False
    assert one.result["error"].startswith("AttributeError")
