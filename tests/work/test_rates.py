"""Rates: a limit holds across connections and processes, its window slides, and the wait that is told is true."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection

from apps.work import rates
from apps.work.chores import forget
from apps.work.models import Rate, Shared
from apps.work.rates import Limit, Uncounted, take
from tests.clocks import PATIENCE
from tests.work.clock import pass_time

pytestmark = pytest.mark.django_db
FIVE = Limit("test.five", 5, 60)


def granted(limit: Limit, who: str = "vera", *, times: int = 1) -> list[bool]:
    return [take((limit, who)) is None for _ in range(times)]


def test_one_more_than_the_limit_is_refused() -> None:
    assert granted(FIVE, times=7) == [True] * 5 + [False] * 2


def test_a_refusal_is_not_counted_and_names_the_limit() -> None:
    granted(FIVE, times=50)
    refused = take((FIVE, "vera"))
    assert refused is not None and refused.limit == FIVE
    assert 60 <= refused.wait <= 73
    assert Rate.objects.get().count == 5


def test_who_and_limit_have_counts_of_their_own() -> None:
    granted(FIVE, times=5)
    assert granted(FIVE, "adam") == granted(Limit("test.other", 5, 60)) == [True]
    assert Rate.objects.count() == 3


@pytest.mark.parametrize(("passed", "free"), [(59, 0), (61, 0), (73, 1), (90, 2), (116, 4), (121, 5), (500, 5)])
def test_the_window_slides(passed: float, free: int) -> None:
    """Right after a window's end most of what was asked in it still counts: no double burst at the border."""
    granted(FIVE, times=5)
    pass_time(passed)
    assert sum(granted(FIVE, times=8)) == free


@pytest.mark.parametrize("passed", [0, 10, 59, 65, 80, 100])
def test_after_the_wait_that_was_told_one_is_granted_and_not_before(passed: float) -> None:
    granted(FIVE, times=5)
    pass_time(passed)
    while (refused := take((FIVE, "vera"))) is None:
        pass
    pass_time(refused.wait - 5)
    assert granted(FIVE) == [False]
    pass_time(5)
    assert granted(FIVE) == [True]


def test_the_longer_of_two_refusals_is_told() -> None:
    hour = Limit("test.hour", 5, 3600)
    for _ in range(5):
        assert take((FIVE, "vera"), (hour, "vera")) is None
    refused = take((FIVE, "vera"), (hour, "vera"))
    assert refused is not None and refused.limit == hour and refused.wait > 3500


def test_two_limits_cost_one_statement(django_assert_num_queries: Any) -> None:
    take((FIVE, "vera"))  # the connection's search path is set now
    with django_assert_num_queries(1):
        take((FIVE, "vera"), (Limit("test.hour", 5, 3600), "vera"))


def test_a_changed_limit_holds_from_the_next_request_on() -> None:
    granted(FIVE, times=5)
    assert granted(Limit("test.five", 6, 60), times=2) == [True, False]


def test_the_table_says_of_nobody_who_asked() -> None:
    take((FIVE, "203.0.113.7"))
    cache.set("allauth:ip:203.0.113.7", [1.5], 60)
    assert "203.0.113" not in f"{Rate.objects.values()} {Shared.objects.values()}"


def test_what_cannot_be_counted_is_said(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class Away:
        def cursor(self) -> None:
            raise OperationalError("203.0.113.7")

    monkeypatch.setattr(rates, "connection", Away())
    with pytest.raises(Uncounted):
        take((FIVE, "203.0.113.7"))
    assert "could not be counted: OperationalError" in caplog.text and "203.0.113" not in caplog.text


def test_what_is_over_is_forgotten() -> None:
    take((FIVE, "vera"))
    cache.set("kept", 1, 60)
    cache.set("over", 1, 0)
    pass_time(500)
    Rate.objects.update(ends_at="2026-01-01T00:00:00Z")
    forget()
    assert (Rate.objects.count(), Shared.objects.count(), cache.get("kept")) == (0, 1, 1)


def test_the_tables_are_not_written_to_the_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relpersistence FROM pg_class WHERE relname IN ('work_rate', 'work_shared') ORDER BY 1"
        )
        assert cursor.fetchall() == [("work_rate", "u"), ("work_shared", "u")]


# --- what several connections and processes do at once -------------------------------------------------------------


A, B = Limit("test.a", 10_000, 60), Limit("test.b", 10_000, 60)


@pytest.fixture
def who() -> Iterator[str]:
    """Somebody whose counts are committed, and removed afterwards."""
    name = uuid.uuid4().hex
    yield name
    together(partial(_remove, [rates._digest(limit, name) for limit in (FIVE, A, B)]))


def _remove(digests: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.work_rate WHERE digest = ANY(%s)", [digests])


def together(*acts: Callable[[], object]) -> list[object]:
    """What the acts come to, each in a thread and on a connection of its own, all beginning at once."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def test_of_many_connections_at_once_exactly_as_many_are_granted_as_the_limit_says(who: str) -> None:
    results = together(*[partial(granted, FIVE, who, times=3)] * 12)
    answers = [one for result in results for one in result]
    assert (len(answers), sum(answers)) == (36, 5)


ASK = """
import sys, django
django.setup()
from apps.work.rates import Limit, take
print(sum(take((Limit("test.five", 5, 60), sys.argv[1])) is None for _ in range(4)))
"""


def test_two_processes_share_a_count_without_redis(who: str) -> None:
    database = settings.DATABASES["default"]
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    env = {**os.environ, "DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:9/0", "DEBUG": "true"}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, who], env=env, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
        )
        for _ in range(2)
    ]
    assert sum(int(process.communicate(timeout=2 * PATIENCE)[0]) for process in asking) == 5


def test_two_that_count_against_the_same_limits_in_another_order_do_not_lock_each_other(who: str) -> None:
    def ask(*asked: tuple[Limit, str]) -> int:
        return sum(take(*asked) is None for _ in range(100))

    limits = [(A, who), (B, who)]
    assert together(partial(ask, *limits), partial(ask, *limits[::-1])) == [100, 100]
    assert [Rate.objects.get(digest=rates._digest(*one)).count for one in limits] == [200, 200]
