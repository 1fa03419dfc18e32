"""The demo's week: complete, consistent with what the product itself would have written, and nothing but history."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from apps import tenants
from apps.accounts.inviting import open_invitations
from apps.accounts.models import Membership, Role
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.conversations.services.receiving import preview_of
from apps.conversations.states import ALLOWED
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox
from apps.leads.models import Lead
from apps.notices.models import Notice
from apps.panel import queries
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from sandbox.demo import business
from sandbox.demo.furnishing import furnish
from sandbox.demo.script import talks

KEYS = [one.key for one in business.TEAM]
WEBSITE = "http://127.0.0.1:8700"
State = Message.State


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Workspace]:
    """Made once, because these tests only read; nobody else sees it, and it is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        workspace = Workspace.objects.get(slug="acme")
        with tenants.enter(workspace):
            furnish(workspace, website=WEBSITE)
            yield workspace
        transaction.set_rollback(True)


def member(workspace: Workspace, key: str) -> Membership:
    email = next(one.email for one in business.TEAM if one.key == key)
    return Membership.objects.select_related("user").get(workspace=workspace, user__email=email)


def test_nothing_of_it_is_due_or_waits_to_be_sent(demo: Workspace) -> None:
    assert not WorkItem.objects.filter(workspace=demo, due_at__isnull=False).exists()
    assert not Message.objects.filter(state__in=[State.PENDING, State.SENDING]).exists()
    assert not Message.objects.filter(direction=Message.Direction.IN, answered_at=None).exists()


def test_every_stage_state_and_way_of_writing_is_shown(demo: Workspace) -> None:
    counts = {stage.value: Lead.objects.filter(stage=stage).count() for stage in Lead.Stage}
    assert min(counts.values()) >= 3
    assert set(Message.objects.values_list("state", flat=True)) == {
        *(State.RECEIVED, State.SENT, State.DELIVERED, State.READ),
        *(State.FAILED, State.UNKNOWN, State.CANCELLED),
    }
    assert set(Message.objects.values_list("author", flat=True)) == {"contact", "bot", "person", "phone"}
    assert {"text", "image", "audio", "location", "reaction"} == set(Message.objects.values_list("kind", flat=True))
    assert set(Handoff.objects.values_list("state", flat=True)) == {"pending", "assigned", "resolved"}
    assert set(Conversation.objects.values_list("inbox__provider", flat=True)) == {"whatsapp_cloud", "web_chat"}
    assert list(Bot.objects.order_by("pk").values_list("enabled", flat=True)) == [True, False]
    failed = Message.objects.get(state=State.FAILED)
    assert (failed.trouble, failed.trouble_code) == ("undeliverable", "131026")
    assert not Lead.objects.filter(stage="assigned", vendor=None).exists()
    assert Lead.objects.filter(stage="qualified", vendor=None).exists()


def test_states_moved_as_they_may(demo: Workspace) -> None:
    for message in Message.objects.filter(direction=Message.Direction.OUT).prefetch_related("history"):
        went = [change.state for change in message.history.all()]
        times = [change.at for change in message.history.all()]
        first = State.SENT if message.author == "phone" else State.PENDING
        assert (went[0], went[-1]) == (first, message.state)
        assert all(before in ALLOWED[State(after)] for before, after in zip(went, went[1:], strict=False))
        assert times == sorted(times) and times[0] == message.created_at and times[-1] == message.changed_at


def test_it_happened_within_the_last_week_and_ends_just_now(demo: Workspace) -> None:
    now = timezone.now()
    said = Message.objects.order_by("created_at").values_list("created_at", flat=True)
    assert now - timedelta(days=8) < said[0] < now - timedelta(days=5)
    assert now - timedelta(minutes=5) < said[len(said) - 1] <= now
    days = {moment.date() for moment in said}
    assert len(days) >= 7
    for conversation in Conversation.objects.all():
        assert conversation.created_at <= conversation.last_message_at <= now
        times = list(conversation.messages.values_list("created_at", flat=True))
        assert times == sorted(times)


def test_lists_and_cards_say_what_the_messages_say(demo: Workspace) -> None:
    for conversation in Conversation.objects.prefetch_related("messages"):
        messages = [message for message in conversation.messages.all() if message.kind != "reaction"]
        heard = [message for message in messages if message.direction == Message.Direction.IN]
        assert conversation.preview == preview_of(messages[-1])
        assert conversation.last_message_at == messages[-1].created_at
        assert conversation.last_inbound_at == heard[-1].created_at
        assert conversation.unread <= len(heard)
    assert Conversation.objects.filter(unread__gt=0).count() >= 4


