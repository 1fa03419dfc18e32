"""Hands that die between the model's answer and the turn's commit cost no second question."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.conversations.models import Message
from apps.dialogue import services
from apps.dialogue.models import Memo, Turn
from apps.knowledge.services import add_text, index
from apps.leads.models import Lead
from apps.llm.base import Reply
from apps.work.models import WorkItem
from tests.dialogue.model import Model
from tests.dialogue.turns import claim, outcomes, replies, take_turn

Receive = Callable[..., Message]


class Killed(BaseException):
    """As a process ends that is killed: nothing catches it."""


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The next hands die when they have the model's answer and write nothing."""

    def die() -> None:
        with monkeypatch.context() as broken:
            broken.setattr(services, "_commit", _killed)
            with pytest.raises(Killed):
                services.take_turn(claim())
        WorkItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    return die


def _killed(*_: object, **__: object) -> bool:
    raise Killed


def test_the_model_is_asked_once_and_one_reply_is_said(
    receive: Receive, model: Model, dying: Callable[[], None]
) -> None:
    model.answers = [Reply("Nice to meet you.", "test", fields={"name": "Maya Lind"}, asks="email")]
    for text in ("Hi", "I am Maya Lind", "when do you open?"):
        receive(text)
    dying()
    assert Memo.objects.count() == 1
    take_turn()
    assert (len(model.prompts), replies(), outcomes()) == (1, [("bot", "Nice to meet you.")], ["answered"])
    lead = Lead.objects.get()
    assert (lead.value("name"), "email" in lead.asked) == ("Maya Lind", True)
    assert (Turn.objects.get().model, Memo.objects.count()) == ("test", 0)


def test_the_question_is_not_looked_up_a_second_time(
    receive: Receive, model: Model, dying: Callable[[], None], bot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.knowledge.services.llm_of", lambda _: model)
    index(add_text(bot, title="Hours", text="We open at nine."))  # type: ignore[arg-type]
    receive("When do you open on Sundays then?")
    dying()
    before = model.embedded
    take_turn()
    assert model.embedded == before


def test_newer_text_is_asked_about_again(receive: Receive, model: Model, dying: Callable[[], None]) -> None:
    receive("Hi")
    dying()
    receive("and on Sunday?")
    take_turn()
    assert [len(prompt.said) for prompt in model.prompts] == [1, 2]
    assert len(replies()) == 1


def test_a_decision_of_ten_minutes_ago_is_made_anew(receive: Receive, model: Model, dying: Callable[[], None]) -> None:
    receive("Hi")
    dying()
    Memo.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    take_turn()
    assert len(model.prompts) == 2


def test_a_turn_that_is_written_leaves_no_memo(receive: Receive, model: Model) -> None:
    receive("Hi")
    take_turn()
    receive("Hi")
    take_turn()
    assert (Memo.objects.count(), len(model.prompts)) == (0, 2)
