"""A business whose rows every connection sees, and threads that do things to it at the same moment."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from apps import tenants
from tests.clocks import PATIENCE
from tests.furnished import Business, committed

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Business]:
    """Furnished, committed and entered."""
    with committed(django_db_blocker) as (acme, _), tenants.enter(acme.workspace):
        yield acme


@pytest.fixture
def at_once(shop: Business) -> AtOnce:
    """Does things in threads with connections of their own, all released by one barrier; returns what they returned.

    What one of them raises is raised.
    """

    def run(*things: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(things))
        outcomes: list[Any] = [None] * len(things)

        def do(place: int, thing: Callable[[], Any]) -> None:
            try:
                with tenants.enter(shop.workspace):
                    connection.ensure_connection()
                    barrier.wait()
                    outcomes[place] = thing()
            except BaseException as error:
                outcomes[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=do, args=item) for item in enumerate(things)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * PATIENCE)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return outcomes

    return run
