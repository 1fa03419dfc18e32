"""The supervisor: processes that live and die together, and nothing left of them."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox import memory, processes
from sandbox.children import Failed
from sandbox.memory import CHECKOUT
from sandbox.processes import Processes, read_procfile, shell
from tests.clocks import PATIENCE, Stopwatch
from tests.sandbox.living import LINUX, alive, gone_within

ENVIRONMENT = {"PATH": os.environ["PATH"], "GREETING": "hello"}
# A process with a child of its own, both of which it names in its log.
FAMILY = shell("sh -c 'sleep 300 & echo $$ $!; wait'")
SUPERVISOR = """
import sys
from pathlib import Path
from sandbox.processes import Processes, shell
from sandbox.signals import STOPPING, stop_signals_raise
stop_signals_raise(*STOPPING)
with Processes({"PATH": "/usr/bin:/bin"}, Path(sys.argv[1])) as running:
    running.start("family", shell("sh -c 'sleep 300 & echo $$ $!; wait'"))
    running.watch()
"""


def pids_in(log: Path) -> list[int]:
    """The process ids on the first line of a log, as soon as they are there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if log.exists() and log.read_text().endswith("\n"):
            return [int(word) for word in log.read_text().split()]
        time.sleep(0.02)
    raise AssertionError(f"nothing in {log}")


def supervise(directory: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(directory)], cwd=CHECKOUT)
    pids = pids_in(directory / "family.log")
    assert len(pids) == 2 and all(alive(pid) for pid in pids)
    return supervisor, pids


def test_crash_of_one_is_told_with_its_log_and_stops_the_rest(tmp_path: Path) -> None:
    with pytest.raises(Failed) as told, Processes(ENVIRONMENT, tmp_path) as running:
        other = running.start("other", ["sleep", "300"])
        running.start("web", shell('sh -c "echo no such table: $GREETING; exit 3"'))
        running.watch()
    assert str(told.value) == (
        f"web stopped with exit code 3; the end of {tmp_path / 'web.log'}:\nno such table: hello"
    )
    assert other.poll() == -signal.SIGTERM


@pytest.mark.skipif(not LINUX, reason="reads /proc")
def test_stop_reaches_the_children_of_a_process(tmp_path: Path) -> None:
    with Processes(ENVIRONMENT, tmp_path) as running:
        running.start("family", FAMILY)
        pids = pids_in(tmp_path / "family.log")
        assert all(alive(pid) for pid in pids)
    assert gone_within(PATIENCE, *pids)


def test_process_that_ignores_the_request_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_S", 0.3)
    with Processes(ENVIRONMENT, tmp_path) as running:
        stubborn = running.start("stubborn", ["sh", "-c", "trap '' TERM; echo $$; while :; do sleep 1; done"])
        pids_in(tmp_path / "stubborn.log")
    assert stubborn.poll() == -signal.SIGKILL


@pytest.mark.skipif(not LINUX, reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_to_the_supervisor_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    supervisor, pids = supervise(tmp_path)
    supervisor.send_signal(number)
    assert supervisor.wait(PATIENCE) == 128 + number
    assert gone_within(PATIENCE, *pids)


@pytest.mark.skipif(not LINUX, reason="the kernel's signal at the launcher's death is Linux's")
def test_killed_supervisor_takes_its_processes_along(tmp_path: Path) -> None:
    supervisor, pids = supervise(tmp_path)
    supervisor.kill()
    supervisor.wait()
    assert gone_within(PATIENCE, pids[0])
    os.kill(pids[1], signal.SIGKILL)


def test_command_runs_to_its_end_before_the_rest(tmp_path: Path) -> None:
    with Processes(ENVIRONMENT, tmp_path) as running:
        running.run("release", shell("sh -c 'echo made the tables'"))
        assert running.log("release").read_text() == "made the tables\n"
        assert running.children == {}
        with pytest.raises(Failed, match=r"(?s)^release stopped with exit code 4.*broken table$"):
            running.run("release", shell("sh -c 'echo broken table; exit 4'"))


def test_ready_is_when_the_page_answers(tmp_path: Path) -> None:
    port = memory.free_port()
    argv = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        memory.HOST,
        "--directory",
        str(tmp_path),
    ]
    with Processes(ENVIRONMENT, tmp_path / "logs") as running:
        running.start("web", argv)
        running.wait_ready("web", f"http://{memory.HOST}:{port}/")
        with pytest.raises(Failed, match=r"web did not answer at .*/none within 0 s"):
            running.wait_ready("web", f"http://{memory.HOST}:{port}/none", seconds=0.2)


def test_process_that_stops_is_not_waited_for(tmp_path: Path) -> None:
    with Processes(ENVIRONMENT, tmp_path) as running:
        running.start("web", shell("sh -c 'exit 1'"))
        with Stopwatch() as took, pytest.raises(Failed, match="web stopped with exit code 1"):
            running.wait_ready("web", f"http://{memory.HOST}:9/", seconds=30)
        assert took.seconds < 10


def test_missing_program_is_a_plain_sentence(tmp_path: Path) -> None:
    with Processes(ENVIRONMENT, tmp_path) as running, pytest.raises(Failed, match="cannot be started"):
        running.start("web", ["/no/such/program"])


def test_started_twice_is_refused_and_after_its_end_allowed(tmp_path: Path) -> None:
    with Processes(ENVIRONMENT, tmp_path) as running:
        first = running.start("web", ["sleep", "300"])
        with pytest.raises(Failed, match=f"web is already running as process {first.pid}"):
            running.start("web", ["sleep", "300"])
        running.end("web", seconds=0)
        assert first.poll() is not None
        assert running.start("web", ["sleep", "300"]).pid != first.pid


def test_output_is_shown_whole_lines_with_the_name(tmp_path: Path) -> None:
    shown = io.StringIO()

    def until_shown() -> None:
        if shown.getvalue():
            raise TimeoutError

    with Processes(ENVIRONMENT, tmp_path, show=shown) as running:
        running.start("web", shell("sh -c 'printf one; printf \" line\\n\"; printf rest; sleep 300'"))
        with pytest.raises(TimeoutError):
            running.watch(also=until_shown)
    assert shown.getvalue() == "web        | one line\n"


def test_procfile_names_every_process() -> None:
    assert list(read_procfile(CHECKOUT / "Procfile")) == ["release", "web", "relay", "worker-chat", "worker"]


def test_malformed_procfile_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("# a comment\n\nweb: serve $PORT\nrelay\n")
    with pytest.raises(Failed, match="not `name: command`: relay"):
        read_procfile(tmp_path / "Procfile")
