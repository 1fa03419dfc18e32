"""The catch-up: what changed since a page last looked, when a push was lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Role
from apps.conversations.models import Conversation
from apps.leads.models import Lead
from apps.leads.services import lead_of
from tests.panel.cast import BASE

Make = Callable[..., Conversation]
Browser = Callable[..., Client]


def ask(browser: Client, since: datetime) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"{BASE}/changes/", {"since": since.isoformat()}).json()
    return found


def test_it_names_what_changed_since(client_for: Browser, make_conversation: Make) -> None:
    now = timezone.now()
    old, new = make_conversation(phone="447700900101"), make_conversation(phone="447700900102")
    Conversation.objects.filter(pk=old.pk).update(changed_at=now - timedelta(minutes=5))
    Conversation.objects.filter(pk=new.pk).update(changed_at=now)
    found = ask(client_for(Role.OWNER), now - timedelta(seconds=1))
    assert (found["conversations"], found["anything"]) == ([new.pk], True)
    assert datetime.fromisoformat(found["at"]) >= now


def test_ten_seconds_before_are_looked_at_again(client_for: Browser, make_conversation: Make) -> None:
    now, conversation, browser = timezone.now(), make_conversation(), client_for(Role.OWNER)
    Conversation.objects.update(changed_at=now - timedelta(seconds=9))
    assert ask(browser, now)["conversations"] == [conversation.pk]
    Conversation.objects.update(changed_at=now - timedelta(seconds=11))
    found = ask(browser, now)
    assert (found["conversations"], found["anything"]) == ([], False)


def test_a_changed_lead_is_a_change_of_its_conversation(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    lead_of(conversation.contact, conversation.inbox.bot)
    Conversation.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    browser = client_for(Role.OWNER)
    assert ask(browser, timezone.now())["conversations"] == [conversation.pk]
    Lead.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    assert ask(browser, timezone.now())["conversations"] == []


def test_a_conversation_that_went_to_a_colleague_changes_the_list_without_its_id(
    client_for: Browser, make_conversation: Make, member: Any
) -> None:
    make_conversation()
    Conversation.objects.update(vendor=member(Role.VENDOR).user)
    found = ask(client_for(Role.VENDOR), timezone.now())
    assert (found["conversations"], found["anything"]) == ([], True)


@pytest.mark.parametrize("since", ["", "yesterday", "2026-13-45T00:00:00Z", "2026-01-01T00:00:00", "0"])
def test_a_time_that_is_none_is_refused(client_for: Browser, workspace: Any, since: str) -> None:
    answer = client_for(Role.OWNER).get(f"{BASE}/changes/", {"since": since})
    assert (answer.status_code, answer.json()) == (400, {"error": "Give since= as an ISO 8601 time with its zone."})


def test_a_plus_that_a_client_forgot_to_escape_is_understood(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    found = client_for(Role.OWNER).get(f"{BASE}/changes/?since=2026-01-01T00:00:00+00:00").json()
    assert found["conversations"] == [conversation.pk]
