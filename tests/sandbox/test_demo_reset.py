"""Resetting the demo: everything is as on the first day, and nothing of what was before goes on."""

from django.utils import timezone

from apps import tenants
from apps.accounts.api_keys import create_key
from apps.accounts.inviting import open_invitations
from apps.accounts.models import ApiKey, Membership, Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import change_bot, create_bot
from apps.contacts.models import Contact
from apps.conversations.models import Conversation, Message
from apps.conversations.services import delivering, receive, reply
from apps.dialogue.services import TAKE_TURNS, take_turn
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.services import connect, disconnect
from apps.inboxes.widgets import change_widget, connect_widget
from apps.knowledge.models import Source
from apps.knowledge.services import add_text
from apps.leads.models import Lead
from apps.tenants.models import Hook, Route, Workspace
from apps.work import claims
from apps.work.models import Bucket, WorkItem
from apps.work.services import make_due, take
from sandbox.demo import business
from sandbox.demo.resetting import reset
from sandbox.world.client import World
from tests.conftest import inbound
from tests.graph import Graph
from tests.sandbox.demo import BASE, counted, number


def test_everything_is_as_it_was(demo: Workspace, world: World) -> None:
    before, key = counted(), Widget.objects.get().inbox.external_key
    bot, owner = Bot.objects.get(name=business.BOT), Membership.objects.get(role=Role.OWNER)
    change_bot(bot, name="Grumpy", persona="Say no.", enabled=False, provider=Bot.Provider.OPENAI, api_key="sk-1")
    other = create_bot("Another", business="Mine")
    add_text(other, title="Mine", text="Nothing.")
    Source.objects.filter(bot=bot).first().delete()
    connect_widget(demo, bot=other, name="Mine", websites="https://mine.example")
    mine = Widget.objects.get(inbox__external_key=key)
    change_widget(mine, name="Renamed", websites="https://mine.example", bot=other)
    hook = Hook.objects.create(provider="whatsapp_cloud", secrets="s", verify_token="v")
    connect(demo, provider="whatsapp_cloud", external_key="77", name="Mine", bot=other, hook=hook, token="t")
    disconnect(demo, number())
    receive(number(), inbound("Anybody there?", phone="447700900999"))
    Contact.objects.filter(name="Zoe Ballard").update(name="Somebody", opted_out_at=timezone.now())
    Conversation.objects.filter(contact__name="Amelia Hart").delete()
    Lead.objects.filter(stage="won").update(stage="lost")
    add_member(demo, email="me@example.org", role=Role.ADMIN)
    owner.user.name = "Somebody"
    owner.user.save()
    Membership.objects.filter(role=Role.VENDOR).update(role=Role.VIEWER, deactivated_at=timezone.now())
    open_invitations(demo).delete()
    create_key(demo, name="Mine", scopes=["bots:read"], maker=owner.user)
    take("mine", per_minute=1)

    reset(demo, world, base=BASE)

    assert counted() == before
    assert list(Bot.objects.order_by("pk").values_list("pk", "name", "enabled", "provider", "api_key")) == [
        (bot.pk, "Finn", True, "offline", ""),
        (Bot.objects.get(name="Sol").pk, "Sol", False, "offline", ""),
    ]
    assert Bot.objects.get(pk=bot.pk).persona == business.PERSONA
    assert {source.title for source in Source.objects.filter(bot=bot, state="ready")} == set(business.KNOWLEDGE)
    widget = Widget.objects.get()
    assert (widget.inbox.external_key, widget.inbox.name, widget.inbox.bot_id) == (key, business.WEBSITE, bot.pk)
    assert (number().state, number().token, number().bot_id) == ("connected", business.TOKEN, bot.pk)
    assert set(Route.objects.filter(workspace=demo).values_list("kind", "key")) == {
        ("whatsapp_cloud", business.PHONE_NUMBER_ID),
        ("web_chat", key),
    }
    assert Hook.objects.get(pk=hook.pk).secrets == ""
    assert not Contact.objects.filter(opted_out_at__isnull=False).exclude(name="Dev Patel").exists()
    team = Membership.objects.filter(workspace=demo).order_by("pk").select_related("user")
    assert [(one.user.name, one.role, one.active) for one in team] == [
        (one.name, one.role, not one.away) for one in business.TEAM
    ]
    assert [one.email for one in open_invitations(demo)] == [business.INVITED[0]]
    assert not ApiKey.objects.exists() and not Bucket.objects.filter(name="mine").exists()
    assert not WorkItem.objects.filter(workspace=demo).exists()


