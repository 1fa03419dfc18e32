"""Records of outgoing requests: kept for their workspace, written many at once, and by a process that ends."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps import tenants
from apps.core import exchanges, flushing, metrics
from apps.core.http import Exchange as Seen
from apps.core.models import Exchange
from apps.tenants.models import Workspace
from tests.clocks import PATIENCE

#: What a process does that the operating system ends in the ordinary way, by itself or as a forked child of another.
ENDS = """
import sys, multiprocessing, django
django.setup()
from apps import tenants
from apps.core import exchanges
from apps.core.http import Exchange
from apps.tenants.models import Workspace

def ask():
    with tenants.enter(Workspace.objects.get(slug="acme")):
        exchanges.record(Exchange("GET", "https://example.org/" + sys.argv[1], 200, 0.1, ""))

if sys.argv[1] == "forked":
    child = multiprocessing.get_context("fork").Process(target=ask)
    child.start()
    child.join(60)
else:
    ask()
"""


def seen(path: str = "", **fields: Any) -> Seen:
    return Seen(
        **{"method": "GET", "url": f"https://example.org/{path}", "status": 200, "elapsed": 0.25, "error": ""} | fields
    )


def paths(workspace: Workspace | None = None) -> list[str]:
    """What is written, in the order in which it was asked."""
    with tenants.enter(workspace or tenants.current()):
        return [url.rpartition("/")[2] for url in Exchange.objects.order_by("id").values_list("url", flat=True)]


def test_each_is_written_where_it_happened_though_its_thread_is_elsewhere_by_then(
    workspace: Workspace, other: Workspace
) -> None:
    exchanges.record(seen("ours"))
    with tenants.enter(other):
        exchanges.record(seen("theirs"))
    with tenants.enter(None):
        exchanges.record(seen("nobodys"))
        exchanges.flush()
    assert (paths(), paths(other)) == (["ours"], ["theirs"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.core_exchange')")
        assert cursor.fetchone() == (None,)


def test_all_that_is_known_is_written(workspace: Workspace) -> None:
    before = timezone.now()
    exchanges.record(seen("x" * 600))
    exchanges.record(seen("reset", method="POST", status=None, elapsed=1.2346, error="NoAnswer"))
    asked = timezone.now()
    exchanges.flush()
    long, failed = Exchange.objects.order_by("id")
    assert (long.method, len(long.url), long.status, long.milliseconds, long.error) == ("GET", 500, 200, 250, "")
    assert (failed.method, failed.status, failed.milliseconds, failed.error) == ("POST", None, 1235, "NoAnswer")
    assert before <= long.at <= failed.at <= asked


def test_keeping_asks_the_database_nothing_and_writing_a_statement_per_workspace(
    workspace: Workspace, other: Workspace
) -> None:
    with CaptureQueriesContext(connection) as kept:
        for number in range(50):
            exchanges.record(seen(str(number)))
    with tenants.enter(other):
        exchanges.record(seen())
    with CaptureQueriesContext(connection) as written:
        exchanges.flush()
    inserts = [query for query in written.captured_queries if "INSERT" in query["sql"]]
    assert (len(kept), len(inserts)) == (0, 2)
    assert paths() == [str(number) for number in range(50)]
    with CaptureQueriesContext(connection) as nothing:
        exchanges.flush()
    assert len(nothing) == 0


def test_while_the_database_is_away_they_are_kept_up_to_a_bound_and_the_oldest_go_first(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(rows: object) -> None:
        raise OperationalError

    monkeypatch.setattr(exchanges, "MOST", 4)
    with monkeypatch.context() as patch:
        patch.setattr(exchanges, "_write", away)
        for number in range(3):
            exchanges.record(seen(str(number)))
        for _ in range(2):
            with pytest.raises(OperationalError):
                exchanges.flush()
    assert paths() == []
    exchanges.flush()
    assert paths() == ["0", "1", "2"]  # nothing is lost within the bound
    with monkeypatch.context() as patch:
        patch.setattr(exchanges, "_write", away)
        for number in range(3, 7):
            exchanges.record(seen(str(number)))
        with pytest.raises(OperationalError):
            exchanges.flush()
        exchanges.record(seen("7"))
    with caplog.at_level(logging.WARNING, "apps.core.exchanges"):
        exchanges.flush()
    assert paths() == ["0", "1", "2", "4", "5", "6", "7"]
    (line,) = caplog.records
    assert line.getMessage().startswith("1 records of outgoing requests were dropped")


def test_what_the_database_refuses_does_not_keep_the_next_from_being_written(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    exchanges.record(seen("a\0b"))
    exchanges.flush()
    exchanges.record(seen("next"))
    exchanges.flush()
    assert paths() == ["next"]
    assert "1 records of outgoing requests were refused" in caplog.text


def test_those_of_a_workspace_that_is_gone_go_with_it(workspace: Workspace) -> None:
    with tenants.enter(Workspace(slug="gone", schema_name="w_gone")):
        exchanges.record(seen("gone"))
    exchanges.record(seen("here"))
    exchanges.flush()
    assert paths() == ["here"]


def test_many_are_written_without_waiting_for_the_second(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry = threading.Event()
    monkeypatch.setattr(flushing, "_hurry", hurry)
    for _ in range(exchanges.MANY - 1):
        exchanges.record(seen())
    assert not hurry.is_set()
    exchanges.record(seen())
    assert hurry.is_set()


def test_a_forked_child_has_nothing_of_its_parents(workspace: Workspace) -> None:
    exchanges.record(seen("parents"))
    metrics.count("turns", "answered")
    child = os.fork()
    if child == 0:
        empty = exchanges._buffer.take() == ([], 0) and metrics._tally.take() == {} and flushing._thread is None
        os._exit(0 if empty else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    exchanges.flush()
    assert paths() == ["parents"]


@pytest.fixture
def written(django_db_setup: None, django_db_blocker: Any) -> Iterator[Workspace]:
    """The workspace, in which what other processes commit is removed afterwards."""
    with django_db_blocker.unblock():
        workspace = Workspace.objects.get(slug="acme")
        try:
            yield workspace
        finally:
            with tenants.enter(workspace):
                Exchange.objects.all().delete()
            connection.close()


@pytest.mark.parametrize("way", ["by-itself", "forked"])
def test_a_process_that_ends_writes_what_it_has(written: Workspace, way: str) -> None:
    before, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    environment = {**os.environ, "DATABASE_URL": f"{before}/{settings.DATABASES['default']['NAME']}"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    subprocess.run([sys.executable, "-c", ENDS, way], env=environment, check=True, timeout=2 * PATIENCE)  # noqa: S603  # ours
    assert paths(written) == [way]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_thread_writes_within_a_second_or_so_and_tries_again(
    written: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried, done = [], threading.Event()

    def write() -> None:
        tried.append(threading.current_thread().name)
        if len(tried) < 3:
            raise OperationalError
        done.set()
        raise SystemExit  # the thread would go on for all tests that come after

    flush = flushing.Flush("A test's own", write, lambda: None, every=0.0)
    monkeypatch.setattr(flushing, "_flushes", [flush])
    monkeypatch.setattr(flushing, "TICK_SECONDS", 0.05)
    thread = threading.Thread(target=flushing._flush_on, name="flushing", daemon=True)
    thread.start()
    assert done.wait(PATIENCE)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert set(tried) == {"flushing"}
    assert caplog.text.count("A test's own could not be written (OperationalError)") == 1
