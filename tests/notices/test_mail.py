"""E-mails about notices: one for all that waits, after a minute, to who wants it, quoting nobody."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from apps.accounts.models import Membership
from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff, take
from apps.notices.models import Choice, Notice
from apps.notices.services import MAIL, mark_read, unread
from apps.work import claims, kinds
from apps.work.models import WorkItem

Make = Callable[..., Conversation]


@pytest.fixture
def waiting(make_conversation: Make) -> Callable[[], Conversation]:
    def make() -> Conversation:
        conversation = make_conversation("My secret is 4711", name="Maya\r\nBcc: everybody@example.org")
        open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="She said 4711")
        return conversation

    return make


def a_minute_passes() -> int:
    """Works what has become due; how many items that were."""
    WorkItem.objects.filter(kind=MAIL, due_at__isnull=False).update(due_at="2026-01-01T00:00:00Z")
    return kinds.get(MAIL).work(5.0)


def test_nothing_is_sent_before_the_minute_is_over(vendor: Membership, waiting: Callable[[], Conversation]) -> None:
    waiting()
    assert kinds.get(MAIL).work(5.0) == 0
    assert mail.outbox == []


def test_one_e_mail_names_who_waits_and_quotes_nobody(
    vendor: Membership, waiting: Callable[[], Conversation], settings: Any
) -> None:
    conversation = waiting()
    assert a_minute_passes() == 1
    (sent,) = mail.outbox
    assert sent.to == [vendor.user.email]
    assert sent.subject == "Maya Bcc: everybody@example.org waits for a person · Acme Cycles"
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    notice = Notice.objects.get()
    for body in (sent.body, html):
        assert "4711" not in body
        assert f"{settings.BASE_URL}/w/acme/c/{conversation.pk}/" in body
    assert sent.message()["Message-ID"].startswith("<notices.")
    assert notice.mailed_at is not None


def test_what_was_told_is_not_told_again(vendor: Membership, waiting: Callable[[], Conversation]) -> None:
    waiting()
    a_minute_passes()
    WorkItem.objects.filter(kind=MAIL).update(due_at="2026-01-01T00:00:00Z")
    a_minute_passes()
    assert len(mail.outbox) == 1


def test_who_has_read_it_gets_none(vendor: Membership, waiting: Callable[[], Conversation]) -> None:
    waiting()
    mark_read(unread(vendor))
    a_minute_passes()
    assert mail.outbox == []


def test_nobody_gets_one_once_somebody_has_the_conversation(
    owner: Membership, vendor: Membership, waiting: Callable[[], Conversation]
) -> None:
    take(waiting(), user=vendor.user)
    a_minute_passes()
    assert mail.outbox == []


def test_who_wants_none_gets_none(vendor: Membership, waiting: Callable[[], Conversation]) -> None:
    Choice.objects.create(user=vendor.user, kind="handoff", mail=False)
    waiting()
    assert a_minute_passes() == 0
    assert mail.outbox == []


def test_who_left_meanwhile_gets_none(vendor: Membership, waiting: Callable[[], Conversation]) -> None:
    waiting()
    Membership.objects.filter(pk=vendor.pk).update(deactivated_at="2026-01-01T00:00:00Z")
    a_minute_passes()
    assert mail.outbox == []


def test_a_mail_server_that_fails_is_tried_again_and_nothing_is_called_sent(
    vendor: Membership, waiting: Callable[[], Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    waiting()
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        a_minute_passes()
    item = WorkItem.objects.get(kind=MAIL)
    assert (item.error, item.attempts, item.due_at is None) == ("SMTPServerDisconnected", 1, False)
    assert Notice.objects.get().mailed_at is None
    a_minute_passes()
    assert len(mail.outbox) == 1
    assert claims.MAX_ATTEMPTS == 5
