"""A small supervisor for a set of processes that live and die together: web, relay, workers, sandbox world.

Each runs in a process group of its own and writes to a log file of its own; `watch` shows what they write and
raises when one of them stops. Owns nothing but those processes.
"""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import Popen
from typing import BinaryIO, Self, TextIO

from sandbox.children import Failed, end_groups, last_lines, spawn
from sandbox.memory import CHECKOUT, make_directory

STOP_S = 8.0
WATCH_EVERY_S = 0.1
COLOURS = (36, 32, 33, 35, 34, 96, 92, 95)
# Straight to 127.0.0.1, whatever proxy the environment names.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def read_procfile(path: Path) -> dict[str, str]:
    """Process name to shell command. Raises Failed for a line that is not `name: command`."""
    commands = {}
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, command = line.partition(":")
        if not colon or not name.strip() or not command.strip():
            raise Failed(f"{path} has a line that is not `name: command`: {line}")
        commands[name.strip()] = command.strip()
    return commands


def shell(command: str) -> list[str]:
    """The argv for a Procfile's command: the shell fills in variables and becomes the program."""
    return ["sh", "-c", f"exec {command}"]


class Processes:
    """Named child processes with one environment, as a context manager that leaves none behind.

    `directory` gets a log file per process. With `show`, what they write also goes there, line by line, each
    with the name of its process. Start processes from the main thread (see children.spawn).
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        directory: Path,
        *,
        cwd: Path = CHECKOUT,
        show: TextIO | None = None,
    ) -> None:
        make_directory(directory)
        self.environment = dict(environment)
        self.directory = directory
        self.cwd = cwd
        self.children: dict[str, Popen[bytes]] = {}
        self.echo = Echo(show) if show else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def start(self, name: str, argv: Sequence[str], environment: Mapping[str, str] | None = None) -> Popen[bytes]:
        """Start a process, with more environment than the common one; its log begins anew."""
        child = self.spawn(name, argv, environment)
        if self.echo:
            self.echo.follow(name, self.log(name))
        return child

    def spawn(self, name: str, argv: Sequence[str], environment: Mapping[str, str] | None) -> Popen[bytes]:
        running = self.children.get(name)
        if running and running.poll() is None:
            raise Failed(f"{name} is already running as process {running.pid}.")
        self.log(name).write_bytes(b"")
        child = spawn(
            argv,
            environment={**self.environment, **(environment or {})},
            directory=self.cwd,
            log=self.log(name),
        )
        self.children[name] = child
        return child

    def run(self, name: str, argv: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Run a process to its end, unshown. Raises Failed, with the end of its log, unless it exits 0."""
        child = self.spawn(name, argv, environment)
        code = child.wait()
        self.forget(name)
        if code:
            raise Failed(self.why_stopped(name, code))

    def wait_ready(self, name: str, url: str, *, seconds: float = 120.0) -> None:
        """Until a GET of the url answers 200. Raises Failed when that process stops or the time is over."""
        deadline = time.monotonic() + seconds
        while not answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise Failed(
                    f"{name} did not answer at {url} within {seconds:.0f} s; the end of {self.log(name)}:\n"
                    f"{last_lines(self.log(name))}"
                )
            time.sleep(0.05)
        self.check()

    def check(self) -> None:
        """Raises Failed, with the end of its log, when one of the processes has stopped by itself."""
        for name, child in list(self.children.items()):
            code = child.poll()
            if code is not None:
                raise Failed(self.why_stopped(name, code))

    def why_stopped(self, name: str, code: int) -> str:
        how = f"with exit code {code}" if code >= 0 else f"by signal {-code}"
        return f"{name} stopped {how}; the end of {self.log(name)}:\n{last_lines(self.log(name))}"

    def watch(self, also: Callable[[], None] | None = None) -> None:
        """Show what the processes write until one of them stops, which raises Failed, or `also` raises."""
        while True:
            if self.echo:
                self.echo.show_new()
            self.check()
            if also:
                also()
            time.sleep(WATCH_EVERY_S)

    def end(self, name: str, *, seconds: float = STOP_S) -> None:
        """Stop one process and its children, as a deployment does; 0 seconds kill it at once."""
        end_groups([self.children[name]], seconds)
        self.forget(name)

    def forget(self, name: str) -> None:
        """No longer expect that process to run."""
        self.children.pop(name)

    def stop(self) -> None:
        """Stop all of them with their own children: asked first, killed after STOP_S."""
        end_groups(list(self.children.values()), STOP_S)
        self.children.clear()


class Echo:
    """Copies what is new in log files to a stream, a line at a time, after the name of its process."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.colour = stream.isatty() and "NO_COLOR" not in os.environ
        self.files: dict[str, BinaryIO] = {}
        self.rest: dict[str, bytes] = {}

    def follow(self, name: str, log: Path) -> None:
        if name in self.files:
            self.files[name].close()
        self.files[name] = log.open("rb")
        self.rest[name] = b""

    def show_new(self) -> None:
        for name, file in self.files.items():
            *lines, self.rest[name] = (self.rest[name] + file.read()).split(b"\n")
            for line in lines:
                self.write(name, line.decode(errors="replace"))

    def write(self, name: str, line: str) -> None:
        prefix = f"{name:<11}|"
        if self.colour:
            prefix = f"\x1b[{COLOURS[list(self.files).index(name) % len(COLOURS)]}m{prefix}\x1b[0m"
        try:
            print(prefix, line, file=self.stream, flush=True)
        except OSError:
            # The terminal is gone; the logs stay, and SIGHUP is on its way.
            self.files = {}


def answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=2.0) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False