def test_a_lead_knows_only_what_was_said(demo: Workspace) -> None:
    told = 0
    for lead in Lead.objects.all():
        if not lead.missing:
            assert lead.stage != Lead.Stage.CAPTURING
        for field, entry in lead.fields.items():
            if entry["source"] == "channel":
                assert field == "phone" and entry["value"] == lead.contact.phone
                continue
            message = Message.objects.get(pk=entry["message"], conversation__contact=lead.contact)
            assert message.author == Message.Author.CONTACT
            told += 1
        for asked in lead.asked.values():
            assert Message.objects.filter(pk=asked, conversation__contact=lead.contact, direction="in").exists()
    assert told > 60


def test_handoffs_fit_their_conversations(demo: Workspace) -> None:
    for handoff in Handoff.objects.select_related("conversation"):
        conversation = handoff.conversation
        assert handoff.reason
        if handoff.state == Handoff.State.PENDING:
            assert (conversation.ai_paused_why, conversation.vendor, handoff.user) == ("handoff", None, None)
        elif handoff.state == Handoff.State.ASSIGNED:
            assert conversation.ai_paused_why == "person" and conversation.vendor == handoff.user is not None
        else:
            assert handoff.resolved_at >= handoff.opened_at
    silent = Conversation.objects.filter(ai_paused_at=None, handoffs__state__in=["pending", "assigned"])
    assert not silent.exists()


def test_every_message_of_a_customer_has_its_turn(demo: Workspace) -> None:
    decided = sorted(pk for turn in Turn.objects.all() for pk in turn.messages)
    heard = Message.objects.filter(direction=Message.Direction.IN).exclude(kind="reaction").order_by("pk")
    assert decided == list(heard.values_list("pk", flat=True))
    replies = sorted(pk for turn in Turn.objects.all() for pk in turn.replies)
    assert replies == list(Message.objects.filter(author="bot").order_by("pk").values_list("pk", flat=True))
    assert {"answered", "asked_person", "handed_off", "stopped", "person_talking"} == set(
        Turn.objects.values_list("outcome", flat=True)
    )


def test_what_the_bot_says_of_prices_and_hours_stands_in_its_knowledge(demo: Workspace) -> None:
    known = " ".join(" ".join(text.split()) for text in business.KNOWLEDGE.values())
    figures = re.compile(r"£\d[\d.]*(?<!\.)|\d\d?:\d\d|\d+ %")
    said = 0
    for text in Message.objects.filter(author="bot").values_list("text", flat=True):
        for figure in figures.findall(text):
            assert figure in known, text
            said += 1
    assert said > 25


def test_owner_and_vendors_see_different_things(demo: Workspace) -> None:
    everything = set(queries.visible(member(demo, "rosa")))
    ben, carla = (set(queries.visible(member(demo, key))) for key in ("ben", "carla"))
    assert everything == set(Conversation.objects.all())
    assert ben < everything and carla < everything and ben - carla and carla - ben
    for key in ("rosa", "owen", "ben", "carla"):
        seen = member(demo, key)
        assert queries.waiting(seen)
        assert min(queries.leads_by_stage(seen).values()) >= 1


def test_the_team_is_there_with_an_invitation_that_waits(demo: Workspace) -> None:
    roles = list(Membership.objects.filter(workspace=demo).order_by("pk").values_list("role", flat=True))
    assert roles == [Role.OWNER, Role.SUPERVISOR, Role.VENDOR, Role.VENDOR, Role.VENDOR]
    assert [one.user.name for one in Membership.objects.exclude(deactivated_at=None)] == ["Lena Ford"]
    assert [(one.email, one.mailed_at is not None) for one in open_invitations(demo)] == [(business.INVITED[0], True)]


def test_the_bell_tells_everybody_who_waits_and_of_new_leads(demo: Workspace) -> None:
    for key in ("rosa", "owen", "ben", "carla"):
        mine = Notice.objects.filter(user=member(demo, key).user)
        unread = mine.filter(read_at=None)
        assert unread.filter(kind="handoff").count() == Handoff.objects.filter(state="pending").count() == 2
        assert unread.filter(kind="new_lead").exists() and mine.exclude(read_at=None).exists()
    assert not Notice.objects.filter(user=member(demo, "lena").user).exists()
    assert not Notice.objects.filter(at__gt=timezone.now()).exists()


def test_customers_write_by_numbers_that_are_nobodys(demo: Workspace) -> None:
    phones = [talk.phone for talk in talks(KEYS) if talk.phone]
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"447700900\d{3}", phone) for phone in phones)  # Ofcom's range for fiction
    assert Inbox.objects.get(provider="whatsapp_cloud").external_key == business.PHONE_NUMBER_ID
