"""Two workspaces with the same customers and the same texts, worked at the same time: nothing crosses."""

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.contacts.models import Contact
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.ingest.models import Delivery, Quarantined
from apps.live import push as live_push
from apps.live.audience import LOOK
from apps.work import kinds
from apps.work.models import WorkItem
from celery_app import app as celery
from tests.conftest import inbound
from tests.furnished import Business, Outside, Parrot, rows
from tests.live.sockets import opened
from tests.payloads import envelope, text

PHONES = [f"4477009001{number:02}" for number in range(6)]
TEXTS = ["Hello, when do you open?", "And on Sunday?", "What does it cost?"]
#: How a pair of hands works one kind of work for a while.
HANDS: dict[str, Callable[[str], object]] = {
    "threads": lambda kind: kinds.get(kind).work(1.0),
    "tasks": lambda kind: celery.tasks[kind].apply(throw=True),
}
BY_CONVERSATION = ["dialogue.take_turns", "conversations.deliver"]
# On a slow machine what comes in is read late, and a turn whose hands were too slow leaves a word to who waits behind.
KINDS = ["ingest.process", "knowledge.index", "dialogue.catch_up", "dialogue.hold_the_line", *BY_CONVERSATION]
SECONDS = 180.0


def write_from_outside(two: list[Business]) -> None:
    """Every customer writes the same to both businesses, in the same breath, and one thing to each alone."""
    for phone in PHONES:
        for words in [*TEXTS, ""]:
            for business in two:
                said = text(
                    words or f"Only for {business.canary}",
                    phone=phone,
                    number=business.number,
                    name=f"Maya {business.canary}",
                    at=int(time.time()),
                    id=f"wamid.{phone}.{words}",  # the same id from both: ids are unique per inbox only
                )
                Delivery.objects.create(hook=business.hook, body=envelope(said), headers={})


def answer_from_the_panel(business: Business, stop: threading.Event) -> None:
    """The owner answers the first customer as soon as they are there."""
    with tenants.enter(business.workspace):
        while not stop.is_set():
            found = Conversation.objects.filter(contact__identities__value=PHONES[0]).first()
            if found is not None:
                conversations.reply(found, text=f"By hand from {business.canary}", user=business.owner.user)
                return
            time.sleep(0.02)


def something_is_due() -> bool:
    """Of what the hands here do; chores of later are nobody's."""
    waiting = WorkItem.objects.filter(kind__in=KINDS, due_at__isnull=False).exists()
    return waiting or Delivery.objects.filter(state="received").exists()


def in_threads(tasks: list[Callable[[], object]]) -> list[BaseException]:
    """Runs all at once; the errors they raised."""
    errors: list[BaseException] = []

    def run(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 10)
    assert not any(thread.is_alive() for thread in threads)
    return errors


def work_everything(two: list[Business], work: Callable[[str], object]) -> None:
    """Eight pairs of hands, each standing in some workspace when a ring calls it, until nothing is due."""
    stop = threading.Event()

    def hand(kind: str) -> None:
        chosen = random.Random(threading.get_ident())
        while not stop.is_set():
            before = chosen.choice([None, *(business.workspace for business in two)])
            with tenants.enter(before):
                work(kind)
                assert tenants.schema() == (before.schema_name if before else "public")
            time.sleep(0.01)

    def watch() -> None:
        until = time.monotonic() + SECONDS
        while something_is_due() and time.monotonic() < until:
            time.sleep(0.1)
        stop.set()

    people = [lambda business=business: answer_from_the_panel(business, stop) for business in two]
    errors = in_threads([*(lambda kind=kind: hand(kind) for kind in KINDS * 2), *people, watch])
    assert errors == []
    assert not something_is_due(), list(WorkItem.objects.filter(kind__in=KINDS, due_at__isnull=False).values())


