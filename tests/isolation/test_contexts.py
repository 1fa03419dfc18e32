"""Each way in which a schema is carried along, or forgotten, by use: a thread, a coroutine, a commit, a query not yet
asked, an error, a pool. The guard raises, or the right workspace's rows are read; never another's.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.test import TestCase
from django.urls import get_script_prefix

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core import events
from apps.core.events import Event, publish
from apps.live.audience import groups, roles
from apps.tenants.files import file_name
from apps.tenants.guard import OutsideWorkspace
from apps.tenants.models import Workspace
from apps.tenants.services import create_workspace
from tests.clocks import PATIENCE
from tests.furnished import Business, committed


@pytest.fixture
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Business, Business]]:
    """Committed: every thread has a connection of its own."""
    with committed(django_db_blocker) as both:
        yield both


def names() -> list[str]:
    return sorted(Bot.objects.values_list("name", flat=True))


def in_thread(work: Callable[[], Any]) -> Any:
    """What the work gives in a thread that has done nothing before."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(PATIENCE)


def test_a_new_thread_is_in_no_workspace_whatever_its_maker_was_in(two: tuple[Business, Business]) -> None:
    acme, other = two
    with tenants.enter(acme.workspace):
        assert in_thread(lambda: (tenants.schema(), get_script_prefix())) == ("public", "/")
        with pytest.raises(OutsideWorkspace, match="no workspace was entered in this thread"):
            in_thread(names)
    assert in_thread(lambda: entered(other, names)) == [other.bot.name]


def entered(business: Business, work: Callable[[], Any]) -> Any:
    with tenants.enter(business.workspace):
        return work()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_pools_thread_is_in_no_workspace_after_work_that_failed(
    two: tuple[Business, Business], error: type[BaseException]
) -> None:
    """One thread, used again and again, as a worker's and a web server's are."""

    def fails() -> None:
        raise error

    seen: list[Any] = []

    def hand() -> None:
        try:
            for business in (*two, two[0]):
                with pytest.raises(error):
                    entered(business, fails)
                seen.append((tenants.schema(), get_script_prefix()))
                with pytest.raises(OutsideWorkspace):
                    names()
            seen.append(entered(two[1], names))
        finally:
            connection.close()

    thread = threading.Thread(target=hand)
    thread.start()
    thread.join(PATIENCE)
    assert seen == [("public", "/")] * 3 + [[two[1].bot.name]]


def test_a_query_built_in_one_and_asked_in_the_other_is_asked_where_it_stands(two: tuple[Business, Business]) -> None:
    """A queryset holds no rows until it is asked: what a workspace reads must be read before it is left."""
    acme, other = two
    with tenants.enter(acme.workspace):
        lazy = Bot.objects.all()
        row = Bot.objects.get()
    with pytest.raises(OutsideWorkspace):
        list(Bot.objects.all())
    with tenants.enter(other.workspace):
        assert [bot.name for bot in lazy] == [other.bot.name]
        with pytest.raises(Bot.DoesNotExist):
            row.refresh_from_db()
        row.name = "Written by mistake"
        with pytest.raises(Exception, match="did not affect any rows"):
            row.save(update_fields=["name"])
        assert names() == [other.bot.name]
    with tenants.enter(acme.workspace):
        assert names() == [acme.bot.name]


def test_rows_reached_from_a_row_outside_its_workspace_are_refused(two: tuple[Business, Business]) -> None:
    acme, _ = two
    with tenants.enter(acme.workspace):
        bot = Bot.objects.get()
    for reach in (lambda: list(bot.sources.all()), lambda: bot.refresh_from_db(), lambda: bot.delete()):
        with pytest.raises(OutsideWorkspace):
            reach()
    with tenants.enter(acme.workspace):
        assert names() == [acme.bot.name]


@dataclass(frozen=True)
class Happened(Event):
    """Only these tests publish it."""

    number: int


@pytest.fixture
def heard() -> Iterator[list[tuple[int, str, str]]]:
    """What a subscriber after the commit saw: the event, the schema and the addresses it was called in."""
    seen: list[tuple[int, str, str]] = []

    def note(event: Happened) -> None:
        seen.append((event.number, tenants.schema(), get_script_prefix()))

    events.after(Happened)(note)
    yield seen
    for kept in (events._within, events._after):
        kept.pop(Happened, None)


def test_what_is_told_after_a_commit_is_told_in_the_workspace_where_it_happened(
    db: None, workspace: Workspace, other: Workspace, heard: list[tuple[int, str, str]]
) -> None:
    """The commit comes when both workspaces have been left."""
    with TestCase.captureOnCommitCallbacks(execute=True), tenants.enter(None), transaction.atomic():
        for number, where in enumerate([workspace, other, workspace, None]):
            with tenants.enter(where):
                publish(Happened(number))
    acme, bakery = (workspace.schema_name, "/w/acme/"), (other.schema_name, "/w/other/")
    assert heard == [(0, *acme), (1, *bakery), (2, *acme), (3, "public", "/")]
    assert tenants.schema() == workspace.schema_name


