"""Postgres and Redis of an installation, and the ways in which they fail: away, hung, emptied, full, locked."""

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import psycopg

from sandbox import memory, postgres, redis_server
from sandbox.chaos.supervisor import Supervisor, family
from sandbox.children import end
from sandbox.services import Services


class Servers:
    """Both servers, each replaced by its successor when it was ended."""

    def __init__(self, services: Services, supervisor: Supervisor) -> None:
        if services.postgres is None or services.redis is None:
            raise RuntimeError("Faults are caused in embedded servers alone.")
        self.services, self.supervisor = services, supervisor
        self.postgres, self.redis = services.postgres, services.redis

    def crash_postgres(self, *, away: float) -> None:
        """`pg_ctl stop -m immediate`: no checkpoint, recovery at the next start, `away` seconds later."""
        end(self.postgres.process, (signal.SIGQUIT, 10.0))
        time.sleep(away)
        self.supervisor.ask(self.start_postgres)

    def start_postgres(self) -> None:
        """Main thread."""
        remembered = memory.recall(self.services.directory / memory.SERVICES)
        self.postgres = postgres.start(self.services.directory, remembered, durable=True)

    def restart_postgres(self) -> None:
        """In peace, so that settings which need it come into force. Main thread."""
        self.postgres.stop()
        self.start_postgres()

    @contextlib.contextmanager
    def hung_postgres(self) -> Iterator[None]:
        """SIGSTOP of the server and everything it has forked: connections stay open, nothing is answered."""
        with stopped(family(self.postgres.process.pid)):
            yield

    @contextlib.contextmanager
    def locked_table(self, table: str) -> Iterator[None]:
        """Somebody holds the table for themselves."""
        with psycopg.connect(self.services.database_url) as holder:
            holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
            holder.rollback()

    @contextlib.contextmanager
    def hung_redis(self) -> Iterator[None]:
        """SIGSTOP of Redis."""
        with stopped([self.redis.process.pid]):
            yield

    @contextlib.contextmanager
    def stopped_redis(self) -> Iterator[None]:
        """Redis is killed, with everything in it, and comes back empty."""
        end(self.redis.process)
        try:
            yield
        finally:
            self.supervisor.ask(self.start_redis)

    def start_redis(self) -> None:
        """Main thread."""
        remembered = memory.recall(self.services.directory / memory.SERVICES)
        self.redis = redis_server.start(self.services.directory, remembered)

    def tell_redis(self, *commands: str) -> None:
        """Says something to Redis in its own language, a command a line."""
        address = urlsplit(self.redis.url)
        lines = [f"AUTH {address.password}", *commands, "QUIT"]
        with socket.create_connection((memory.HOST, address.port or 0), timeout=5.0) as link:
            link.sendall("".join(f"{line}\r\n" for line in lines).encode())
            while link.recv(65_536):
                pass

    @contextlib.contextmanager
    def full_redis(self) -> Iterator[None]:
        """Redis refuses to take anything more."""
        self.tell_redis("CONFIG SET maxmemory-policy noeviction", "CONFIG SET maxmemory 1mb")
        try:
            yield
        finally:
            self.tell_redis("CONFIG SET maxmemory 0")

    def stop(self) -> None:
        """Ends those that have replaced the first ones, also when an interrupted run has left them stopped."""
        for server in (self.redis, self.postgres):
            signal_all(family(server.process.pid), signal.SIGCONT)
            server.stop()


@contextlib.contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """SIGSTOP for all of them while the block runs."""
    signal_all(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(pids, signal.SIGCONT)


def signal_all(pids: list[int], number: signal.Signals) -> None:
    """Sends the signal to each that is still there."""
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).send_signal(number)
