"""What a crash of Postgres meets under way, and when it is over for the next fault."""

from types import SimpleNamespace

import pytest

from sandbox.chaos.customers import Load
from sandbox.chaos.faults import postgres
from sandbox.chaos.furnishing import Line
from sandbox.chaos.scene import Scene
from sandbox.chaos.table import FAULTS
from sandbox.world.records import Number, Tried

CRASHED_AT = 1_000.0
#: A pool that was refused asks again after 1, 2, 4 … s; who wants a connection of it waits so long at most.
POOL_ASKS_AT, POOL_WAITS = (0.0, 1.0, 3.0, 7.0, 15.0), 10.0


def scene_of(*sends: Tried) -> Scene:
    number = Number("100", "+442079460000", "1100", "token", "secret", "http://127.0.0.1:9/")
    line = Line("acme", "acme", "owner@example.com", "token", 1, number)
    world = SimpleNamespace(tried=lambda number: [one for one in sends if one.number == number])
    scene = Scene("F08", SimpleNamespace(world=world), (line,), FAULTS["F08"].size, 1)  # type: ignore[arg-type]  # what it uses
    scene.load = Load((), (), (), (line,))
    return scene


def send(answered_at: float) -> Tried:
    return Tried(1, "100", "447700000000", "key", "slow_after", True, answered_at - postgres.LATE_S)


@pytest.mark.parametrize(
    ("after", "counts"), [(-0.1, 0), (0.1, 1), (postgres.AWAY_S - 0.1, 1), (postgres.AWAY_S + 0.1, 0)]
)
def test_a_send_counts_that_was_answered_while_there_was_no_database(after: float, counts: int) -> None:
    assert postgres.answered(scene_of(send(CRASHED_AT + after)), "100", CRASHED_AT) == counts


def test_postgres_is_away_for_so_long_that_hands_with_an_answer_wait_in_vain() -> None:
    back = min(at for at in POOL_ASKS_AT if at > postgres.AWAY_S)
    assert back > POOL_WAITS + postgres.LATE_S


def test_a_fault_is_over_for_its_successors_once() -> None:
    scene = scene_of()
    scene.release()
    first = scene.facts["released_s"]
    scene.began_at -= 10.0
    scene.release()
    assert scene.released.is_set()
    assert scene.facts["released_s"] == first
