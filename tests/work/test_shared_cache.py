"""The shared cache: what Django promises of a cache, seen by every connection at once."""

import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from tests.clocks import PATIENCE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", [True, None, 0, "text ü", [1.5, 2.25], {"a": [1]}])
def test_what_is_kept_comes_back(value: Any) -> None:
    cache.set("key", value, 60)
    assert cache.get("key", "nothing") == value


def test_what_is_not_there_is_the_default() -> None:
    assert (cache.get("none"), cache.get("none", 7), "none" in cache) == (None, 7, False)


def test_what_is_over_is_not_there_and_may_be_added_anew() -> None:
    cache.set("key", 1, 0)
    assert cache.get("key") is None
    assert cache.add("key", 2, 60) is True
    assert cache.add("key", 3, 60) is False
    assert cache.get("key") == 2


def test_what_was_deleted_is_gone() -> None:
    cache.set("key", 1)
    assert (cache.delete("key"), cache.delete("key"), cache.get("key")) == (True, False, None)


def test_what_is_touched_stays() -> None:
    cache.set("key", 1, 60)
    assert (cache.touch("key", 0), cache.get("key"), cache.touch("key", 60)) == (True, None, False)


def test_what_has_no_end_is_kept_and_clear_forgets_all() -> None:
    cache.set("key", 1, None)
    assert cache.get("key") == 1
    cache.clear()
    assert cache.get("key") is None


def test_of_many_who_add_at_once_one_does() -> None:
    barrier, added = threading.Barrier(8), []

    def add() -> None:
        barrier.wait()
        try:
            added.append(cache.add("race", True, 60))
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(added) == [False] * 7 + [True]
    forget = threading.Thread(
        target=lambda: (cache.delete("race"), connection.close())
    )  # outside this test's transaction
    forget.start()
    forget.join(PATIENCE)
