"""A person who takes over is never talked over: what the bot decided before is void."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.conversations.services.delivering import _start
from apps.conversations.states import lock
from apps.inboxes.models import Inbox
from apps.providers.base import ContentKind, Echo, Identity, IdentityKind, Party
from apps.work import claims
from tests.conftest import CUSTOMER, PHONE_NUMBER_ID
from tests.graph import Graph

Make = Callable[..., Conversation]
Member = Callable[..., Membership]


def echo(text: str, external_id: str = "wamid.echo") -> Echo:
    person = Party((Identity(IdentityKind.PHONE, CUSTOMER),))
    return Echo(PHONE_NUMBER_ID, external_id, person, ContentKind.TEXT, text, {}, None)


def queue(conversation: Conversation, text: str = "from the bot") -> Message:
    return services.queue(lock(conversation.pk), text=text, author=Message.Author.BOT)[0]


def test_replying_cancels_what_the_bot_had_waiting(make_conversation: Make, member: Member) -> None:
    conversation = make_conversation()
    waiting = queue(conversation)
    user = member(Role.VENDOR).user
    services.reply(conversation, text="I will help you", user=user)
    waiting.refresh_from_db()
    conversation.refresh_from_db()
    assert waiting.state == "cancelled"
    assert (conversation.epoch, conversation.ai_paused_why, conversation.vendor) == (1, "person", user)


def test_the_same_key_sends_once(make_conversation: Make, member: Member) -> None:
    conversation, user, key = make_conversation(), member(Role.VENDOR).user, uuid.uuid4()
    first = services.reply(conversation, text="Once", user=user, key=key)
    assert services.reply(conversation, text="Once", user=user, key=key) == first
    assert conversation.messages.filter(author="person").count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_an_empty_reply_is_refused_and_takes_nothing_over(make_conversation: Make, member: Member, text: str) -> None:
    conversation = make_conversation()
    with pytest.raises(ValidationError):
        services.reply(conversation, text=text, user=member(Role.VENDOR).user)
    conversation.refresh_from_db()
    assert conversation.ai_on


def test_a_bot_message_of_an_older_epoch_never_starts_sending(make_conversation: Make) -> None:
    conversation = make_conversation()
    message = queue(conversation)
    held = claims.claim("conversations.deliver", lease=60, share=10)[0]
    Conversation.objects.update(epoch=5)  # as if the takeover's commit fell between reading and sending
    assert not _start(message, held)
    message.refresh_from_db()
    assert message.state == "cancelled"


def test_an_answer_in_the_phone_app_is_shown_and_silences_the_bot(make_conversation: Make, inbox: Inbox) -> None:
    conversation = make_conversation()
    waiting = queue(conversation)
    services.echo(inbox, echo("I answer from my phone"))
    services.echo(inbox, echo("I answer from my phone"))
    conversation.refresh_from_db()
    waiting.refresh_from_db()
    assert (conversation.ai_on, waiting.state) == (False, "cancelled")
    assert list(conversation.messages.filter(author="phone").values_list("text", "state")) == [
        ("I answer from my phone", "sent")
    ]


def test_an_echo_of_our_own_message_under_way_is_not_a_person(
    make_conversation: Make, inbox: Inbox, graph: Graph
) -> None:
    conversation = make_conversation()
    message = queue(conversation)
    held = claims.claim("conversations.deliver", lease=60, share=10)[0]
    assert _start(message, held)
    services.echo(inbox, echo("from the bot", "wamid.ours"))
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.state, message.external_id, conversation.ai_on) == ("sent", "wamid.ours", True)


def test_the_switch_silences_and_wakes_the_bot(make_conversation: Make, member: Member) -> None:
    conversation, user = make_conversation(), member(Role.SUPERVISOR).user
    assert not services.switch_ai(conversation, on=False, user=user).ai_on
    assert services.switch_ai(conversation, on=True, user=user).ai_on


@pytest.mark.parametrize("way", ["reply", "echo", "handoff"])
def test_a_bot_that_a_person_switched_off_stays_off_whatever_people_do_then(
    make_conversation: Make, inbox: Inbox, member: Member, way: str
) -> None:
    conversation, user = make_conversation(), member(Role.SUPERVISOR).user
    services.switch_ai(conversation, on=False, user=user)
    if way == "reply":
        services.reply(conversation, text="I will help you", user=user)
    elif way == "echo":
        services.echo(inbox, echo("I answer from my phone"))
    else:
        services.hand_over(conversation.pk)
    long_ago = timezone.now() - timedelta(days=9)
    Conversation.objects.update(ai_paused_at=long_ago)
    Message.objects.update(created_at=long_ago)
    conversation.refresh_from_db()
    assert (conversation.ai_paused_why, services.resume_after_silence(conversation, hours=12)) == ("switch", False)
    assert services.switch_ai(conversation, on=True, user=user).ai_on


def test_looking_at_it_makes_it_read(make_conversation: Make) -> None:
    conversation = make_conversation()
    services.mark_seen(conversation)
    conversation.refresh_from_db()
    assert conversation.unread == 0
