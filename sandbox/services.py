"""Postgres and Redis for a checkout: embedded ones with their data below a directory, or those that
DATABASE_URL and REDIS_URL name. `python -m sandbox.services run -- command` runs a command with them.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sandbox import memory, postgres, redis_server
from sandbox.children import Failed, end, last_lines
from sandbox.privileges import place_elsewhere
from sandbox.signals import STOPPING, stop_signals_raise

LOCK = "services.lock"
# A directory younger than this may be one that another run is just making.
SWEEP_AFTER_S = 60.0


@dataclass(frozen=True)
class Services:
    """What is up. The urls are empty for a service that was not asked for."""

    database_url: str
    redis_url: str
    directory: Path
    postgres: postgres.Postgres | None
    redis: redis_server.Redis | None
    held: IO[str] | None

    def urls(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def check(self) -> None:
        """Raises Failed, with the end of its log, when an embedded server has stopped by itself."""
        for name, server in (("Postgres", self.postgres), ("Redis", self.redis)):
            if server and server.process.poll() is not None:
                raise Failed(f"the embedded {name} stopped; its log says:\n{last_lines(server.log)}")

    def stop(self) -> None:
        """Stop what was started here and let go of the directory; again is harmless."""
        for server in (self.redis, self.postgres):
            if server:
                server.stop()
        if self.held:
            self.held.close()


def start(
    directory: Path,
    *,
    postgres: bool = True,
    redis: bool = True,
    durable: bool = True,
    environment: Mapping[str, str] = os.environ,
) -> Services:
    """Start the embedded servers with their data below `directory`, except those that the environment names.

    Ports and passwords are remembered in `directory`. `durable=False` trades safety against a power cut for
    speed. Call from the main thread. Raises Failed, also when another process has started them already.
    """
    memory.make_directory(directory)
    held = memory.lock(directory / LOCK)
    if held is None:
        raise Failed(f"the services of {directory} are already running: stop the other bin/dev first.")
    try:
        return start_locked(directory.resolve(), held, postgres, redis, durable, environment)
    except BaseException:
        held.close()
        raise


def start_locked(
    directory: Path,
    held: IO[str],
    want_postgres: bool,
    want_redis: bool,
    durable: bool,
    given: Mapping[str, str],
) -> Services:
    remembered = memory.recall(directory / memory.SERVICES)
    before = dict(remembered)
    database, cache = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
    with contextlib.ExitStack() as undo:
        server = queue = None
        if want_postgres and not database:
            server = postgres.start(directory, remembered, durable=durable)
            undo.callback(server.stop)
            database = server.url
        if want_redis and not cache:
            queue = redis_server.start(directory, remembered)
            undo.callback(queue.stop)
            cache = queue.url
        if remembered != before:
            memory.keep(directory / memory.SERVICES, remembered)
        undo.pop_all()
    return Services(database, cache, directory, server, queue, held)


def join(directory: Path, *, environment: Mapping[str, str] = os.environ) -> Services:
    """The services that another process runs in `directory`, or else started here. Raises Failed."""
    memory.make_directory(directory)
    held = memory.lock(directory / LOCK)
    if held:
        held.close()
        return start(directory, environment=environment)
    remembered = memory.recall(directory / memory.SERVICES)
    database = environment.get("DATABASE_URL") or postgres.url(remembered)
    cache = environment.get("REDIS_URL") or redis_server.url(remembered)
    return Services(database, cache, directory.resolve(), None, None, None)


@contextlib.contextmanager
def services(
    directory: Path, *, durable: bool = True, environment: Mapping[str, str] = os.environ
) -> Iterator[Services]:
    """The services while the block runs; see `start`."""
    running = start(directory, durable=durable, environment=environment)
    try:
        yield running
    finally:
        running.stop()


@contextlib.contextmanager
def throwaway(
    parent: Path, *, durable: bool = False, environment: Mapping[str, str] = os.environ
) -> Iterator[Services]:
    """Services on a new directory below `parent`, removed afterwards, as is what a killed run left there."""
    memory.make_directory(parent)
    sweep(parent)
    directory = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
    directory.chmod(0o755)
    memory.give_to_owner(directory)
    try:
        with services(directory, durable=durable, environment=environment) as running:
            yield running
    finally:
        remove(directory)


def sweep(parent: Path) -> None:
    for left in parent.glob("run-*"):
        with contextlib.suppress(OSError, Failed):
            if time.time() - left.stat().st_mtime > SWEEP_AFTER_S:
                held = memory.lock(left / LOCK)
                if held:
                    held.close()
                    remove(left)


def remove(directory: Path) -> None:
    """The directory and, where root keeps it outside the checkout, the data that belongs to it."""
    outside = place_elsewhere(directory)
    shutil.rmtree(directory, ignore_errors=True)
    shutil.rmtree(outside, ignore_errors=True)


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """The exit code of a command that shares our terminal and process group."""
    child = subprocess.Popen(command, env=dict(environment))  # noqa: S603 - what we were asked to run
    # Ctrl-C in the terminal reaches the command by itself; it ends in its own way, and then we do.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return child.wait()
    finally:
        end(child, (signal.SIGTERM, 8.0))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.services", description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("command", nargs="+", help="the command and its arguments, after --")
    command = parser.parse_args(arguments).command
    stop_signals_raise(*STOPPING)
    try:
        with throwaway(memory.LOCAL / "test") as running:
            return run(command, {**os.environ, **running.urls()})
    except Failed as why:
        print(f"services: {why}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
