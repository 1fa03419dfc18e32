"""A turn: one decision about what is unanswered, one outcome, and a fence against everything that changed meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.bots.models import Bot
from apps.bots.services import switch_bot
from apps.contacts.models import Contact
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock
from apps.dialogue import services
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff, resolve
from apps.inboxes.models import Inbox
from apps.inboxes.services import reconnect
from apps.leads.models import Lead
from apps.llm.base import LLMError, Reply
from apps.providers.base import ContentKind
from apps.work import claims
from apps.work.models import Bucket, WorkItem
from apps.work.runner import Later
from tests.dialogue.model import Model
from tests.dialogue.turns import claim, outcomes, replies, take_turn
from tests.graph import Graph

Receive = Callable[..., Message]
Member = Callable[..., Membership]


def test_a_question_is_answered_once(receive: Receive, model: Model) -> None:
    message = receive("When do you open?")
    take_turn()
    assert replies() == [("bot", "We open early.")]
    turn = Turn.objects.get()
    assert (turn.outcome, turn.messages, turn.model, turn.tokens_in) == ("answered", [message.pk], "test", 7)
    assert turn.replies == [Message.objects.get(direction="out").pk]
    message.refresh_from_db()
    assert message.answered_at is not None
    assert WorkItem.objects.get(kind="conversations.deliver").due_at is not None


def test_a_burst_is_one_model_call_and_one_reply(receive: Receive, model: Model) -> None:
    for text in ("Hi", "I have a question", "when do you open?"):
        receive(text)
    take_turn()
    assert len(model.prompts) == 1
    assert [said.text for said in model.prompts[0].said] == ["Hi", "I have a question", "when do you open?"]
    assert (len(replies()), len(Turn.objects.get().messages)) == (1, 3)


def test_a_bot_switched_off_while_it_thinks_says_nothing(receive: Receive, model: Model, bot: Bot) -> None:
    message = receive("When do you open?")
    model.meanwhile.append(lambda: switch_bot(bot, on=False))
    take_turn()
    message.refresh_from_db()
    assert (replies(), outcomes(), message.answered_at is not None) == ([], ["bot_off"], True)


def test_what_a_bot_had_not_sent_is_taken_back_with_the_switch_and_a_persons_message_is_not(
    receive: Receive, model: Model, bot: Bot, member: Member
) -> None:
    conversation = receive("When do you open?").conversation
    take_turn()
    conversations.queue(lock(conversation.pk), text="Anything else?", author=Message.Author.PERSON)
    switch_bot(bot, on=False)
    assert list(Message.objects.filter(direction="out").order_by("id").values_list("author", "state")) == [
        ("bot", "cancelled"),
        ("person", "pending"),
    ]


def test_messages_are_read_in_the_vendors_order(receive: Receive, model: Model) -> None:
    now = timezone.now()
    receive("second", sent_at=now - timedelta(seconds=5))
    receive("first", sent_at=now - timedelta(seconds=9))
    take_turn()
    assert [said.text for said in model.prompts[0].said] == ["first", "second"]


def test_newer_text_makes_the_assistant_think_once_more_and_only_once(receive: Receive, model: Model) -> None:
    receive("Hello")
    model.meanwhile = [lambda: receive("and on Sunday?"), lambda: receive("and on Monday?")]
    take_turn()
    assert len(model.prompts) == 2
    assert Turn.objects.get().reruns == 1
    assert len(Turn.objects.get().messages) == 2
    assert WorkItem.objects.get(kind=services.TAKE_TURNS).due_at is not None
    take_turn()
    assert Message.objects.filter(direction="in", answered_at__isnull=True).count() == 0


def delete(receive: Receive, message: Message) -> Callable[[], Message]:
    return lambda: receive("", kind=ContentKind.REVOKE, content={"target": message.external_id})


def edit(receive: Receive, message: Message, text: str) -> Callable[[], Message]:
    return lambda: receive(text, kind=ContentKind.EDIT, content={"target": message.external_id})


def test_what_is_left_when_a_message_is_deleted_while_the_model_thinks_is_answered(
    receive: Receive, model: Model
) -> None:
    deleted, left = receive("My card number is 4111"), receive("When do you open?")
    model.meanwhile = [delete(receive, deleted)]
    take_turn()
    assert [[said.text for said in prompt.said][-1:] for prompt in model.prompts] == [["When do you open?"]] * 2
    turn = Turn.objects.get()
    assert (turn.outcome, turn.messages, turn.reruns, len(replies())) == ("answered", [left.pk], 1, 1)
    assert not Message.objects.filter(direction="in", answered_at__isnull=True).exists()


def test_a_message_deleted_while_the_model_thinks_once_more_leaves_the_turn_to_the_others(
    receive: Receive, model: Model
) -> None:
    one, two, three = receive("One"), receive("Two"), receive("Three")
    model.meanwhile = [delete(receive, one), delete(receive, two)]
    take_turn()
    assert (len(model.prompts), outcomes(), Turn.objects.get().messages) == (2, ["answered"], [three.pk])


def test_nothing_is_said_when_all_is_deleted_while_the_model_thinks(receive: Receive, model: Model) -> None:
    model.meanwhile = [delete(receive, receive("Oops"))]
    take_turn()
    assert (len(model.prompts), outcomes(), replies()) == (1, [], [])


def test_what_comes_instead_of_a_deleted_message_is_decided_about(receive: Receive, model: Model) -> None:
    wrong = receive("Opne?")

    def correct() -> None:
        delete(receive, wrong)()
        receive("Open?")

    model.meanwhile = [correct]
    take_turn()
    assert (outcomes(), Turn.objects.get().messages) == (["answered"], [Message.objects.get(text="Open?").pk])


def test_an_edit_makes_the_assistant_think_once_more_and_only_once(receive: Receive, model: Model) -> None:
    message = receive("Do you have it in red?")
    model.meanwhile = [edit(receive, message, "in blue?"), edit(receive, message, "in green?")]
    take_turn()
    assert [prompt.said[-1].text for prompt in model.prompts] == ["Do you have it in red?", "in blue?"]
    assert (outcomes(), len(replies()), Turn.objects.get().reruns) == (["answered"], 1, 1)


def test_a_person_who_takes_over_while_the_model_thinks_is_not_talked_over(
    receive: Receive, model: Model, member: Member
) -> None:
    conversation = receive("Hello").conversation
    user = member(Role.VENDOR).user
    model.meanwhile = [lambda: conversations.reply(conversation, text="I am here", user=user)]
    take_turn()
    assert replies() == [("person", "I am here")]
    assert outcomes() == ["taken_over"]


def test_a_turn_whose_lease_was_lost_writes_nothing(receive: Receive, model: Model) -> None:
    receive("Hello")
    stale = claim()

    def steal() -> None:
        WorkItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        claims.claim(services.TAKE_TURNS, lease=60, share=10)

    model.meanwhile = [steal]
    services.take_turn(stale)
    assert (replies(), outcomes()) == ([], [])


def test_while_a_person_talks_the_bot_is_silent_and_says_why(receive: Receive, model: Model, member: Member) -> None:
    conversation = receive("Hello").conversation
    conversations.reply(conversation, text="Hi, it's me", user=member(Role.VENDOR).user)
    receive("Nice, thanks")
    take_turn()
    assert (model.prompts, outcomes()) == ([], ["person_talking"])


def test_after_twelve_silent_hours_the_bot_answers_again(receive: Receive, member: Member) -> None:
    conversation = receive("Hello").conversation
    conversations.reply(conversation, text="Hi", user=member(Role.VENDOR).user)
    long_ago = timezone.now() - timedelta(hours=12, minutes=1)
    Message.objects.filter(author="person").update(created_at=long_ago)
    Conversation.objects.update(ai_paused_at=long_ago)
    receive("Anybody there?")
    take_turn()
    assert outcomes() == ["answered"]


def test_a_switch_turned_off_stays_off_however_long_the_silence(receive: Receive, member: Member) -> None:
    conversation = receive("Hello").conversation
    conversations.switch_ai(conversation, on=False, user=member(Role.OWNER).user)
    Conversation.objects.update(ai_paused_at=timezone.now() - timedelta(days=9))
    receive("Anybody there?")
    take_turn()
    assert outcomes() == ["person_talking"]


@pytest.mark.parametrize("words", ["Can I talk to a real person please?", "Quiero hablar con una persona"])
def test_who_asks_for_a_person_waits_for_one_and_is_told(receive: Receive, model: Model, words: str) -> None:
    conversation = receive(words).conversation
    take_turn()
    handoff = Handoff.objects.get()
    conversation.refresh_from_db()
    assert (handoff.state, handoff.asked_by, conversation.ai_on) == ("pending", "contact", False)
    assert (model.prompts, outcomes(), len(replies())) == ([], ["asked_person"], 1)
    waiting = Message.objects.get(direction="out")
    assert (waiting.state, waiting.epoch) == ("pending", conversation.epoch)


def test_the_assistant_can_ask_for_a_person(receive: Receive, model: Model) -> None:
    model.answers = [Reply("A colleague will look into that.", "test", handoff="A complaint about an invoice.")]
    receive("Your invoice is wrong!")
    take_turn()
    assert (Handoff.objects.get().reason, outcomes()) == ("A complaint about an invoice.", ["handed_off"])
    assert replies() == [("bot", "A colleague will look into that.")]


def test_after_the_handoff_is_resolved_the_bot_answers_again(receive: Receive, member: Member) -> None:
    conversation = receive("Human please").conversation
    take_turn()
    user = member(Role.VENDOR).user
    conversations.reply(conversation, text="Here I am", user=user)
    assert Handoff.objects.get().state == "assigned"
    resolve(conversation, user=user)
    receive("Thanks. When do you open?")
    take_turn()
    assert outcomes() == ["asked_person", "answered"]


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "Baja"])
def test_stop_is_obeyed_at_once_and_start_undoes_it(receive: Receive, model: Model, word: str) -> None:
    receive(word)
    take_turn()
    assert Contact.objects.get().opted_out_at is not None
    receive("Hello?")
    take_turn()
    receive("START")
    take_turn()
    assert outcomes() == ["stopped", "opted_out", "resumed"]
    assert (len(replies()), model.prompts) == (2, [])
    assert Contact.objects.get().opted_out_at is None


@pytest.mark.parametrize("way", ["taken", "waiting for a person"])
def test_to_who_says_stop_or_start_to_a_person_the_bot_says_nothing(
    receive: Receive, member: Member, graph: Graph, way: str
) -> None:
    conversation = receive("Hello").conversation
    if way == "taken":
        conversations.take_over(conversation, user=member(Role.VENDOR).user, why=Conversation.Paused.PERSON)
    else:
        open_handoff(conversation.pk, asked_by=Handoff.AskedBy.PERSON, reason="I want it")
    receive("Stop.")
    take_turn()
    assert Contact.objects.get().opted_out_at is not None
    receive("START")
    take_turn()
    assert Contact.objects.get().opted_out_at is None
    assert (outcomes(), replies()) == (["stopped", "resumed"], [])


def test_stop_counts_though_a_person_takes_over_at_that_moment(
    receive: Receive, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, user = receive("STOP").conversation, member(Role.VENDOR).user

    def lock_after_the_person(conversation_id: int) -> Conversation:
        conversations.take_over(conversation, user=user, why=Conversation.Paused.PERSON)
        return lock(conversation_id)

    monkeypatch.setattr(services, "lock", lock_after_the_person)
    take_turn()
    assert (outcomes(), replies()) == (["stopped"], [])
    assert Contact.objects.get().opted_out_at is not None


def test_a_bot_that_is_off_is_silent(receive: Receive) -> None:
    Bot.objects.update(enabled=False)
    receive("Hello")
    take_turn()
    assert (outcomes(), replies()) == (["bot_off"], [])


def test_a_model_that_fails_for_the_moment_is_asked_again_and_then_people_get_it(
    receive: Receive, model: Model
) -> None:
    model.answers = [LLMError("The model is overloaded.", retryable=True)] * 3
    receive("Hello")
    for _ in range(2):
        held = claim()
        with pytest.raises(LLMError):
            Bucket.objects.all().delete()
            services.take_turn(held)
        claims.fail(held, "LLMError")
    take_turn()
    assert outcomes() == ["model_failed"]
    assert (Turn.objects.get().detail, Handoff.objects.get().asked_by) == ("The model is overloaded.", "bot")
    assert len(replies()) == 1


def first_try_fails(receive: Receive, model: Model) -> None:
    model.answers = [LLMError("The model is overloaded.", retryable=True)]
    receive("Hello")
    held = claim()
    with pytest.raises(LLMError):
        services.take_turn(held)
    claims.fail(held, "LLMError")


def test_a_second_try_does_not_wait_for_its_contact_again(receive: Receive, model: Model) -> None:
    first_try_fails(receive, model)
    assert services.take_turn(claim()) is None
    assert outcomes() == ["answered"]


def test_a_second_try_waits_for_a_number_that_broke_meanwhile(receive: Receive, model: Model, inbox: Inbox) -> None:
    first_try_fails(receive, model)
    Inbox.objects.filter(pk=inbox.pk).update(state=Inbox.State.BROKEN)
    assert isinstance(services.take_turn(claim()), Later)
    assert (len(model.prompts), outcomes()) == (1, [])


def test_a_model_with_a_wrong_key_is_not_asked_again(receive: Receive, model: Model) -> None:
    model.answers = [LLMError("The key was refused.", retryable=False)]
    receive("Hello")
    take_turn()
    assert (len(model.prompts), outcomes()) == (1, ["model_failed"])


def test_two_turns_of_one_contact_are_ten_seconds_apart(receive: Receive, model: Model) -> None:
    receive("One")
    take_turn()
    receive("Two")
    outcome = services.take_turn(claim())
    assert isinstance(outcome, Later) and 8 < outcome.seconds <= 10
    assert len(model.prompts) == 1


def test_found_fields_are_saved_and_nothing_is_asked_twice(receive: Receive, model: Model) -> None:
    model.answers = [
        Reply("Nice to meet you. What is your e-mail?", "test", fields={"name": "Maya Lind"}, asks="email"),
        Reply("Thanks!", "test", fields={"email": "maya@example.org"}),
    ]
    receive("I am Maya Lind and want a bike, what do you have?")
    take_turn()
    receive("maya@example.org")
    take_turn()
    lead = Lead.objects.get()
    assert (lead.value("name"), lead.value("email")) == ("Maya Lind", "maya@example.org")
    assert "email" in lead.asked
    assert model.prompts[1].asked == "email"
    assert model.prompts[1].wanted != "email"


def test_a_disconnected_inbox_answers_nothing(receive: Receive) -> None:
    receive("Hello")
    Inbox.objects.update(state=Inbox.State.DISCONNECTED)
    take_turn()
    assert (outcomes(), replies()) == (["inbox_off"], [])


def test_what_comes_while_the_number_is_broken_is_answered_once_when_it_works_again(
    receive: Receive, model: Model, inbox: Inbox
) -> None:
    receive("Hello")
    Inbox.objects.update(state=Inbox.State.BROKEN)
    assert isinstance(take_turn(), Later)
    receive("Are you open?")
    assert isinstance(take_turn(), Later)
    assert (model.prompts, outcomes()) == ([], [])
    reconnect(inbox, token="new")
    assert WorkItem.objects.get(kind=services.TAKE_TURNS).due_at <= timezone.now()
    take_turn()
    assert (len(model.prompts), outcomes(), len(replies())) == (1, ["answered"], 1)


def test_who_wants_a_person_or_no_messages_is_heard_while_the_number_is_broken(receive: Receive, model: Model) -> None:
    receive("Human please")
    Inbox.objects.update(state=Inbox.State.BROKEN)
    take_turn()
    receive("STOP")
    take_turn()
    assert outcomes() == ["asked_person", "stopped"]


def test_the_person_sees_typing_while_the_model_thinks(receive: Receive, graph: Graph) -> None:
    message = receive("Hello")
    take_turn()
    assert [(mark["message_id"], mark["status"]) for mark in graph.signals] == [(message.external_id, "read")]
    assert graph.sends == []


def test_a_picture_without_words_gets_a_turn_too(receive: Receive, model: Model) -> None:
    receive("", kind=ContentKind.IMAGE, content={"media_id": "1", "mime_type": "image/jpeg"})
    take_turn()
    assert outcomes() == ["answered"]


def test_every_received_message_belongs_to_exactly_one_turn(receive: Receive, member: Member, model: Model) -> None:
    conversation = receive("one").conversation
    take_turn()
    receive("two")
    conversations.reply(conversation, text="me", user=member(Role.VENDOR).user)
    take_turn()
    receive("three")
    take_turn()
    decided = [message for turn in Turn.objects.all() for message in turn.messages]
    received: list[Any] = list(Message.objects.filter(direction="in").values_list("pk", flat=True))
    assert sorted(decided) == sorted(received)
