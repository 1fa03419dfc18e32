"""/readyz: what works, in time although something hangs, and in detail only for who has the token."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from apps.core.health import within_patience
from apps.tenants.models import Workspace
from apps.watch import asgi
from apps.watch.asgi import Readiness
from apps.watch.checks import Row, checks_of
from apps.work.models import Pulse, WorkItem
from tests.asgi import ask
from tests.clocks import PATIENCE, Stopwatch
from tests.ingest.test_hung_database import wire

TOKEN = "t0ken"
FINE = Row(relay=0.4, chat=0.5, default=0.6, work=None, delivery=None)


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def committing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What is written is there for other connections; the test takes it away itself."""
    with django_db_blocker.unblock():
        yield
        connection.close()


def get(app: Readiness, *, token: str = TOKEN, method: str = "GET") -> tuple[int, dict[str, Any]]:
    """Status and JSON."""

    async def scene() -> tuple[int, dict[str, Any]]:
        headers = [("Authorization", f"Bearer {token}")] if token else []
        status, _, body = await ask(app, method, "/readyz", headers=headers)
        return status, json.loads(body)

    return asyncio.run(scene())


def words(row: Row | None, *, redis: bool = True) -> dict[str, tuple[bool, str]]:
    return {check.name: (check.ok, check.sentence) for check in checks_of(row, redis=redis)}


def answering(monkeypatch: pytest.MonkeyPatch, row: Row, *, redis: bool = True) -> Readiness:
    async def told() -> Row:
        return row

    async def rings(url: str, seconds: float) -> bool:
        return redis

    monkeypatch.setattr(asgi, "_ask", told)
    monkeypatch.setattr(asgi.doorbell, "answers", rings)
    return Readiness()


def test_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told = get(answering(monkeypatch, FINE))
    assert (status, told["status"]) == (200, "ok")
    assert [check["name"] for check in told["checks"]] == [
        "database",
        "redis",
        "relay",
        "worker-chat",
        "worker",
        "due",
    ]
    assert all(check["ok"] and check["sentence"].endswith(".") for check in told["checks"])


def test_redis_away_is_degraded_and_still_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told = get(answering(monkeypatch, FINE, redis=False))
    assert (status, told["status"]) == (200, "degraded")
    assert "the relay works what is due itself" in words(FINE, redis=False)["redis"][1]


@pytest.mark.parametrize(
    ("row", "status", "said"),
    [
        (Row(61, 0, 0, None, None), 503, "failing"),
        (Row(None, 0, 0, None, None), 503, "failing"),
        (Row(59, 0, 0, None, None), 200, "ok"),
        (Row(0, 11, 0, None, None), 200, "degraded"),
        (Row(0, 0, None, None, None), 200, "degraded"),
        (Row(0, 0, 0, 61, None), 200, "degraded"),
        (Row(0, 0, 0, 3, 61), 200, "degraded"),
        (Row(0, 0, 0, 60, -5), 200, "ok"),
    ],
)
def test_each_part_counts_as_it_should(monkeypatch: pytest.MonkeyPatch, row: Row, status: int, said: str) -> None:
    answer, told = get(answering(monkeypatch, row))
    assert (answer, told["status"]) == (status, said)


def test_sentences_say_what_follows() -> None:
    told = words(Row(None, 12.2, 0, 75, None))
    assert told["relay"] == (False, "No relay has shown life; nothing is answered or sent.")
    assert (
        told["worker-chat"][1] == "A worker-chat showed life 12 s ago; the relay takes turns and sends itself, slower."
    )
    assert told["due"] == (False, "What is due has waited for hands for 75 s at most.")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_the_token_only_the_status_is_told(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    assert get(answering(monkeypatch, FINE), token=token) == (200, {"status": "ok"})


def test_only_reading_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(answering(monkeypatch, FINE), method="POST")[0] == 405


def test_asking_often_asks_the_database_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def told() -> Row:
        asked.append(1)
        await asyncio.sleep(0.05)
        return FINE

    app = answering(monkeypatch, FINE)
    monkeypatch.setattr(asgi, "_ask", told)

    async def scene() -> None:
        await asyncio.gather(*(ask(app, "GET", "/readyz") for _ in range(30)))

    asyncio.run(scene())
    assert len(asked) == 1


def test_the_rows_are_read_and_redis_is_asked(settings: Any, committing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    info = make_conninfo(asgi.conninfo(), connect_timeout=int(PATIENCE), options="")
    monkeypatch.setattr(asgi, "conninfo", lambda: info)
    monkeypatch.setattr(asgi, "within_patience", partial(within_patience, seconds=PATIENCE))
    settings.REDIS_URL = "redis://127.0.0.1:9/0"  # nobody listens there
    now, workspace = timezone.now(), Workspace.objects.get(slug="acme")
    Pulse.objects.all().delete()
    for queue in ("relay", "chat"):
        Pulse.objects.create(process=queue, queue=queue, hands=0, seen_at=now)
    WorkItem.objects.update_or_create(
        workspace=workspace, kind="a.kind", key="1", defaults={"due_at": now - timedelta(seconds=70)}
    )
    try:
        status, told = get(Readiness())
    finally:
        WorkItem.objects.filter(kind="a.kind").delete()
        Pulse.objects.all().delete()
    found = {check["name"]: check["ok"] for check in told["checks"]}
    assert (status, told["status"]) == (200, "degraded")
    assert found == {
        "database": True,
        "redis": False,
        "relay": True,
        "worker-chat": True,
        "worker": False,
        "due": False,
    }


def test_a_hung_database_is_told_in_time_and_asked_by_one_connection_only(
    monkeypatch: pytest.MonkeyPatch, committing: None
) -> None:
    answers: list[tuple[int, float]] = []

    async def scene() -> None:
        async def once(app: Readiness) -> None:
            with Stopwatch() as waited:
                status, _, _ = await ask(app, "GET", "/readyz")
            answers.append((status, waited.seconds))
            app._good_until = 0.0

        async with wire() as line:
            info = make_conninfo(asgi.conninfo(), port=line.port)
            monkeypatch.setattr(asgi, "conninfo", lambda: info)
            app = Readiness()
            line.open.clear()
            await once(app)
            await once(app)
            line.open.set()
            await asyncio.sleep(0.5)
            app._question = None

    asyncio.run(scene())
    assert [status for status, _ in answers] == [503, 503]
    assert max(seconds for _, seconds in answers) < 2.5
