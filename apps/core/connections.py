"""Database connections and waiting: nobody keeps a connection while the outside takes its time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection


def release() -> None:
    """Gives this thread's connection back; the next query takes one again. Nothing happens inside a transaction."""
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def borrowed() -> Iterator[None]:
    """A connection for the block only, if this thread had none: it may be waiting for the outside just now."""
    had = connection.connection is not None
    try:
        yield
    finally:
        if not had:
            release()


def scarce() -> bool:
    """Whether threads of this process wait for a connection of its pool just now."""
    pool = getattr(connection, "pool", None)
    return pool is not None and bool(pool.get_stats().get("requests_waiting"))


def renew() -> None:
    """Drops a connection that is broken or has lived too long, between two items of work."""
    if not connection.in_atomic_block:
        close_old_connections()
