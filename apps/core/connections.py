"""Database connections and waiting: nobody keeps a connection while the outside takes its time."""

from django.db import connection


def release() -> None:
    """Gives this thread's connection back; the next query takes one again. Nothing happens inside a transaction."""
    if not connection.in_atomic_block:
        connection.close()
