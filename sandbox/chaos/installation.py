"""The installation that faults are caused in: services, tables, world, every process of the Procfile, supervised."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sandbox import memory
from sandbox.chaos.build import apps as build
from sandbox.chaos.servers import Servers
from sandbox.chaos.supervisor import Supervisor
from sandbox.children import Failed, last_lines
from sandbox.environment import for_processes
from sandbox.memory import CHECKOUT, HOST, LOCAL
from sandbox.processes import answers, read_procfile, shell
from sandbox.services import throwaway
from sandbox.stack import manage
from sandbox.world.client import World

READY_S = 90.0
RELEASE = "release"
#: How long a stopped Postgres is waited for by those who count.
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Installation:
    """What faults act on and counters read."""

    base_url: str
    world: World
    supervisor: Supervisor
    servers: Servers
    environment: Mapping[str, str]
    crashes: Path  # death warrants; see build.striking
    mail: Path
    names: tuple[str, ...]  # of the product's processes

    def manage(self, *words: str) -> dict[str, Any]:
        """Runs a management command and returns the JSON object that it prints last. Raises Failed."""
        return manage(self.environment, *words)

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query, however long the database is away meanwhile."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=5) as database:
                    return database.execute(sql, values).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def write(self, *statements: str) -> None:
        """Runs statements, each by itself."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as database:
            for sql in statements:
                database.execute(sql)


@contextlib.contextmanager
def installation(extra: Mapping[str, str]) -> Iterator[Installation]:
    """It runs while the block does; nothing of it is left afterwards. Main thread. Raises Failed."""
    with contextlib.ExitStack() as running:
        services = running.enter_context(throwaway(LOCAL / "runs", durable=True, environment={}))
        base, outside = (f"http://{HOST}:{memory.free_port()}" for _ in range(2))
        mail, crashes = services.directory / "mail", services.directory / "crashes"
        crashes.mkdir()
        own = {"EMAIL_URL": f"file:///{mail}", build.CRASHES: str(crashes), **extra}
        environment = for_processes(services, base_url=base, world_url=outside, extra=own)
        supervisor = Supervisor(environment, services.directory / "logs")
        servers = Servers(services, supervisor)
        running.callback(servers.stop)
        running.callback(supervisor.stop)
        world = World(outside)
        procfile = read_procfile(CHECKOUT / "Procfile")
        names = tuple(name for name in procfile if name != RELEASE)
        site = Installation(base, world, supervisor, servers, environment, crashes, mail, names)
        # The order of commits is what a takeover's promise is about.
        site.write("ALTER SYSTEM SET track_commit_timestamp = on")
        servers.restart_postgres()
        release(procfile[RELEASE], environment)
        supervisor.keep("world", [sys.executable, "-m", "sandbox.world", "--port", outside.rpartition(":")[2]])
        for name in names:
            supervisor.keep(name, shell(procfile[name]))
        world.wait_ready()
        wait_ready(site, "web", f"{base}/livez")
        yield site


def release(command: str, environment: Mapping[str, str]) -> None:
    """Makes the tables. Raises Failed."""
    done = subprocess.run(  # noqa: S603  # the Procfile's own
        shell(command), cwd=CHECKOUT, env=dict(environment), capture_output=True, text=True
    )
    if done.returncode:
        raise Failed(f"the tables could not be made:\n{done.stderr.strip()[-800:]}")


def wait_ready(site: Installation, name: str, url: str) -> None:
    """Until the address answers. Main thread. Raises Failed."""
    deadline = time.monotonic() + READY_S
    while not answers(url):
        site.supervisor.look()
        if time.monotonic() > deadline:
            raise Failed(f"{name} did not answer at {url}:\n{last_lines(site.supervisor.log(name))}")
        time.sleep(0.05)


def machine() -> dict[str, Any]:
    """What it ran on, for whoever compares figures."""
    return {"cores": os.cpu_count(), "load": [round(value, 1) for value in os.getloadavg()]}
