"""Every fault that was promised is there, told in the documentation, and run in the order and company it needs."""

import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from sandbox.chaos.faults import postgres
from sandbox.chaos.installing import SHIPPED, SHORTENED
from sandbox.chaos.running import TOGETHER, Play, Run, conduct, may_begin
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


def test_who_has_to_be_alone_is_alone_and_of_the_others_three_are_under_way_at_most() -> None:
    [alone] = runs("F02")
    several = runs("F11", "F12", "F15", "F14")
    assert may_begin(alone, [])
    assert not may_begin(alone, several[:1])
    assert not may_begin(several[0], [alone])
    assert [may_begin(several[3], several[:count]) for count in range(4)] == [True, True, True, False]
    assert TOGETHER == 3


def test_faults_begin_in_their_order_each_as_soon_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ("F11", "F12", "F15", "F14", "F02", "F22")
    stages = {one.id: one for one in runs(*ids)}
    begun: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(Run, "play", lambda one: begun.put(one.id))
    thread = threading.Thread(target=conduct, args=(list(stages.values()), lambda _: None))
    thread.start()
    assert {begun.get(timeout=PATIENCE) for _ in range(3)} == {"F11", "F12", "F15"}
    for over, then in (("F12", "F14"), ("F11", None), ("F14", None), ("F15", "F02"), ("F02", "F22")):
        assert begun.empty()
        stages[over].scene.release()
        if then:
            assert begun.get(timeout=PATIENCE) == then
    for one in stages.values():
        one.over.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_what_only_ages_lets_the_other_installation_begin_and_is_not_over() -> None:
    thread = threading.Thread(target=(waits := threading.Event()).wait)
    thread.start()
    play = Play(None, runs("fragments", "F12-as-shipped"), thread)  # type: ignore[arg-type]  # unused
    assert not play.only_ages
    for one in play.runs:
        one.scene.release()
    assert (play.only_ages, play.over) == (True, False)
    waits.set()
    thread.join(PATIENCE)
    assert play.over


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
