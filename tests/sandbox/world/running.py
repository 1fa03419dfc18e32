"""The sandbox world as a process of its own, as `bin/dev` starts it."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.world.client import World
from tests.clocks import PATIENCE

CHECKOUT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def start(*arguments: str, port: int | None = None) -> tuple[subprocess.Popen[bytes], World]:
    """Start a world and wait until it answers."""
    port = port or free_port()
    command = [sys.executable, "-m", "sandbox.world", "--port", str(port), *arguments]
    process = subprocess.Popen(command, cwd=CHECKOUT)
    world = World(f"http://127.0.0.1:{port}")
    world.wait_ready(PATIENCE)
    return process, world


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> float:
    """End a world; the seconds it took."""
    began = time.monotonic()
    process.send_signal(number)
    process.wait(PATIENCE)
    return time.monotonic() - began


@contextmanager
def running(*arguments: str) -> Iterator[World]:
    process, world = start(*arguments)
    try:
        yield world
    finally:
        world.close()
        stop(process)
