"""Who gets a notice, about what, and how often."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.bots.services import create_bot
from apps.conversations.models import Conversation
from apps.core import limits
from apps.core.limits import LimitReached
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff, resolve, take
from apps.inboxes.models import Inbox
from apps.inboxes.services import disconnect, mark_broken, reconnect
from apps.leads.services import lead_of, save_fields
from apps.notices.models import Notice
from apps.notices.services import unread
from apps.tenants.models import Workspace

Make = Callable[..., Conversation]


def kinds(member: Membership) -> list[str]:
    return sorted(unread(member).values_list("kind", flat=True))


def hand_over(conversation: Conversation) -> Handoff:
    return open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="They asked")


def test_who_may_answer_is_told_that_somebody_waits(
    owner: Membership, vendor: Membership, viewer: Membership, make_conversation: Make
) -> None:
    conversation = make_conversation()
    hand_over(conversation)
    assert [kinds(one) for one in (owner, vendor, viewer)] == [["handoff"], ["handoff"], []]
    notice = Notice.objects.get(user=vendor.user)
    assert (notice.conversation_id, notice.count, notice.mailed_at) == (conversation.pk, 1, None)


def test_only_its_vendor_is_told_of_an_assigned_conversation(
    owner: Membership, vendor: Membership, colleague: Membership, make_conversation: Make
) -> None:
    conversation = make_conversation()
    Conversation.objects.filter(pk=conversation.pk).update(vendor=vendor.user)
    hand_over(conversation)
    assert [kinds(one) for one in (owner, vendor, colleague)] == [[], ["handoff"], []]


def test_a_deactivated_member_is_not_told(vendor: Membership, make_conversation: Make) -> None:
    Membership.objects.filter(pk=vendor.pk).update(deactivated_at="2026-01-01T00:00:00Z")
    hand_over(make_conversation())
    assert not Notice.objects.filter(user=vendor.user).exists()


def test_once_somebody_has_it_nobody_needs_to_read_it(
    owner: Membership, vendor: Membership, make_conversation: Make
) -> None:
    conversation = make_conversation()
    hand_over(conversation)
    take(conversation, user=vendor.user)
    assert (kinds(owner), kinds(vendor)) == ([], [])
    resolve(conversation, user=vendor.user)
    hand_over(conversation)
    assert (kinds(owner), kinds(vendor)) == ([], ["handoff"])  # it is the vendor's now


def test_a_test_of_a_bot_tells_nobody(owner: Membership, make_conversation: Make, inbox: Inbox) -> None:
    conversation = make_conversation()
    Inbox.objects.filter(pk=inbox.pk).update(hidden=True)
    hand_over(conversation)
    save_fields(lead_of(conversation.contact, inbox.bot), {"name": "Maya"}, message_id=1)
    mark_broken(inbox, "The token was revoked.")
    assert not Notice.objects.exists()


def test_a_lead_is_told_once_for_ever(
    vendor: Membership, viewer: Membership, make_conversation: Make, inbox: Inbox
) -> None:
    conversation = make_conversation()
    lead = lead_of(conversation.contact, inbox.bot)  # by WhatsApp its number is known at once
    assert (kinds(vendor), kinds(viewer)) == (["new_lead"], [])
    unread(vendor).update(read_at="2026-01-01T00:00:00Z")
    save_fields(lead, {"name": "Maya", "email": "maya@example.org"}, message_id=1)
    assert kinds(vendor) == []
    assert Notice.objects.filter(user=vendor.user).count() == 1


def test_an_inbox_that_breaks_again_only_counts_up_until_it_is_read(
    owner: Membership, vendor: Membership, inbox: Inbox
) -> None:
    for _ in range(3):
        mark_broken(inbox, "The token was revoked.")
        Inbox.objects.filter(pk=inbox.pk).update(state=Inbox.State.CONNECTED)
    assert (kinds(owner), kinds(vendor)) == (["inbox_broken"], [])
    assert Notice.objects.get(user=owner.user).count == 3


def test_an_inbox_that_is_broken_already_is_no_news(owner: Membership, inbox: Inbox) -> None:
    mark_broken(inbox, "The token was revoked.")
    mark_broken(inbox, "The token was revoked.")
    assert Notice.objects.get(user=owner.user).count == 1


def test_who_repaired_an_inbox_knows_and_the_others_are_told(owner: Membership, member: Any, inbox: Inbox) -> None:
    admin = member(Role.ADMIN)
    mark_broken(inbox, "The token was revoked.")
    reconnect(inbox, token="a-new-one", by=admin.user)
    assert (kinds(owner), kinds(admin)) == (["inbox_repaired"], [])


def test_an_inbox_that_worked_already_is_no_news(owner: Membership, inbox: Inbox) -> None:
    reconnect(inbox, token="a-new-one")
    assert not Notice.objects.exists()


def test_an_inbox_that_comes_and_goes_is_one_notice(owner: Membership, inbox: Inbox) -> None:
    for _ in range(3):
        mark_broken(inbox, "The token was revoked.")
        inbox.refresh_from_db()
        reconnect(inbox, token="a-new-one")
    notice = Notice.objects.get(user=owner.user)
    assert (notice.kind, notice.count) == ("inbox_repaired", 3)


def test_nobody_has_to_repair_what_is_disconnected(owner: Membership, inbox: Inbox, workspace: Workspace) -> None:
    mark_broken(inbox, "The token was revoked.")
    disconnect(workspace, inbox)
    assert kinds(owner) == []


def test_a_vendor_is_not_told_the_name_in_a_colleagues_conversation(
    vendor: Membership, colleague: Membership, make_conversation: Make, inbox: Inbox
) -> None:
    conversation = make_conversation()
    Conversation.objects.update(vendor=colleague.user)
    lead_of(conversation.contact, inbox.bot)
    assert (kinds(vendor), kinds(colleague)) == ([], ["new_lead"])


def test_who_has_another_role_now_has_only_its_kinds(owner: Membership, inbox: Inbox) -> None:
    mark_broken(inbox, "The token was revoked.")
    assert kinds(owner) == ["inbox_broken"]
    Membership.objects.filter(pk=owner.pk).update(role=Role.VENDOR)
    owner.refresh_from_db()
    assert kinds(owner) == []


def test_old_notices_go_when_one_is_made(owner: Membership, inbox: Inbox) -> None:
    for days, subject in ((91, "old"), (89, "young")):
        at = timezone.now() - timedelta(days=days)
        Notice.objects.create(user=owner.user, kind="inbox_broken", subject=subject, at=at)
    mark_broken(inbox, "The token was revoked.")
    assert sorted(Notice.objects.values_list("subject", flat=True)) == [f"inbox:{inbox.pk}", "young"]


def test_a_big_team_is_told_in_one_statement(member: Any, make_conversation: Make) -> None:
    conversation = make_conversation()
    for _ in range(3):
        member(Role.VENDOR)
    with CaptureQueriesContext(connection) as small:
        hand_over(conversation)
    for _ in range(17):
        member(Role.VENDOR)
    resolve(conversation, user=None)
    with CaptureQueriesContext(connection) as big:
        hand_over(conversation)
    assert Notice.objects.filter(read_at=None).count() == 20
    assert len(big) - len(small) <= 17  # each e-mail's work is a row of its own


def test_managers_are_told_from_four_fifths_of_a_limit_on(
    owner: Membership, vendor: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 5])
    told = []
    for number in range(5):
        create_bot(f"Bot {number}", business="Acme")
        told.append(kinds(owner))
    assert told == [[], [], [], ["limit_near"], ["limit_near"]]
    assert list(unread(owner).values_list("detail", "count")) == [("bots 5/5", 1)]
    with pytest.raises(LimitReached):
        create_bot("One too many", business="Acme")
    assert kinds(vendor) == []


def test_a_limit_is_told_once_a_month(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 10])
    for number in range(9):
        create_bot(f"Bot {number}", business="Acme")
        unread(owner).update(read_at=timezone.now())
    assert list(Notice.objects.values_list("detail", flat=True)) == ["bots 8/10"]


def test_what_fails_tells_nobody(owner: Membership, make_conversation: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no")

    conversation = make_conversation()
    monkeypatch.setattr("apps.handoff.services.publish", broken)
    with pytest.raises(RuntimeError):
        hand_over(conversation)
    assert not Notice.objects.exists()
