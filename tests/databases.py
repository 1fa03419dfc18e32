"""The database of a test run: made by the migrations once, and copied for each further worker of the run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

#: Held by the worker that makes the database or copies it; any number that nothing else locks.
ALONE = 7_216_453


def make(fill: Callable[[], None], *, keepdb: bool) -> list[Any]:
    """Connects to a test database that `fill` has filled. Returns what `remove` takes.

    Of workers side by side the first makes it and the others copy it, which takes a tenth of the time. Its connections
    may idle in a transaction: what stands for all tests of a file stands in one. And they wait for a lock as long as a
    slow machine takes: who never gets one fails all the same.
    """
    connection.settings_dict["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0 -c lock_timeout=60s"
    return _made_or_copied(fill, _pattern()) if _pattern() else _made(fill, keepdb=keepdb)


def remove(made: list[Any]) -> None:
    """Drops it, and what others copied: a worker that comes later makes that anew."""
    teardown_databases(made, verbosity=0)
    if _pattern():
        with _alone() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{_pattern()}"')


def _pattern() -> str:
    """The name of the database that the workers of this run copy; empty where there is one worker alone."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    return run and f"test_of_run_{run}"


def _made(fill: Callable[[], None], *, keepdb: bool = False) -> list[Any]:
    made: list[Any] = setup_databases(verbosity=0, interactive=False, keepdb=keepdb)
    fill()
    return made


def _made_or_copied(fill: Callable[[], None], pattern: str) -> list[Any]:
    with _alone() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [pattern])
        if cursor.fetchone():
            return _copied(cursor, pattern)
        made = _made(fill)
        connection.close()  # who copies a database must be the only one in it
        _copy(cursor, connection.settings_dict["NAME"], pattern)
    return made


def _copied(cursor: Any, pattern: str) -> list[Any]:
    before, mine = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    cursor.execute(f'DROP DATABASE IF EXISTS "{mine}"')
    _copy(cursor, pattern, mine)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = mine
    return [(connection, before, True)]


def _copy(cursor: Any, source: str, copy: str) -> None:
    cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"')


@contextmanager
def _alone() -> Iterator[Any]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [ALONE])
        yield cursor
