"""Turn and takeover in random interleavings, on real connections: after a takeover has committed, no message of the
bot's enters `sending`.

    INTERLEAVINGS=10000 bin/test tests/dialogue/test_interleavings.py

Every statement of every actor is preceded by a pause of random length, so that the actors meet everywhere. The
seed is printed; the actors' order on one machine is chance all the same.
"""

import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.contacts.services import opt_out
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message, StateChange
from apps.conversations.services import delivering
from apps.conversations.states import DELIVER
from apps.core import http
from apps.dialogue import services
from apps.dialogue.services import TAKE_TURNS
from apps.handoff import services as handoffs
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox
from apps.llm.base import Reply
from apps.providers.base import ContentKind, Echo, Identity, IdentityKind, Party
from apps.work import claims
from apps.work.claims import Claim
from apps.work.models import Bucket, WorkItem
from apps.work.runner import Later
from tests.clocks import PATIENCE
from tests.conftest import inbound
from tests.furnished import Business, Outside, committed

CASES = int(os.environ.get("INTERLEAVINGS", "200"))
#: So many conversations at once; each has two actors.
AT_ONCE = 4
#: The longest pause before a statement, in seconds; most cases have none at most statements.
PAUSE = 0.002
#: Conversations played without a person first, to learn how long the bot takes here.
ALONE = 8


@dataclass
class Case:
    """One conversation, who takes it over how, and what was seen of both."""

    number: int
    seed: int
    way: str
    phone: str
    words: str = "Hello, when do you open?"
    conversation: Conversation | None = None
    taken_at: float = 0.0  # this process's clock, right after the takeover's commit
    started: list[tuple[float, bool]] = field(default_factory=list)  # when a send asked to begin, and if it did


def echo(case: Case, inbox: Inbox) -> None:
    """The owner answers in the phone app; perhaps before anything is known of the customer."""
    person = Party((Identity(IdentityKind.PHONE, case.phone),))
    words = f"From my phone {case.number}"
    conversations.echo(inbox, Echo("", f"wamid.{uuid.uuid4().hex}", person, ContentKind.TEXT, words, {}, None))


def resend(case: Case, shop: Business) -> None:
    """Somebody has an older message sent again of which nobody knew whether it arrived."""
    assert case.conversation is not None
    older = Message.objects.create(
        conversation=case.conversation,
        inbox=shop.inbox,
        direction="out",
        author="bot",
        text="Older",
        state="unconfirmed",
    )
    assert conversations.retry(older, user=shop.owner.user)


Way = Callable[[Case, Business], object]
#: Every way in which a person can take a conversation over.
WAYS: dict[str, Way] = {
    "panel": lambda case, shop: handoffs.take(_of(case), user=shop.owner.user),
    "reply": lambda case, shop: conversations.reply(_of(case), text="I am here", user=shop.owner.user),
    "api reply": lambda case, shop: conversations.reply(_of(case), text="I am here", user=None, via="CRM"),
    "api handoff": lambda case, shop: handoffs.open_handoff(
        _of(case).pk, asked_by=Handoff.AskedBy.PERSON, reason="I want it"
    ),
    "switch": lambda case, shop: conversations.switch_ai(_of(case), on=False, user=shop.owner.user),
    "echo": lambda case, shop: echo(case, shop.inbox),
    "resend button": resend,
}


#: Ways that send nothing: they are open also while the customer wants no messages.
WORDLESS = ("panel", "api handoff", "switch", "echo")


def _of(case: Case) -> Conversation:
    assert case.conversation is not None
    return Conversation.objects.get(pk=case.conversation.pk)