def test_a_transaction_that_is_undone_leaves_the_schema_as_it_was(workspace: Workspace, other: Workspace) -> None:
    for _ in range(3):
        with pytest.raises(ValueError, match="undo"), tenants.enter(other), transaction.atomic():
            create_bot("Undone", business="x")
            raise ValueError("undo")
        assert tenants.schema() == workspace.schema_name
        assert names() == []
    with tenants.enter(other):
        assert names() == []


def test_a_coroutine_that_enters_reads_nothing_in_its_threads(two: tuple[Business, Business]) -> None:
    """What a coroutine sets is not seen where the database is asked: the guard says so, instead of public rows."""

    async def scene() -> str:
        with tenants.enter(two[0].workspace):
            return str(await sync_to_async(in_thread, thread_sensitive=False)(names))

    with pytest.raises(OutsideWorkspace):
        asyncio.run(scene())


def test_a_hundred_coroutines_that_enter_in_their_threads_read_their_own(two: tuple[Business, Business]) -> None:
    def read(business: Business) -> list[str]:
        try:
            return [entered(business, names)[0], tenants.schema()]
        finally:
            connection.close()

    async def scene() -> list[list[str]]:
        calls = [sync_to_async(read, thread_sensitive=False)(two[number % 2]) for number in range(100)]
        return list(await asyncio.gather(*calls))

    assert asyncio.run(scene()) == [[two[number % 2].bot.name, "public"] for number in range(100)]


# --- many, in any order -----------------------------------------------------------------------------------------------

RUNS = 1000
THREADS = 6


@pytest.fixture
def three(two: tuple[Business, Business]) -> Iterator[list[Workspace]]:
    """Three workspaces, each with one bot that is called by its schema."""
    third = Workspace.objects.filter(slug="third").first() or create_workspace("Third", slug="third")
    found = [*(business.workspace for business in two), third]
    for one in found:
        with tenants.enter(one):
            if not Bot.objects.update(name=one.schema_name):
                create_bot(one.schema_name, business="x")
    yield found
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA "{third.schema_name}" CASCADE')
    Workspace.objects.filter(pk=third.pk).delete()


def wander(chance: random.Random, places: list[Workspace], depth: int = 0) -> None:
    """Enters, reads, writes, fails and leaves as chance has it; after each step it is where it was before."""
    before = (tenants.schema(), get_script_prefix())
    for _ in range(chance.randint(1, 3)):
        place = chance.choice([*places, None])
        try:
            with tenants.enter(place):
                look(place)
                if depth < 3 and chance.random() < 0.6:
                    wander(chance, places, depth + 1)
                look(place)
                if chance.random() < 0.3:
                    raise ValueError
                if place is not None and chance.random() < 0.3:
                    undo(place)
        except ValueError:
            pass
        assert (tenants.schema(), get_script_prefix()) == before


def look(place: Workspace | None) -> None:
    """Everything by which one could tell where one is says the same."""
    if place is None:
        assert (tenants.schema(), get_script_prefix(), tenants.current()) == ("public", "/", None)
        with pytest.raises(OutsideWorkspace):
            names()
        return
    assert (tenants.schema(), get_script_prefix()) == (place.schema_name, f"/w/{place.slug}/")
    assert names() == [place.schema_name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), name FROM bots_bot")
        assert cursor.fetchall() == [(place.schema_name, place.schema_name)]
    assert groups(tenants.schema(), roles("owner")) == [f"{place.schema_name}.role.owner"]  # type: ignore[arg-type]
    assert file_name(tenants.schema(), "logo", ".webp").startswith(f"{place.schema_name}/")


def undo(place: Workspace) -> None:
    """Writes and takes it back."""
    with transaction.atomic():
        create_bot("Passing", business="x")
        assert names() == sorted(["Passing", place.schema_name])
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_a_thousand_wanderings_through_three_workspaces_never_lose_their_way(three: list[Workspace], seed: int) -> None:
    errors: list[str] = []

    def hand(number: int) -> None:
        try:
            for run in range(RUNS // THREADS + 1):
                wander(random.Random(f"{seed} {number} {run}"), three)
        except BaseException as error:
            errors.append(f"seed {seed}, hand {number}, run {run}: {error!r}")
        finally:
            connection.close()

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(THREADS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join(300)
    assert not any(one.is_alive() for one in hands)
    assert errors == []
