"""From the webhook to what the vendor was sent: no value leaves that stands nowhere in what the bot was told."""

import io
import json
import logging
import time
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from apps import tenants
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.dialogue import services
from apps.dialogue.models import Memo, Turn
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox
from apps.ingest import tasks
from apps.ingest.models import Delivery
from apps.knowledge.services import add_text, index
from apps.leads.models import Lead
from apps.llm.base import LLMError, Reply, Usage
from apps.tenants.models import Hook, Workspace
from apps.work import claims, kinds
from apps.work.models import Bucket, WorkItem
from tests.conftest import CUSTOMER, PHONE_NUMBER_ID
from tests.dialogue.model import Model
from tests.dialogue.turns import claim, outcomes, take_turn
from tests.graph import Graph
from tests.payloads import envelope, text

RIGHT = Reply("It is £39 a day, and we open at 9 am.", "test", usage=Usage(7, 3))
WRONG = Reply("It is £45 a day.", "test", usage=Usage(7, 3), fields={"name": "Maya Lind"}, asks="email")
FALLBACK = "I am not sure about that. A colleague will get back to you here."
Write = Callable[..., None]


@pytest.fixture(autouse=True)
def knowledge(bot: Bot, inbox: Inbox, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.knowledge.services.llm_of", lambda _: model)
    index(add_text(bot, title="Prices", text="An electric bike costs 39 GBP a day. We open at 9 o'clock."))


@pytest.fixture
def write(hook: Hook, workspace: Workspace) -> Write:
    """The customer writes by a webhook, and all that follows happens."""

    def post(words: str = "How much is an electric bike?") -> None:
        with tenants.enter(None):
            Delivery.objects.create(
                hook=hook,
                body=envelope(text(words, phone=CUSTOMER, number=PHONE_NUMBER_ID, at=int(time.time()))),
                headers={},
            )
        tasks.work(5.0)
        work()

    return post


def work() -> None:
    Bucket.objects.all().delete()
    WorkItem.objects.filter(due_at__isnull=False).update(due_at="2026-01-01T00:00:00Z")
    for name in ("dialogue.take_turns", "conversations.deliver"):
        kinds.get(name).work(5.0)


def test_what_stands_in_the_knowledge_leaves_as_it_is(write: Write, model: Model, graph: Graph) -> None:
    model.answers = [RIGHT]
    write()
    assert (graph.texts, len(model.prompts), outcomes()) == ([RIGHT.text], 1, ["answered"])
    kept = Turn.objects.get().grounding
    assert (kept["passed"], kept["checked"], kept["unsupported"], kept["first"]) == (True, 2, [], None)


def test_a_wrong_value_is_rewritten_once_and_the_model_is_told_which(write: Write, model: Model, graph: Graph) -> None:
    model.answers = [WRONG, RIGHT]
    write()
    assert (graph.texts, outcomes()) == ([RIGHT.text], ["answered"])
    first, second = model.prompts
    assert (first.rejected, first.unsupported) == ("", ())
    assert (second.rejected, second.unsupported) == (WRONG.text, ("£45",))
    turn = Turn.objects.get()
    assert (turn.tokens_in, turn.tokens_out) == (14, 6)
    assert turn.grounding["first"]["unsupported"] == [{"kind": "price", "text": "£45"}]
    assert Lead.objects.get().value("name") == "Maya Lind"
    assert not Handoff.objects.exists()


def test_a_rewrite_that_still_is_wrong_becomes_the_fallback_and_a_handoff(
    write: Write, model: Model, graph: Graph
) -> None:
    model.answers = [WRONG, WRONG, RIGHT]
    write()
    assert (graph.texts, len(model.prompts), outcomes()) == ([FALLBACK], 2, ["not_grounded"])
    turn, handoff = Turn.objects.get(), Handoff.objects.get()
    assert (turn.detail, turn.grounding["counts"]) == ("Stands nowhere: 1 price.", {"price": 1})
    assert turn.grounding["unsupported"] == [{"kind": "price", "text": "£45"}]
    assert (handoff.reason, handoff.asked_by) == ("The assistant was not sure (stands nowhere: 1 price).", "bot")
    assert Conversation.objects.get().ai_on is False
    lead = Lead.objects.get()
    assert (lead.value("name"), lead.asked) == ("Maya Lind", {})  # found, but nothing was asked
    assert not Message.objects.filter(text__contains="45").exists()


@pytest.mark.parametrize(
    ("fallback", "language", "said"),
    [
        ("Ask us at the counter, please.", "es", "Ask us at the counter, please."),
        ("", "es", "No estoy seguro de eso. Un compañero le contestará por aquí."),
        ("", "pt-BR", "Não tenho certeza disso. Um colega vai responder por aqui."),
        ("", "fr", FALLBACK),
    ],
)
def test_the_fallback_is_the_owners_or_ours_in_the_language(
    write: Write, model: Model, graph: Graph, fallback: str, language: str, said: str
) -> None:
    Bot.objects.update(fallback=fallback, language=language)
    model.answers = [WRONG, WRONG]
    write()
    assert graph.texts == [said]


def test_an_answer_of_less_confidence_than_the_bot_asks_for_is_not_sent(
    write: Write, model: Model, graph: Graph
) -> None:
    Bot.objects.update(least_confidence=0.45)
    made_up = Reply("Yes, all of them are.", "test")
    model.answers = [made_up, Reply("I do not know that.", "test", knows=False)]
    write("Are the bikes insured?")
    assert (graph.texts, outcomes()) == (["I do not know that."], ["answered"])
    model.answers = [made_up, made_up]
    write("Are the helmets insured?")
    assert (graph.texts[1:], outcomes()[1:]) == ([FALLBACK], ["not_grounded"])
    assert Handoff.objects.get().reason == "The assistant was not sure (confidence 0.4 of 0.45)."


def test_the_models_own_reason_for_a_person_stays_the_reason(write: Write, model: Model) -> None:
    model.answers = [Reply("You get £45 back.", "test", handoff="Wants a refund."), WRONG]
    write("I want my money back!")
    assert (Handoff.objects.get().reason, outcomes()) == ("Wants a refund.", ["not_grounded"])


def test_the_customers_own_number_may_be_repeated(write: Write, model: Model, graph: Graph) -> None:
    model.answers = [Reply("Four people, thank you. We will call 07911 123456.", "test")]
    write("We are 4 people, my number is +44 7911 123456")
    assert (outcomes(), len(graph.texts)) == (["answered"], 1)


def test_a_model_that_gives_no_second_answer_leaves_the_fallback(write: Write, model: Model, graph: Graph) -> None:
    model.answers = [WRONG, LLMError("The key was refused.", retryable=False)]
    write()
    assert (graph.texts, outcomes()) == ([FALLBACK], ["not_grounded"])


def test_a_model_that_is_busy_at_the_second_answer_is_asked_for_that_one_again(
    write: Write, model: Model, graph: Graph
) -> None:
    model.answers = [WRONG, LLMError("The model is overloaded.", retryable=True), RIGHT]
    write()
    assert outcomes() == []
    work()
    assert [prompt.rejected for prompt in model.prompts] == ["", WRONG.text, WRONG.text]
    assert (graph.texts, outcomes()) == ([RIGHT.text], ["answered"])


class Killed(BaseException):
    """As a process ends that is killed."""


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The next hands die at the crash point."""

    def die(point: str) -> None:
        def strike(name: str, *_: object) -> None:
            if name == point:
                raise Killed

        with monkeypatch.context() as broken:
            broken.setattr("apps.core.crashes.point", strike)
            with pytest.raises(Killed):
                services.take_turn(claim())
        WorkItem.objects.update(lease_until=timezone.now())

    return die


@pytest.mark.parametrize("point", ["turn.before-rewrite", "turn.after-rewrite"])
def test_hands_that_die_around_the_rewrite_cost_no_call_twice(
    receive: Callable[..., Message], model: Model, dying: Callable[[str], None], point: str
) -> None:
    model.answers = [WRONG, RIGHT]
    receive("How much is an electric bike?")
    dying(point)
    before = model.embedded
    take_turn()
    assert [prompt.rejected for prompt in model.prompts] == ["", WRONG.text]
    assert (model.prompts[1].passages, model.embedded) == (model.prompts[0].passages, before)
    assert (outcomes(), Message.objects.get(direction="out").text) == (["answered"], RIGHT.text)
    assert Memo.objects.count() == 0


def test_no_connection_is_held_and_the_lease_is_new_while_the_model_writes_anew(
    receive: Callable[..., Message], model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr("apps.core.connections.release", lambda: done.append("released"))
    monkeypatch.setattr(services.heart, "prolong", lambda *_: done.append("prolonged"))
    model.answers = [WRONG, RIGHT]
    model.meanwhile = [lambda: done.append("asked"), lambda: done.append("asked")]
    receive("How much is an electric bike?")
    take_turn()
    last = len(done) - done[::-1].index("asked") - 1
    assert {"released", "prolonged"} <= set(done[done.index("asked") + 1 : last])


def test_a_person_who_takes_over_during_the_rewrite_is_not_talked_over(
    receive: Callable[..., Message], model: Model
) -> None:
    conversation = receive("How much is an electric bike?").conversation
    model.answers = [WRONG, WRONG]
    model.meanwhile = [
        lambda: None,
        lambda: Conversation.objects.filter(pk=conversation.pk).update(epoch=conversation.epoch + 1),
    ]
    take_turn()
    assert (outcomes(), Message.objects.filter(direction="out").count()) == (["taken_over"], 0)
    assert not Handoff.objects.exists()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line any logger writes."""
    said, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(said)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_values_stand_in_the_turn_and_in_no_log(write: Write, model: Model, log: io.StringIO) -> None:
    odd = Reply("It is £4,517 a day, mail odd@canary.example.", "test")
    model.answers = [odd, odd]
    write()
    kept = json.dumps(Turn.objects.get().grounding)
    for value in ("4,517", "odd@canary.example"):
        assert value in kept
        assert value not in log.getvalue()
        assert value not in Handoff.objects.get().reason


def test_a_lost_lease_writes_nothing_though_the_model_wrote_anew(receive: Callable[..., Message], model: Model) -> None:
    model.answers = [WRONG, RIGHT]
    receive("How much is an electric bike?")
    stale = claim()

    def steal() -> None:
        WorkItem.objects.update(lease_until=timezone.now())
        claims.claim(services.TAKE_TURNS, lease=60, share=10)

    model.meanwhile = [lambda: None, steal]
    services.take_turn(stale)
    assert (outcomes(), Message.objects.filter(direction="out").count()) == ([], 0)
