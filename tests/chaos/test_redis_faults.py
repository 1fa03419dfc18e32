"""Whatever happens to Redis, each fault of it promises the same: webhooks are taken, at once, and answers go on."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sandbox.chaos.customers import Post
from sandbox.chaos.faults import redis
from sandbox.chaos.furnishing import Line
from sandbox.chaos.meta import Answer
from sandbox.chaos.scene import Scene
from sandbox.chaos.table import FAULTS

POST = Post(0.0, "http://127.0.0.1:9/", "secret", b"{}")
FAULTS_OF_REDIS = pytest.mark.parametrize("cause", [redis.away, redis.emptied, redis.hung])


@contextlib.contextmanager
def harmless() -> Iterator[None]:
    yield


class Played(Scene):
    """A scene on which everything has happened already: what was answered, and what is still open, is given."""

    still_open = (0, 0, 0)

    def play(self, **_: object) -> None:
        pass

    def drain(self, _: float = 0.0) -> None:
        self.facts["drain_s"] = 0.0

    def now_open(self, _: Sequence[Line] = ()) -> tuple[int, int, int]:
        return self.still_open


def played(*answers: Answer, still_open: tuple[int, int, int] = (0, 0, 0)) -> Played:
    servers = SimpleNamespace(
        stopped_redis=harmless, hung_redis=harmless, full_redis=harmless, tell_redis=lambda *_: None
    )
    site = SimpleNamespace(servers=servers, base_url="http://127.0.0.1:9")
    scene = Played("F", site, (), replace(FAULTS["F06"].size, seconds=0.0), 1)  # type: ignore[arg-type]  # what it uses
    scene.meta.answers = list(answers)
    scene.still_open = still_open
    return scene


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "GONE_S", 0.0)
    monkeypatch.setattr(redis, "look_at_web", lambda *_: None)


@FAULTS_OF_REDIS
def test_webhooks_that_are_taken_at_once_keep_it(cause: Callable[[Scene], None]) -> None:
    scene = played(*[Answer(POST, 200, 0.02, 0.0)] * 200)
    cause(scene)
    assert scene.broken == []
    assert (scene.facts["webhooks"], scene.facts["non_2xx"], scene.facts["p99_ms"]) == (200, 0, 20)


@FAULTS_OF_REDIS
@pytest.mark.parametrize("status", [0, 500, 503])
def test_one_webhook_that_is_not_taken_breaks_it(cause: Callable[[Scene], None], status: int) -> None:
    scene = played(*[Answer(POST, 200, 0.02, 0.0)] * 200, Answer(POST, status, 0.02, 0.0))
    cause(scene)
    assert scene.broken == ["1 webhooks were refused or not answered"]


@FAULTS_OF_REDIS
def test_slow_webhooks_break_it(cause: Callable[[Scene], None]) -> None:
    scene = played(*[Answer(POST, 200, 0.02, 0.0)] * 97, *[Answer(POST, 200, 1.2, 0.0)] * 3)
    cause(scene)
    assert scene.broken == ["webhooks' p99 was 1.20 s"]


@pytest.mark.parametrize("cause", [redis.away, redis.hung])
def test_answers_that_wait_for_redis_break_it(cause: Callable[[Scene], None]) -> None:
    scene = played(Answer(POST, 200, 0.02, 0.0), still_open=(2, 1, 5))
    cause(scene)
    assert scene.broken == ["2 messages unanswered, 1 unsent without Redis"]
