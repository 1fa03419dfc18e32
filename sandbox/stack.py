"""A whole installation for a run that is thrown away: services, tables, world, web, relay and workers on free ports.

`bin/smoke` and its kind stand on it. Limits and windows are as shipped; nothing is set but addresses and secrets, and
DEBUG where a browser has to come in unencrypted.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import memory
from sandbox.children import Failed
from sandbox.environment import for_processes
from sandbox.memory import CHECKOUT, HOST, LOCAL
from sandbox.processes import Processes, read_procfile, shell
from sandbox.services import throwaway
from sandbox.world.client import World

PROCESSES = ("web", "relay", "worker-chat", "worker")
MANAGE_SECONDS = 120


@dataclass(frozen=True)
class Stack:
    """A running installation and the world around it."""

    base_url: str
    world: World
    mail: Path  # where e-mails are written, a file each
    environment: Mapping[str, str]
    processes: Processes

    def manage(self, *words: str, seconds: float = MANAGE_SECONDS) -> dict[str, Any]:
        """Runs a management command and returns the JSON object that it prints last. Raises Failed."""
        return manage(self.environment, *words, seconds=seconds)


def manage(environment: Mapping[str, str], *words: str, seconds: float = MANAGE_SECONDS) -> dict[str, Any]:
    """Runs a management command and returns the JSON object that it prints last. Raises Failed."""
    done = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    if done.returncode:
        raise Failed(f"manage.py {words[0]} failed:\n{done.stderr.strip()[-800:]}")
    said = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(json.loads(said[-1])) if said else {}


@contextlib.contextmanager
def stack(extra: Mapping[str, str] | None = None, *, production: bool = False) -> Iterator[Stack]:
    """The installation while the block runs; no process and no file of it is left afterwards. Raises Failed.

    As `production` it runs without DEBUG, under which Django keeps every query. Its public address is encrypted then,
    and whoever asks it at `base_url` does so as the proxy that has taken the encryption off.
    """
    with throwaway(LOCAL / "runs", durable=True, environment={}) as services:
        base, outside = (f"http://{HOST}:{memory.free_port()}" for _ in range(2))
        mail = services.directory / "mail"
        shipped = {"DEBUG": "false", "BASE_URL": base.replace("http", "https", 1)} if production else {}
        more = {"EMAIL_URL": f"file:///{mail}", **shipped, **(extra or {})}
        environment = for_processes(services, base_url=base, world_url=outside, extra=more)
        procfile = read_procfile(CHECKOUT / "Procfile")
        with Processes(environment, services.directory / "logs") as processes:
            port = outside.rpartition(":")[2]
            processes.start("world", [sys.executable, "-m", "sandbox.world", "--port", port])
            processes.run("release", shell(procfile["release"]))
            for name in PROCESSES:
                processes.start(name, shell(procfile[name]))
            processes.wait_ready("web", f"{base}/livez")
            world = World(outside)
            world.wait_ready()
            yield Stack(base, world, mail, environment, processes)
            processes.check()
            world.close()
