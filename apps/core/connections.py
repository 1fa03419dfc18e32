"""Database connections and waiting: nobody keeps a connection while the outside takes its time."""

from django.db import close_old_connections, connection


def release() -> None:
    """Gives this thread's connection back; the next query takes one again. Nothing happens inside a transaction."""
    if not connection.in_atomic_block:
        connection.close()


def renew() -> None:
    """Drops a connection that is broken or has lived too long, between two items of work."""
    if not connection.in_atomic_block:
        close_old_connections()