@pytest.mark.parametrize("hands", HANDS)
def test_nothing_crosses(
    two: list[Business],
    outside: Outside,
    parrot: Parrot,
    hurried: None,
    pushed: list[tuple[list[str], dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
    hands: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    write_from_outside(two)
    work_everything(two, HANDS[hands])

    assert Quarantined.objects.count() == 0
    for business, foreign in (two, two[::-1]):
        everything_is_its_own(business, foreign)
        sends_are_its_own(business, foreign, outside)
        prompts_are_its_own(business, foreign, parrot)
        pushes_are_its_own(business, pushed)
    told = [groups for groups, payload in pushed if payload["type"] != LOOK]  # which says nothing of any workspace
    assert {groups[0].split(".")[0] for groups in told} == {one.workspace.schema_name for one in two}
    assert len(outside.sends) == sum(_sent(business) for business in two)
    for business in two:
        assert business.canary not in caplog.text
    assert PHONES[0] not in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def everything_is_its_own(business: Business, foreign: Business) -> None:
    kept = rows(business.workspace)
    assert business.canary in kept
    assert foreign.canary not in kept
    assert foreign.number not in kept
    with tenants.enter(business.workspace):
        received = Message.objects.filter(direction="in")
        assert (Contact.objects.count(), Conversation.objects.count()) == (len(PHONES), len(PHONES))
        assert received.count() == len(PHONES) * (len(TEXTS) + 1)
        assert received.filter(answered_at=None).count() == 0
        assert set(Message.objects.filter(direction="out").values_list("state", flat=True)) <= {"sent", "cancelled"}
        ids = {str(pk) for pk in Conversation.objects.values_list("pk", flat=True)}
    due = WorkItem.objects.filter(workspace=business.workspace, kind__in=BY_CONVERSATION)
    assert set(due.values_list("key", flat=True)) == ids


def _sent(business: Business) -> int:
    with tenants.enter(business.workspace):
        return Message.objects.filter(direction="out", state="sent").count()


def sends_are_its_own(business: Business, foreign: Business, outside: Outside) -> None:
    mine = [one for one in outside.asked if business.canary in outside.said_of(one)]
    assert mine
    for one in mine:
        assert foreign.canary not in outside.said_of(one)
        assert f"/{business.number}/messages" in one.url
        assert (one.token, one.schema) == (business.token, business.workspace.schema_name)
    keys = [one.body["biz_opaque_callback_data"] for one in mine if one in outside.sends]
    with tenants.enter(business.workspace):
        own = {str(key) for key in Message.objects.filter(state="sent").values_list("key", flat=True)}
        by_hand = Message.objects.get(author="person").text
    assert sorted(keys) == sorted(own)
    assert by_hand == f"By hand from {business.canary}"


def prompts_are_its_own(business: Business, foreign: Business, parrot: Parrot) -> None:
    mine = [(schema, prompt) for schema, prompt in parrot.told if business.canary in repr(prompt)]
    with tenants.enter(business.workspace):
        answered = Turn.objects.filter(model="parrot")
        assert len(mine) >= answered.count() >= len(PHONES) - 1
    for schema, prompt in mine:
        assert schema == business.workspace.schema_name
        assert foreign.canary not in repr(prompt)
        assert [passage.text for passage in prompt.passages if business.canary in passage.text]


def pushes_are_its_own(business: Business, pushed: list[tuple[list[str], dict[str, Any]]]) -> None:
    schema = business.workspace.schema_name
    mine = [(groups, payload) for groups, payload in pushed if groups[0].startswith(f"{schema}.")]
    with tenants.enter(business.workspace):
        ids = {
            "conversation": set(Conversation.objects.values_list("pk", flat=True)),
            "handoff": set(Handoff.objects.values_list("pk", flat=True)),
        }
    assert {payload["id"] for _, payload in mine if payload["type"] == "conversation"} == ids["conversation"]
    for groups, payload in mine:
        assert all(group.startswith(f"{schema}.") for group in groups)
        assert payload["type"] not in ids or payload["id"] in ids[payload["type"]]
        assert payload.get("conversation", next(iter(ids["conversation"]))) in ids["conversation"]


def signed_in(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_socket_hears_its_own_workspace_only(
    two: list[Business], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person has pages of both open, beside the owners; customers write to both at once."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    both = [add_member(business.workspace, email="both@example.org", role=Role.VENDOR) for business in two]
    owners = [signed_in(business.owner) for business in two]
    writers = [lambda business=business, phone=phone: _write(business, phone) for phone in PHONES for business in two]

    async def scene() -> list[set[int]]:
        loop = asyncio.get_running_loop()

        def enqueue(to: list[str], payload: dict[str, Any]) -> None:
            push = live_push.Push(to, live_push.json.dumps(payload), time.monotonic())
            asyncio.run_coroutine_threadsafe(live_push._send(push), loop)

        monkeypatch.setattr(live_push, "_enqueue", enqueue)
        pages = [await opened(owner, f"/w/{business.slug}/live/") for business, owner in zip(two, owners, strict=True)]
        pages += [await opened(visitor, f"/w/{business.slug}/live/") for business in two]
        assert await asyncio.to_thread(in_threads, writers) == []
        heard = [{push["id"] for push in [await page.hear() for _ in range(len(PHONES))]} for page in pages]
        for page in pages:
            assert await page.receive_nothing(timeout=0.2)
            await page.leave()
        await database_sync_to_async(connections.close_all)()
        return heard

    visitor = signed_in(both[0])
    heard = asyncio.run(scene())
    for business, ids in zip([*two, *two], heard, strict=True):
        with tenants.enter(business.workspace):
            assert ids == set(Conversation.objects.values_list("pk", flat=True))
    assert heard[0] & heard[1] == set()


def _write(business: Business, phone: str) -> None:
    with tenants.enter(business.workspace):
        conversations.receive(business.inbox, inbound("The same words", phone=phone, external_id=f"wamid.{phone}"))


def test_pages_asked_for_at_once_show_their_own_workspace_only(two: list[Business]) -> None:
    """Each thread serves both workspaces in turn, as a web server's do."""
    for business in two:
        for phone in PHONES[:2]:
            with tenants.enter(business.workspace):
                conversations.receive(
                    business.inbox, inbound(f"For {business.canary}", phone=phone, name=f"Maya {business.canary}")
                )
    browsers = [signed_in(business.owner) for business in two]
    paths = ["", "waiting/", "leads/", "fragments/conversations/", "?q=canary"]
    shown: list[tuple[str, bool, bool]] = []

    def visit(seed: int) -> None:
        chosen = random.Random(seed)
        for _ in range(10):
            place = chosen.randrange(2)
            page = browsers[place].get(f"/w/{two[place].slug}/{chosen.choice(paths)}").content.decode()
            shown.append((two[place].slug, two[place].canary in page, two[1 - place].canary in page))

    assert in_threads([lambda seed=seed: visit(seed) for seed in range(6)]) == []
    assert len(shown) == 60
    assert {slug for slug, _, _ in shown} == {"acme", "other"}
    assert not any(foreign for _, _, foreign in shown)
    assert sum(own for _, own, _ in shown) >= 20
