"""Database connections and waiting: nobody keeps a connection while the outside takes its time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, InterfaceError, InternalError, OperationalError, close_old_connections, connection

#: By SQLSTATE: a server that only reads as yet, and one that ended a transaction that was idle, count as away.
_AWAY = ("25006", "25P03")
#: What is too large for the database is so the next time as well: nothing is wrong with the database.
_TOO_LARGE = "54"


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


def failed(error: BaseException) -> bool:
    """Whether the database is to blame: away, busy, full, or kept by others. Not for what it refuses as wrong."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if isinstance(error, InternalError):
        return state in _AWAY
    return isinstance(error, OperationalError | InterfaceError) and not state.startswith(_TOO_LARGE)


def answered() -> bool:
    """Whether the database answers this thread, by a new connection if its own is broken."""
    renew()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def renew() -> None:
    """Drops a connection that is broken or has lived too long, between two items of work."""
    if not connection.in_atomic_block:
        close_old_connections()
