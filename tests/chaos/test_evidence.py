"""What the provider has told us of a send: by an answer that somebody lived to read, or by a status that we took."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.chaos.build import striking
from sandbox.chaos.evidence import told
from sandbox.world import payloads
from sandbox.world.records import Number, Person, Tried

NUMBER = Number("1001", "+442079460000", "1")
MAYA = Person("447700900001", "Maya")


@dataclass
class FakeWorld:
    tries: list[Tried] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)

    def tried(self, *, number: str) -> list[Tried]:
        return [one for one in self.tries if one.number == number]

    def deliveries(self, *, number: str) -> list[dict[str, Any]]:
        return self.webhooks


@dataclass
class FakeSupervisor:
    deaths: list[float] = field(default_factory=list)


@dataclass
class FakeSite:
    crashes: Path
    world: FakeWorld = field(default_factory=FakeWorld)
    supervisor: FakeSupervisor = field(default_factory=FakeSupervisor)

    def told(self) -> set[str]:
        return set(told(self, ["1001"])[0])  # type: ignore[arg-type]  # all that is asked of it

    def perhaps(self) -> set[str]:
        return set(told(self, ["1001"])[1])  # type: ignore[arg-type]  # all that is asked of it


@pytest.fixture
def site(tmp_path: Path) -> FakeSite:
    return FakeSite(tmp_path)


def tried(order: int, outcome: str, key: str = "key-1") -> Tried:
    return Tried(order, "1001", MAYA.phone, key, outcome, outcome == "accepted", 1.0)


def status(key: str, *, taken: bool = True, label: str = "status:sent") -> dict[str, Any]:
    body = payloads.to_bytes(payloads.status(NUMBER, MAYA, "wamid.1", "sent", opaque=key)).decode()
    return {"label": label, "done": taken, "body": body}


@pytest.mark.parametrize("outcome", ["accepted", "130429", "slow_after"])
def test_a_clear_answer_tells(site: FakeSite, outcome: str) -> None:
    site.world.tries = [tried(1, outcome)]
    assert site.told() == {"key-1"}


@pytest.mark.parametrize("outcome", ["hang_before", "hang_after", "reset_after", "5xx", "5xx_after"])
def test_silence_and_internal_errors_tell_nothing(site: FakeSite, outcome: str) -> None:
    site.world.tries = [tried(1, outcome)]
    assert site.told() == set()


def test_the_last_try_is_what_counts(site: FakeSite) -> None:
    site.world.tries = [tried(1, "hang_before"), tried(2, "accepted"), tried(3, "130429", "key-2")]
    site.world.tries += [tried(4, "hang_after", "key-2")]
    assert site.told() == {"key-1"}


def test_a_status_tells_once_we_have_taken_it(site: FakeSite) -> None:
    site.world.tries = [tried(1, "hang_after"), tried(2, "hang_after", "key-2")]
    site.world.webhooks = [status("key-1"), status("key-2", taken=False)]
    assert site.told() == {"key-1"}


def test_an_answer_that_died_with_its_reader_tells_nothing(site: FakeSite) -> None:
    striking.order(site.crashes, "send.after-call", 1)
    [warrant] = (site.crashes / "send.after-call").iterdir()
    assert striking.take(site.crashes, warrant, "1001 key-1")
    site.world.tries = [tried(1, "accepted"), tried(2, "accepted", "key-2")]
    assert site.told() == {"key-2"}
    site.world.webhooks = [status("key-1")]
    assert site.told() == {"key-1", "key-2"}


@pytest.mark.parametrize(("death", "perhaps"), [(0.9, False), (1.0, True), (3.9, True), (4.1, False)])
def test_an_answer_just_before_a_death_may_not_have_been_read(site: FakeSite, death: float, perhaps: bool) -> None:
    site.world.tries = [tried(1, "accepted")]
    site.supervisor.deaths = [death]
    assert (site.told(), site.perhaps()) == (set(), {"key-1"}) if perhaps else ({"key-1"}, set())
    site.world.webhooks = [status("key-1")]
    assert (site.told(), site.perhaps()) == ({"key-1"}, set())
