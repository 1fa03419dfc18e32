"""A bot is switched at once, copied with all it knows, and deleted only when nothing needs it."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.bots import services
from apps.bots.models import Bot, BotChange
from apps.contacts.models import Contact
from apps.conversations.models import Conversation
from apps.conversations.services import receive
from apps.inboxes.models import Inbox
from apps.inboxes.widgets import begin_test
from apps.knowledge.models import Chunk, Source
from apps.knowledge.search import search
from apps.knowledge.services import add_text, index
from apps.providers.base import Identity, IdentityKind, Party
from apps.tenants.models import Hook, Route, Workspace
from apps.work.models import WorkItem
from tests.bots.cast import BASE
from tests.conftest import inbound

Browser = Callable[..., Client]


@pytest.fixture
def owner(client_for: Browser) -> Client:
    return client_for(Role.OWNER)


def test_the_switch_acts_at_once_and_remembers_who(owner: Client, bot: Bot) -> None:
    owner.post(f"{BASE}/{bot.pk}/switch/", {"on": "0"})
    bot.refresh_from_db()
    assert bot.enabled is False
    change = BotChange.objects.filter(bot=bot).first()
    assert change is not None and change.user is not None
    assert (change.what, change.user.email[:5]) == ("switched_off", "owner")
    owner.post(f"{BASE}/{bot.pk}/switch/", {"on": "1"})
    bot.refresh_from_db()
    assert bot.enabled is True


def test_pressing_twice_is_one_change(owner: Client, bot: Bot) -> None:
    for _ in range(2):
        owner.post(f"{BASE}/{bot.pk}/switch/", {"on": "0"})
    assert BotChange.objects.filter(what="switched_off").count() == 1


def test_the_switch_says_its_state_and_leads_back(owner: Client, bot: Bot) -> None:
    assert 'aria-checked="true"' in owner.get(f"{BASE}/{bot.pk}/").content.decode()
    answer = owner.post(f"{BASE}/{bot.pk}/switch/", {"on": "0", "back": "list"})
    assert answer.headers["Location"] == f"{BASE}/"
    assert 'aria-checked="false"' in owner.get(f"{BASE}/").content.decode()
    assert owner.post(f"{BASE}/{bot.pk}/switch/", {"on": "1", "back": "//evil.example"}).headers["Location"] == (
        f"{BASE}/{bot.pk}/"
    )


def test_a_copy_has_settings_key_and_knowledge_but_no_inbox(owner: Client, bot: Bot, inbox: Inbox) -> None:
    Bot.objects.update(tone="casual", api_key="sk-own-key-00001234", temperature=0.5)
    index(add_text(bot, title="Hours", text="We open at nine on Saturdays."))
    waiting = add_text(bot, title="Prices", text="A tube costs 7 euros.")
    answer = owner.post(f"{BASE}/{bot.pk}/copy/")
    copy = Bot.objects.exclude(pk=bot.pk).get()
    assert answer.headers["Location"] == f"{BASE}/{copy.pk}/"
    assert (copy.name, copy.tone, copy.api_key, copy.temperature) == (
        "Copy of Ada",
        "casual",
        "sk-own-key-00001234",
        0.5,
    )
    assert list(copy.sources.order_by("title").values_list("title", "state")) == [
        ("Hours", "ready"),
        ("Prices", "queued"),
    ]
    assert [passage.title for passage in search(copy, "When do you open on Saturday?")] == ["Hours"]
    queued = copy.sources.get(title="Prices")
    assert queued.pk != waiting.pk
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(queued.pk), due_at__isnull=False).count() == 1
    assert (copy.inboxes.count(), bot.sources.count(), Chunk.objects.count()) == (0, 2, 2)


def test_what_the_copy_forgets_the_original_still_knows(owner: Client, bot: Bot) -> None:
    index(add_text(bot, title="Hours", text="We open at nine."))
    copy = services.copy_bot(bot)
    copy.sources.all().delete()
    assert [passage.title for passage in search(bot, "When do you open?")] == ["Hours"]


def test_a_bot_that_an_inbox_uses_is_not_deleted_and_says_which(owner: Client, bot: Bot, inbox: Inbox) -> None:
    add_text(bot, title="Hours", text="We open at nine.")
    answer = owner.post(f"{BASE}/{bot.pk}/delete/")
    assert answer.status_code == 409
    assert "“Ada” answers for “Acme on WhatsApp”. Give that inbox another bot" in answer.content.decode()
    assert (Bot.objects.count(), Source.objects.count(), BotChange.objects.filter(what="deleted").count()) == (1, 1, 0)


def test_a_bot_with_leads_is_not_deleted(
    bot: Bot, inbox: Inbox, make_conversation: Callable[..., object], workspace: object
) -> None:
    make_conversation("Hello")
    from_now_on = services.create_bot("New", business="Acme")
    Inbox.objects.update(bot=from_now_on)
    if not bot.leads.exists():  # a lead is made by the first turn
        bot.leads.create(contact=inbox.conversations.get().contact)
    with pytest.raises(services.BotInUse, match="“Ada” has 1 lead, which would be lost. Switch the bot off instead."):
        services.delete_bot(bot)
    assert Bot.objects.filter(pk=bot.pk).exists()


def test_an_unused_bot_is_deleted_with_its_knowledge_and_who_did_it_stays(owner: Client, bot: Bot) -> None:
    index(add_text(bot, title="Hours", text="We open at nine."))
    assert "Delete Ada?" in owner.get(f"{BASE}/{bot.pk}/delete/").content.decode()
    assert Bot.objects.count() == 1  # looking deletes nothing
    owner.post(f"{BASE}/{bot.pk}/delete/")
    assert (Bot.objects.count(), Source.objects.count(), Chunk.objects.count()) == (0, 0, 0)
    kept = BotChange.objects.filter(what="deleted").get()
    assert (kept.bot, kept.bot_name) == (None, "Ada")


def test_another_provider_reads_all_texts_again(bot: Bot, member: Callable[..., Membership]) -> None:
    source = index(add_text(bot, title="Hours", text="We open at nine."))
    WorkItem.objects.update(due_at=None)
    services.change_bot(bot, provider="openai", model="m")
    source.refresh_from_db()
    assert source.state == "queued"
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(source.pk), due_at__isnull=False).count() == 1


def test_another_key_reads_only_what_failed_again(bot: Bot) -> None:
    good, bad = (index(add_text(bot, title=title, text="We open at nine.")) for title in ("Good", "Bad"))
    Source.objects.filter(pk=bad.pk).update(state="failed", error="The key was refused.")
    services.change_bot(bot, api_key="sk-new-key-00009999")
    assert list(Source.objects.order_by("title").values_list("title", "state", "error")) == [
        ("Bad", "queued", ""),
        ("Good", "ready", ""),
    ]
    assert good.pk != bad.pk


def test_having_tried_a_bot_does_not_keep_it(owner: Client, bot: Bot, workspace: Workspace) -> None:
    trial = begin_test(workspace, bot, website="http://127.0.0.1:8000").inbox
    visitor = Party((Identity(IdentityKind.VISITOR, "visitor-1"),))
    message = receive(trial, inbound("Hello", route_key=trial.external_key, sender=visitor))
    assert message is not None
    bot.leads.create(contact=message.conversation.contact)
    owner.post(f"{BASE}/{bot.pk}/delete/")
    left = [model.objects.count() for model in (Bot, Inbox, Conversation, Contact, Route)]
    assert left == [0] * 5
    assert [(hook.secret_list, hook.origin_list) for hook in Hook.objects.all()] == [((), ())]


def test_a_bot_that_is_still_needed_keeps_its_test(bot: Bot, inbox: Inbox, workspace: Workspace) -> None:
    trial = begin_test(workspace, bot, website="http://127.0.0.1:8000").inbox
    with pytest.raises(services.BotInUse, match="“Ada” answers for “Acme on WhatsApp”"):
        services.delete_bot(bot)
    assert Inbox.objects.filter(pk=trial.pk).exists()
    assert Route.objects.filter(key=trial.external_key).exists()
