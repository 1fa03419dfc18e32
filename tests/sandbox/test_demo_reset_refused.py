"""When the demo cannot be reset, nothing of it has changed."""

from datetime import timedelta

import httpx2
import pytest
from django.utils import timezone

from apps import tenants
from apps.bots.services import create_bot
from apps.conversations.models import Conversation, Message
from apps.inboxes.services import connect, disconnect
from apps.tenants.models import Hook, Route, Workspace
from apps.tenants.services import RouteTaken
from sandbox.demo import business, resetting
from sandbox.demo.resetting import Busy, reset
from sandbox.world.client import World
from tests.sandbox.demo import BASE, number


def test_a_world_that_does_not_answer_leaves_everything_as_it_was(demo: Workspace, world: World) -> None:
    before = set(Conversation.objects.values_list("pk", flat=True))
    with httpx2.Client(timeout=1.0) as client, pytest.raises(httpx2.TransportError):
        reset(demo, World("http://127.0.0.1:9", client), base=BASE)
    assert set(Conversation.objects.values_list("pk", flat=True)) == before


def test_a_number_that_is_connected_elsewhere_is_not_taken_back(
    demo: Workspace, other: Workspace, world: World
) -> None:
    disconnect(demo, number())
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Other Bakery")
        hook = Hook.objects.create(provider="whatsapp_cloud", secrets="s", verify_token="v")
        key = business.PHONE_NUMBER_ID
        connect(other, provider="whatsapp_cloud", external_key=key, name="Theirs", bot=bot, hook=hook, token="t")
    before = set(Conversation.objects.values_list("pk", flat=True))
    with pytest.raises(RouteTaken):
        reset(demo, world, base=BASE)
    assert Route.objects.get(kind="whatsapp_cloud", key=key).workspace == other
    assert set(Conversation.objects.values_list("pk", flat=True)) == before


def test_while_a_message_is_on_its_way_nothing_is_reset(
    demo: Workspace, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resetting, "PATIENCE", 0.3)
    Message.objects.filter(author="person").update(state="sending", changed_at=timezone.now())
    before = set(Conversation.objects.values_list("pk", flat=True))
    with pytest.raises(Busy):
        reset(demo, world, base=BASE)
    assert set(Conversation.objects.values_list("pk", flat=True)) == before


def test_a_message_that_dead_hands_left_holds_nothing_up(demo: Workspace, world: World) -> None:
    long_ago = timezone.now() - timedelta(seconds=resetting.SENDING + 1)
    Message.objects.filter(author="person").update(state="sending", changed_at=long_ago)
    reset(demo, world, base=BASE)
    assert not Message.objects.filter(state="sending").exists()