class Pauses:
    """Runs before every statement of a thread and sometimes waits there."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.often = self.chance.choice([0.0, 0.1, 0.4])

    def __call__(self, execute: Any, *statement: Any) -> Any:
        if self.chance.random() < self.often:
            time.sleep(self.chance.uniform(0, PAUSE))
        return execute(*statement)


@pytest.fixture
def shop(django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    """Furnished and committed; nothing waits for the vendor's or the model's sake."""
    monkeypatch.setattr(services, "SECONDS_BETWEEN_TURNS", 0.0001)
    monkeypatch.setattr("django.conf.settings.MODEL_CALLS_PER_MINUTE", 1_000_000)
    monkeypatch.setattr("apps.providers.whatsapp_cloud.rate_per_minute", 1_000_000)
    monkeypatch.setattr(http, "request", Outside().request)
    monkeypatch.setattr("apps.core.connections.release", lambda: None)  # connecting anew is most of the time
    with committed(django_db_blocker) as (acme, _), tenants.enter(acme.workspace):
        Inbox.objects.update(rate_per_minute=1_000_000)
        yield acme


def leased(kind: str, conversation_id: int) -> Claim | None:
    """The item of this conversation, claimed as hands claim it; None when it is not due."""
    mine = WorkItem.objects.filter(kind=kind, key=str(conversation_id), due_at__isnull=False)
    row = mine.values_list("pk", "workspace_id", "token", "due_at").first()
    if row is None:
        return None
    pk, workspace_id, token, due_at = row
    until = timezone.now() + timedelta(seconds=60)
    if not WorkItem.objects.filter(pk=pk, token=token).update(token=token + 1, lease_until=until, attempts=1):
        return None
    return Claim(pk, workspace_id, kind, str(conversation_id), token + 1, due_at, 1)


def work(kind: str, run: Callable[[Claim], Later | None], conversation_id: int) -> None:
    """Hands work it until nothing is due any more."""
    for _ in range(4):
        claim = leased(kind, conversation_id)
        if claim is None:
            return
        if run(claim) is not None:
            claims.postpone(claim, 0.0)
        else:
            claims.finish(claim)


def bots_part(case: Case, shop: Business) -> None:
    """The bot takes its turn about what the customer wrote, and sends what it says."""
    if case.conversation is None:
        message = conversations.receive(shop.inbox, inbound(case.words, phone=case.phone))
        assert message is not None
        conversation_id = message.conversation_id
    else:
        conversation_id = case.conversation.pk
    work(TAKE_TURNS, services.take_turn, conversation_id)
    work(DELIVER, delivering.deliver, conversation_id)


def act(case: Case, shop: Business, part: Callable[[], object], seed: int, beginning: threading.Barrier) -> None:
    """An actor's thread, which keeps its connection from case to case."""
    with tenants.enter(shop.workspace):
        here.case = case
        beginning.wait(PATIENCE)
        with connection.execute_wrapper(Pauses(seed)):
            part()


def play(case: Case, shop: Business, actors: ThreadPoolExecutor, latest: float) -> None:
    """Both at once; what either raises is raised. The person acts at most so many seconds after the bot began."""
    chance, beginning = random.Random(case.seed), threading.Barrier(2)
    late = chance.choice([0.0, *[chance.uniform(0, latest)] * 3])

    def person() -> None:
        time.sleep(late)
        WAYS[case.way](case, shop)
        case.taken_at = time.monotonic()

    actors.submit(act, case, shop, lambda: prepare(case, shop), 0, threading.Barrier(1)).result(2 * PATIENCE)
    both = [
        actors.submit(act, case, shop, lambda: bots_part(case, shop), case.seed + 1, beginning),
        actors.submit(act, case, shop, person, case.seed + 2, beginning),
    ]
    for one in both:
        one.result(2 * PATIENCE)