def test_other_workspaces_are_not_touched(demo: Workspace, other: Workspace, world: World) -> None:
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Other Bakery")
        connect_widget(other, bot=bot, name="Theirs", websites="https://other.example")
        make_due("knowledge.index", 1)
    add_member(other, email="theirs@example.org", role=Role.OWNER)
    reset(demo, world, base=BASE)
    with tenants.enter(other):
        assert [bot.name for bot in Bot.objects.all()] == ["Theirs"] and Inbox.objects.count() == 1
    assert WorkItem.objects.filter(workspace=other).count() == 1
    assert Route.objects.filter(workspace=other).count() == Membership.objects.filter(workspace=other).count() == 1


def test_phones_are_empty_and_the_number_still_works(demo: Workspace, world: World) -> None:
    world.say(business.CUSTOMER_PHONE, business.PHONE_NUMBER_ID, "Hello")
    assert len(world.messages_of(business.CUSTOMER_PHONE)) == 1
    reset(demo, world, base=BASE)
    assert world.messages_of(business.CUSTOMER_PHONE) == []
    assert world._get("/sandbox/numbers")["numbers"][0]["webhook_url"] == f"{BASE}/webhook/whatsapp_cloud/demo/"


def test_a_send_and_a_turn_of_before_do_nothing_afterwards(demo: Workspace, world: World, graph: Graph) -> None:
    Bot.objects.update(quiet_seconds=0, quiet_limit_seconds=0)
    heard = receive(number(), inbound("How much is a city bike?", phone="447700900999"))
    assert heard is not None
    answering = Conversation.objects.get(contact__name="Zoe Ballard")
    reply(answering, text="Yes, with a card.", user=Membership.objects.get(user__name="Ben Adeyemi").user)
    (turn,) = claims.claim(TAKE_TURNS, lease=150, share=20)
    (sending,) = claims.claim("conversations.deliver", lease=90, share=20)
    assert (turn.key, sending.key) == (str(heard.conversation_id), str(answering.pk))

    reset(demo, world, base=BASE)
    before = counted()
    assert take_turn(turn) is None and delivering.deliver(sending) is None
    assert not claims.finish(turn) and not claims.finish(sending)
    assert counted() == before and graph.sends == []
    assert not WorkItem.objects.filter(workspace=demo).exists()
    assert world.ledger() == []


def test_a_status_of_before_finds_nobody(demo: Workspace, world: World) -> None:
    old = set(Message.objects.exclude(external_id=None).values_list("external_id", flat=True))
    reset(demo, world, base=BASE)
    assert not Message.objects.filter(external_id__in=old).exists()


def test_open_pages_are_told_of_every_conversation_that_is_gone(
    demo: Workspace, world: World, pushed: list[tuple[list[str], dict[str, object]]]
) -> None:
    gone = set(Conversation.objects.values_list("pk", flat=True))
    pushed.clear()
    reset(demo, world, base=BASE)
    told = {payload["id"] for groups, payload in pushed if payload["type"] == "conversation"}
    assert told == gone and not gone & set(Conversation.objects.values_list("pk", flat=True))
    visitors = [groups for groups, payload in pushed if payload == {"type": "changed"}]
    assert len(visitors) == sum(1 for conversation in Conversation.objects.filter(inbox__provider="web_chat"))
