"""The embedded Postgres and Redis: ours, remembered, and gone when their launcher is."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from sandbox import memory, privileges, redis_server
from sandbox.children import Failed
from sandbox.memory import CHECKOUT
from sandbox.services import Services, join, remove, start, sweep, throwaway
from tests.clocks import PATIENCE
from tests.sandbox.living import LINUX, alive, gone_within

LAUNCHER = """
import sys, time
from pathlib import Path
from sandbox import children
from sandbox.services import start
if sys.argv[2] == "orphans":
    children.LIBC = None
running = start(Path(sys.argv[1]), environment={}, durable=False)
print(running.postgres.process.pid, running.redis.process.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    parent = memory.LOCAL / "test"
    memory.make_directory(parent)
    made = Path(tempfile.mkdtemp(prefix="services-", dir=parent))
    made.chmod(0o755)
    yield made
    remove(made)


def begin(directory: Path, *, postgres: bool = True, redis: bool = True) -> Services:
    return start(directory, postgres=postgres, redis=redis, durable=False, environment={})


def launch(directory: Path, mode: str) -> tuple[subprocess.Popen[str], int, int]:
    argv = [sys.executable, "-c", LAUNCHER, str(directory), mode]
    launcher = subprocess.Popen(argv, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    database, queue = map(int, launcher.stdout.readline().split())
    return launcher, database, queue


def kill(launcher: subprocess.Popen[str]) -> None:
    launcher.kill()
    launcher.communicate()


def test_second_start_finds_the_same_address_and_data(directory: Path) -> None:
    first = begin(directory)
    with psycopg.connect(first.database_url) as link:
        version = link.execute("SHOW server_version_num").fetchone()
        link.execute("CREATE EXTENSION vector")
        link.execute("CREATE TABLE kept AS SELECT 'grün' AS word, '[1,2]'::vector AS place")
    redis.Redis.from_url(first.redis_url).set("key", "value")
    first.stop()

    second = begin(directory)
    try:
        assert (second.database_url, second.redis_url) == (first.database_url, first.redis_url)
        with psycopg.connect(second.database_url) as link:
            assert link.execute("SELECT upper(word), place::text FROM kept").fetchone() == ("GRÜN", "[1,2]")
        assert redis.Redis.from_url(second.redis_url).get("key") is None
    finally:
        second.stop()
    assert version is not None and version[0].startswith("18")
    assert (directory / memory.SERVICES).stat().st_mode & 0o777 == 0o600


def test_wrong_password_is_refused(directory: Path) -> None:
    running = begin(directory)
    try:
        known = memory.recall(directory / memory.SERVICES)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(running.database_url.replace(known["postgres_password"], "guessed"))
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis.from_url(running.redis_url.replace(known["redis_password"], "guessed")).ping()
    finally:
        running.stop()


def test_addresses_in_the_environment_replace_the_embedded_servers(directory: Path) -> None:
    given = {"DATABASE_URL": "postgres://db.example/x", "REDIS_URL": "redis://cache.example/0"}
    running = start(directory, environment=given)
    running.stop()
    assert running.urls() == given
    assert (running.postgres, running.redis) == (None, None)
    assert [path.name for path in directory.iterdir()] == ["services.lock"]


def test_second_launcher_is_refused_but_may_join(directory: Path) -> None:
    running = begin(directory)
    try:
        with pytest.raises(Failed, match="already running"):
            begin(directory)
        joined = join(directory, environment={})
        assert joined.urls() == running.urls()
        joined.stop()
        running.check()
    finally:
        running.stop()


def test_taken_port_is_exchanged(directory: Path) -> None:
    first = begin(directory)
    first.stop()
    taken = int(memory.recall(directory / memory.SERVICES)["postgres_port"])
    with socket.create_server((memory.HOST, taken)):
        second = begin(directory)
        second.stop()
    assert str(taken) not in second.database_url
    assert second.redis_url == first.redis_url


def test_redis_of_another_is_neither_used_nor_emptied(directory: Path) -> None:
    ours, theirs = directory / "ours", directory / "theirs"
    foreign = begin(theirs, postgres=False)
    client = redis.Redis.from_url(foreign.redis_url)
    client.set("key", "value")
    ours.mkdir()
    # The same port and the same password, as in a checkout that was copied with its data.
    (ours / memory.SERVICES).write_text((theirs / memory.SERVICES).read_text())
    running = begin(ours, postgres=False)
    try:
        assert running.redis_url != foreign.redis_url
        assert client.get("key") == b"value"
    finally:
        running.stop()
        foreign.stop()


def test_answer_of_a_stranger_on_the_port_is_not_ours() -> None:
    with socket.create_server((memory.HOST, 0)) as stranger:
        stranger.settimeout(0)
        port = stranger.getsockname()[1]
        assert redis_server.answering_pid(port, "password") is None


def test_crashed_server_is_reported_with_its_log(directory: Path) -> None:
    running = begin(directory, postgres=False)
    assert running.redis is not None
    running.check()
    running.redis.process.terminate()
    running.redis.process.wait(PATIENCE)
    try:
        with pytest.raises(Failed, match=r"(?s)the embedded Redis stopped.*SIGTERM"):
            running.check()
    finally:
        running.stop()


@pytest.mark.skipif(not LINUX, reason="the kernel's signal at the launcher's death is Linux's")
def test_killed_launcher_leaves_no_server(directory: Path) -> None:
    launcher, database, queue = launch(directory, "bound")
    assert alive(database) and alive(queue)
    kill(launcher)
    assert gone_within(PATIENCE, database, queue)


@pytest.mark.skipif(not LINUX, reason="reads /proc")
def test_database_left_by_a_killed_launcher_is_stopped_and_started_anew(directory: Path) -> None:
    launcher, database, queue = launch(directory, "orphans")
    kill(launcher)
    assert alive(database)
    running = begin(directory)
    try:
        assert gone_within(0, database)
        assert running.postgres is not None and running.postgres.process.pid != database
        with psycopg.connect(running.database_url) as link:
            assert link.execute("SELECT 1").fetchone() == (1,)
    finally:
        running.stop()
        os.kill(queue, signal.SIGKILL)


def test_stale_pid_file_stops_no_stranger(directory: Path) -> None:
    begin(directory, redis=False).stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    try:
        data = Path(memory.recall(directory / memory.SERVICES)["postgres_data"])
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
        begin(directory, redis=False).stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_broken_first_start_is_begun_again(directory: Path) -> None:
    (directory / "postgres.new").mkdir()
    (directory / "postgres.new" / "PG_VERSION").write_text("18\n")
    running = begin(directory, redis=False)
    running.stop()
    assert running.postgres is not None and running.postgres.data.name == "postgres"
    assert not (directory / "postgres.new").exists()
    assert not (directory / "postgres.password").exists()


def test_throwaway_services_leave_nothing(directory: Path) -> None:
    with throwaway(directory, environment={}) as running:
        assert running.directory.parent == directory
        assert running.postgres is not None
        data = running.postgres.data
    assert not running.directory.exists()
    assert not data.exists()


def test_left_directory_is_swept_unless_in_use(directory: Path) -> None:
    long_ago = time.time() - 3600
    locks = {}
    for name in ("run-left", "run-used"):
        path = directory / name
        path.mkdir()
        locks[name] = memory.lock(path / "services.lock")
        os.utime(path, (long_ago, long_ago))
    sweep(directory)
    assert sorted(path.name for path in directory.iterdir()) == ["run-left", "run-used"]
    left, used = locks.values()
    assert left is not None and used is not None
    left.close()
    sweep(directory)
    assert [path.name for path in directory.iterdir()] == ["run-used"]
    used.close()


def test_run_hands_over_addresses_and_exit_code() -> None:
    script = 'case "$DATABASE_URL $REDIS_URL" in postgres://*redis://*) exit 7;; esac'
    argv = [sys.executable, "-m", "sandbox.services", "run", "--", "sh", "-c", script]
    environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    done = subprocess.run(argv, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its database to another user")
def test_root_keeps_data_where_the_servers_user_can_reach_it(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    user = privileges.server_user(closed)
    assert user is not None and user.uid != 0
    running = begin(closed, redis=False)
    try:
        assert running.postgres is not None
        data = running.postgres.data
        assert data.is_relative_to(privileges.ELSEWHERE)
        assert Path(f"/proc/{running.postgres.process.pid}").stat().st_uid == user.uid
    finally:
        running.stop()
        remove(closed)
    assert not data.parent.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root copies the binaries")
def test_binaries_are_copied_only_where_the_servers_user_cannot_read_them(directory: Path) -> None:
    user = privileges.server_user(directory)
    part = directory / "part"
    part.mkdir(mode=0o755)
    assert privileges.readable_copy({"part": part}, "unused", user) is None
    assert privileges.readable_copy({"part": part}, "unused", None) is None
    (part / "program").touch(mode=0o700)
    (part / "text").touch(mode=0o600)
    part.chmod(0o700)
    copy = privileges.readable_copy({"part": part}, directory.name, user)
    assert copy is not None
    try:
        modes = {path.name: path.stat().st_mode & 0o777 for path in copy.rglob("*")}
        assert modes == {"part": 0o755, "program": 0o755, "text": 0o644}
    finally:
        for path in sorted(copy.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        copy.rmdir()
