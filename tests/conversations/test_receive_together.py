"""What came together is stored together: as it would be one by one, in statements that do not grow with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from apps.contacts.models import Contact, Identity
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.inboxes.models import Inbox
from apps.providers.base import ContentKind, IdentityKind, Inbound, Party
from apps.providers.base import Identity as Known
from apps.work.models import WorkItem
from tests.conftest import inbound
from tests.conversations.conftest import AtOnce
from tests.furnished import Business


def said(phone: str, text: str, **fields: Any) -> Inbound:
    return inbound(text, sender=Party((Known(IdentityKind.PHONE, phone),), f"Name of {phone}"), **fields)


def threads() -> dict[str, list[str]]:
    """What stands in each conversation, by its contact's phone, in order."""
    return {
        conversation.contact.phone: list(conversation.messages.order_by("id").values_list("text", flat=True))
        for conversation in Conversation.objects.select_related("contact")
    }


def test_each_customer_gets_their_own_in_order(
    inbox: Inbox, pushed: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    services.receive(inbox, said("1", "known already"))
    with django_capture_on_commit_callbacks(execute=True):
        services.receive_all(inbox, [said("1", "a"), said("2", "b"), said("1", "c"), said("3", "d"), said("2", "e")])
    assert threads() == {"+1": ["known already", "a", "c"], "+2": ["b", "e"], "+3": ["d"]}
    found = Conversation.objects.order_by("contact__identities__value")
    assert [(one.unread, one.preview, one.contact.name) for one in found] == [
        (3, "c", "Name of 1"), (2, "e", "Name of 2"), (1, "d", "Name of 3"),
    ]  # fmt: skip
    due = WorkItem.objects.filter(kind="dialogue.take_turns", due_at__isnull=False)
    assert sorted(due.values_list("key", flat=True)) == sorted(str(one.pk) for one in found)
    assert sorted(payload["id"] for _, payload in pushed) == sorted(one.pk for one in found)


def test_repeats_among_them_and_of_what_is_stored_change_nothing(inbox: Inbox) -> None:
    old = said("1", "old")
    services.receive(inbox, old)
    twice = said("1", "twice")
    services.receive_all(inbox, [old, twice, twice])
    assert (threads(), Conversation.objects.get().unread) == ({"+1": ["old", "twice"]}, 2)


def test_thirty_cost_as_many_statements_as_three(inbox: Inbox) -> None:
    def asked(first: int, many: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            services.receive_all(
                inbox, [said(str(first + number), "new") for number in range(many)], known=lambda *_: None
            )
            services.receive_all(
                inbox, [said(str(first + number), "again") for number in range(many)], known=lambda *_: None
            )
        return len(queries)

    assert asked(100, 30) == asked(200, 3)


def test_an_edit_reaches_the_message_that_came_with_it(inbox: Inbox) -> None:
    first = said("1", "We are tree", external_id="wamid.1")
    edit = said("1", "We are three", kind=ContentKind.EDIT, content={"target": "wamid.1"})
    services.receive_all(inbox, [first, edit])
    assert Message.objects.get(external_id="wamid.1").text == "We are three"


def test_nothing_is_stored_when_one_of_them_is_stored_meanwhile(inbox: Inbox) -> None:
    there = said("1", "there", external_id="wamid.1")
    services.receive(inbox, there)
    with pytest.raises(IntegrityError):
        services.receive_all(inbox, [said("2", "new"), there], known=lambda *_: None)
    assert threads() == {"+1": ["there"]}


def test_two_who_meet_the_same_new_people_the_other_way_round_do_not_wait_for_each_other(
    shop: Business, at_once: AtOnce
) -> None:
    for round_ in range(10):
        phones = [f"{round_}{number}" for number in range(10)]
        at_once(
            lambda phones=phones: services.receive_all(shop.inbox, [said(one, "first") for one in phones]),
            lambda phones=phones: services.receive_all(shop.inbox, [said(one, "second") for one in reversed(phones)]),
        )
    assert {tuple(sorted(texts)) for texts in threads().values()} == {("first", "second")}
    assert (Contact.objects.count(), Identity.objects.count()) == (100, 100)
