"""A Postgres data directory: making it, whose it is, and the server that may still run on it."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from sandbox.children import Failed, User

NAME = "leadline"  # of the superuser and of the database
STOP_S = 15.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


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
