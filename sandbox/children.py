"""Child processes that end with their launcher: own session, output in a log file, and a signal from the
kernel when the launcher dies without a word (`kill -9`). Owns starting, ending and quoting their logs.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_S = 0.02
# Loaded once, before any fork: between fork and exec a child may call, but not import or load.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failed(Exception):
    """Something a person must know: what happened, to what, and what to do. Printed without a traceback."""


@dataclass(frozen=True)
class User:
    """The unprivileged user a root launcher hands a child to."""

    uid: int
    gid: int


def spawn(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    log: Path,
    user: User | None = None,
    stdin: bytes | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, with standard output and error appended to `log`.

    On Linux the child gets `death_signal` when the *thread* that called this ends, so call it from the main
    thread. Elsewhere an orphan stays until the next start recovers it. Raises Failed when it cannot start.
    """
    launcher = os.getpid()

    def die_with_launcher() -> None:
        # Runs after the change of user, which would have cleared the setting.
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != launcher:
                os._exit(1)

    try:
        with log.open("ab") as output:
            child = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                list(argv),
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
                preexec_fn=die_with_launcher,
            )
    except OSError as why:
        raise Failed(f"{argv[0]} cannot be started: {why.strerror or why}.") from why
    if child.stdin is not None:
        # A child that died at once has closed the pipe; whoever waits for it tells so, with its log.
        with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
            pipe.write(stdin or b"")
    return child


def end(child: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal to the child in turn, waiting the given seconds after each; SIGKILL at last."""
    for number, seconds in (*steps, (signal.SIGKILL, 5.0)):
        if child.poll() is not None:
            return
        child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)


def end_groups(children: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    """End whole process groups together: SIGTERM, and SIGKILL for what is left after `seconds`."""
    for child in children:
        signal_group(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(child.poll() is None for child in children):
        time.sleep(POLL_S)
    for child in children:
        # Also where the leader has gone: a pool process may have outlived it.
        signal_group(child.pid, signal.SIGKILL)
        child.wait()


def signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log file, for the message of a Failed; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-count:])
