"""`push`: at once, ids only, never crossing workspaces, and dropped rather than waited for."""

import json
import logging
import os
import socket as sockets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as configured
from django.test import Client

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.live import push as live
from apps.live.audience import conversation_audience, roles
from apps.live.push import push
from apps.tenants.models import Workspace
from tests.clocks import PATIENCE, Stopwatch
from tests.live.sockets import opened, run

enqueue = live._enqueue  # as it is before the fixture that keeps unit tests from Redis takes its place

Browser = Callable[..., Client]
SOMETHING = {"type": "conversation", "id": 42, "at": "2026-03-01T10:00:00+00:00"}


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[live.Line]:
    """A line of this test's own, to the real Redis."""
    fresh = live.Line()
    monkeypatch.setattr(live, "_enqueue", enqueue)
    monkeypatch.setattr(live, "_line", fresh)
    monkeypatch.setattr(live, "TIMEOUT", PATIENCE)  # Redis and this machine may be slow; some tests say otherwise
    monkeypatch.setattr(live, "STALE", 10 * PATIENCE)
    yield fresh
    while not fresh.queue.empty():  # its thread goes on; let it not speak into the next test
        fresh.queue.get_nowait()


@pytest.fixture
def hanging(settings: Any) -> Iterator[None]:
    """A Redis that accepts connections and never answers."""
    with sockets.create_server(("127.0.0.1", 0)) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        layer = configured.CHANNEL_LAYERS["default"]
        host = {**layer["CONFIG"]["hosts"][0], "address": address}
        settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {"hosts": [host]}}}
        yield


def wait_until(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def test_groups_are_the_audiences_in_this_workspace(workspace: Workspace, pushed: list[Any]) -> None:
    push(roles(Role.VENDOR, Role.OWNER), SOMETHING)
    schema = workspace.schema_name
    assert pushed == [([f"{schema}.role.owner", f"{schema}.role.vendor"], SOMETHING)]


def test_words_are_refused(workspace: Workspace, pushed: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"holds ids only .* not \['text'\]"):
        push(roles(Role.OWNER), {**SOMETHING, "text": "My card number is"})
    assert pushed == []


def test_outside_a_workspace_nobody_is_told(db: None, pushed: list[Any]) -> None:
    with tenants.enter(None), pytest.raises(RuntimeError, match="no workspace was entered"):
        push(roles(Role.OWNER), SOMETHING)
    assert pushed == []


def test_a_push_reaches_the_page_by_redis(line: live.Line, workspace: Workspace, client_for: Browser) -> None:
    browser = client_for(Role.VENDOR)

    async def scenario() -> None:
        page = await opened(browser)
        await sync_to_async(push)(conversation_audience(None), SOMETHING)
        assert await page.hear() == SOMETHING
        assert await page.receive_nothing(timeout=0.3)
        await page.leave()

    run(scenario)


def test_pushes_of_two_workspaces_never_cross(
    line: live.Line, workspace: Workspace, other: Workspace, member: Any, client_for: Browser
) -> None:
    vera: Membership = member(Role.OWNER)
    Membership.objects.create(user=vera.user, workspace=other, role=Role.OWNER)
    browser = client_for(None, user=vera.user)

    async def scenario() -> tuple[list[int], list[int]]:
        here, there = await opened(browser), await opened(browser, f"/w/{other.slug}/live/")
        threads = [threading.Thread(target=say, args=(at, first)) for at, first in ((workspace, 0), (other, 1000))]
        for thread in threads:
            thread.start()
        heard = [(await here.hear())["id"] for _ in range(50)], [(await there.hear())["id"] for _ in range(50)]
        for page in (here, there):
            assert await page.receive_nothing(timeout=0.2)
            await page.leave()
        return heard

    def say(at: Workspace, first: int) -> None:
        with tenants.enter(at):
            for number in range(50):
                push(roles(Role.OWNER), {"type": "conversation", "id": first + number})

    assert run(scenario) == (list(range(50)), list(range(1000, 1050)))


@pytest.mark.slow
def test_a_page_that_heard_nothing_for_20_s_still_listens(
    line: live.Line, workspace: Workspace, client_for: Browser
) -> None:
    browser = client_for(Role.OWNER)

    async def scenario() -> None:
        page = await opened(browser)
        assert await page.receive_nothing(timeout=20.5)
        await sync_to_async(push)(roles(Role.OWNER), SOMETHING)
        assert await page.hear() == SOMETHING
        await page.leave()

    run(scenario)


def test_a_hanging_redis_keeps_no_caller_waiting(
    line: live.Line, hanging: None, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(live, "TIMEOUT", 0.2)
    with caplog.at_level(logging.WARNING, logger=live.__name__):
        with Stopwatch() as took:
            for _ in range(live.QUEUE_SIZE + 200):
                push(roles(*Role), SOMETHING)
        assert wait_until(lambda: line.dropped >= 200)
    assert took.seconds < 1.0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Open pages were not told of a change" in caplog.text


def test_after_redis_answers_again_pages_are_told_again(
    line: live.Line, hanging: None, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(live, "TIMEOUT", 0.1)
    push(roles(Role.OWNER), SOMETHING)
    assert wait_until(lambda: line.dropped == 1)
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    sent: list[tuple[str, int]] = []

    class Layer:
        async def group_send(self, group: str, message: dict[str, str]) -> None:
            sent.append((group, json.loads(message["text"])["id"]))

    monkeypatch.setattr(live, "get_channel_layer", Layer)
    push(roles(Role.OWNER), {**SOMETHING, "id": 4711})
    assert wait_until(lambda: (f"{workspace.schema_name}.role.owner", 4711) in sent)


def test_what_waited_too_long_is_not_sent_any_more(
    line: live.Line, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STALE", -1.0)
    sent: list[str] = []
    monkeypatch.setattr(live, "_send", lambda one: sent.append(one.text))
    push(roles(Role.OWNER), SOMETHING)
    assert wait_until(lambda: line.dropped == 1)
    assert sent == []


def test_a_layer_that_fails_does_not_end_the_thread(
    line: live.Line, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Layer:
        async def group_send(self, group: str, message: dict[str, str]) -> None:
            raise ConnectionError("Redis went away.")

    monkeypatch.setattr(live, "get_channel_layer", Layer)
    for _ in range(3):
        push(roles(Role.OWNER), SOMETHING)
    assert wait_until(lambda: line.dropped == 3)
    assert line.thread is not None and line.thread.is_alive()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_worker_has_a_line_of_its_own(line: live.Line, workspace: Workspace) -> None:
    push(roles(Role.OWNER), SOMETHING)
    assert wait_until(line.queue.empty)
    line.lock.acquire()  # as if another thread held it just then
    child = os.fork()
    if child == 0:
        theirs = live._line
        os._exit(0 if theirs is not line and theirs.thread is None and not theirs.lock.locked() else 1)
    line.lock.release()
    assert os.waitpid(child, 0)[1] == 0
    assert live._line is line