def how_long_alone(shop: Business, actors: ThreadPoolExecutor) -> float:
    """Seconds that the bot takes, from the turn's beginning to the last send's end, when nobody interferes."""
    took: list[float] = []

    def alone(case: Case) -> None:
        began = time.monotonic()
        bots_part(case, shop)
        took.append(time.monotonic() - began)

    cases = [Case(-1 - number, number, "", f"4478{number:08}") for number in range(ALONE)]
    for case in cases:
        prepare(case, shop)
    # As many at once as will be: alone on the machine it would be faster than it ever is again.
    playing = [
        actors.submit(act, case, shop, lambda case=case: alone(case), case.seed, threading.Barrier(1)) for case in cases
    ]
    for one in playing:
        one.result(2 * PATIENCE)
    return sorted(took)[ALONE // 2]


#: The case that this thread plays.
here = threading.local()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attempt to begin a bot's send is noted: when it asked, and whether it was let."""
    begin = delivering._start

    def watch(message: Message, claim: Claim) -> bool:
        asked_at, author = time.monotonic(), message.author
        begun = begin(message, claim)
        if author == Message.Author.BOT:
            here.case.started.append((asked_at, begun))
        return begun

    monkeypatch.setattr(delivering, "_start", watch)


class Thinking:
    """A model that takes some milliseconds."""

    embedder = "thinking"

    def chat(self, prompt: Any) -> Reply:
        """Always the same."""
        time.sleep(random.uniform(0, 0.02))
        return Reply("We open early.", "thinking")

    def embed(self, texts: list[str]) -> list[list[float]]:
        """One direction for all."""
        return [[1.0] + [0.0] * 1535 for _ in texts]


def cases(seed: int) -> list[Case]:
    """Some of them begin with nothing: the customer's first message and the person's act come together.

    In some the customer wants no messages any more, or wants them again: what the bot says to that is the bot's too.
    """
    chance = random.Random(seed)
    made = []
    for number in range(CASES):
        way = chance.choice(list(WAYS))
        case = Case(number, chance.randrange(2**31), way, f"4477{number:08}")
        if way in WORDLESS and chance.random() < 0.3:
            case.words = chance.choice(["Stop.", "START"])
        made.append(case)
    return made


def prepare(case: Case, shop: Business) -> None:
    """What happened before; only an echo can come before the conversation."""
    if case.way == "echo" and case.seed % 2:
        return
    message = conversations.receive(shop.inbox, inbound(case.words, phone=case.phone))
    assert message is not None
    case.conversation = message.conversation
    if case.words == "START":
        opt_out(message.conversation.contact)


def _hang_up() -> None:
    connection.close()
    time.sleep(0.01)  # so that every thread gets one


def after_takeover(case: Case) -> list[str]:
    """What the bot did that it must not; empty when all is well."""
    wrong = [
        f"asked {asked - case.taken_at:.4f} s after" for asked, begun in case.started if begun and asked > case.taken_at
    ]
    conversation = Conversation.objects.get(contact__identities__value=case.phone)
    sends = StateChange.objects.filter(
        message__conversation=conversation, state="sending", message__author="bot", at__gt=conversation.ai_paused_at
    )
    wrong += [
        f"sending at {at}, taken over at {conversation.ai_paused_at}" for at in sends.values_list("at", flat=True)
    ]
    waiting = conversation.messages.filter(author="bot", state__in=["pending", "sending"])
    wrong += [f"still {state}" for state in waiting.values_list("state", flat=True)]
    if conversation.ai_on:
        wrong.append("the bot is on")
    return wrong


@pytest.mark.slow
def test_no_message_of_the_bot_enters_sending_after_a_takeover(
    shop: Business, watched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("SEED", str(random.randrange(10**6))))
    monkeypatch.setattr("apps.dialogue.services.llm_of", lambda bot: Thinking())
    monkeypatch.setattr("apps.knowledge.search.llm_of", lambda bot: Thinking())
    played, began = cases(seed), time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as stages, ThreadPoolExecutor(2 * AT_ONCE) as actors:
        latest = 1.5 * how_long_alone(shop, actors)
        list(stages.map(lambda case: play(case, shop, actors, latest), played))
        for hung_up in [actors.submit(_hang_up) for _ in range(8 * AT_ONCE)]:
            hung_up.result(PATIENCE)
    wrong = {
        f"case {case.number} of seed {seed} ({case.way})": found for case in played if (found := after_takeover(case))
    }
    of_ours = Message.objects.filter(author="bot", conversation__contact__identities__value__startswith="4477")
    fates = Counter(of_ours.exclude(text="Older").values_list("state", flat=True))
    outcomes = Counter(case.way for case in played)
    print(f"seed {seed}: {len(played)} in {time.monotonic() - began:.0f} s, {dict(fates)}, {dict(outcomes)}")
    assert wrong == {}
    assert fates["sent"] > CASES * 0.02, "the bot was hardly ever first: this proves little"
    assert fates["sent"] < CASES * 0.98, "the person was hardly ever first: this proves little"
    Bucket.objects.all().delete()
