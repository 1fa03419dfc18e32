"""E-mails about notices: one for all that waits, after a minute, to who wants it, quoting nobody."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import Membership
from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff, take
from apps.notices.mail import GATHER, WAITS
from apps.notices.models import Choice, Notice
from apps.notices.services import MAIL, MAIL_AFTER, mark_read, unread
from apps.work import kinds
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
    Notice.objects.update(created_at=F("created_at") - MAIL_AFTER)
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
    assert sent.subject == "A customer waits for a person · Acme Cycles"
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
    assert kinds.get(MAIL).work(5.0) == 1
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


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Maya Lind", "Maya Lind"),
        ("Maya\r\nBcc: Lou", "Maya Bcc: Lou"),
        ("Ma\x1b[31mya\u202egnp", "Ma [31mya gnp"),
        ("J. R. Smith", "J. R. Smith"),
        ("", "A customer"),
        ("+44 7700 900123", "A customer"),
        ("evil.example", "A customer"),
        ("your bank: https://evil", "A customer"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_name_is_one_line_and_leads_nowhere(
    vendor: Membership, make_conversation: Make, name: str, shown: str
) -> None:
    conversation = make_conversation()
    conversation.contact.name = name
    conversation.contact.save()
    open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="")
    a_minute_passes()
    (sent,) = mail.outbox
    assert sent.subject == f"{shown} waits for a person · Acme Cycles"
    assert "447700900123" not in str(sent.message())


def test_what_is_younger_than_a_minute_waits_for_its_own(vendor: Membership, make_conversation: Make) -> None:
    for number, name in enumerate(("Maya Lind", "Tom Okafor")):
        conversation = make_conversation(phone=f"44770090000{number}", name=name)
        open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="")
        if number == 0:
            Notice.objects.update(created_at=F("created_at") - MAIL_AFTER)
    WorkItem.objects.filter(kind=MAIL).update(due_at="2026-01-01T00:00:00Z")
    kinds.get(MAIL).work(5.0)
    assert [one.subject for one in mail.outbox] == ["Maya Lind waits for a person · Acme Cycles"]
    assert Notice.objects.get(mailed_at=None).conversation.contact.name == "Tom Okafor"  # type: ignore[union-attr]
    a_minute_passes()
    assert len(mail.outbox) == 1  # and at most one e-mail every five minutes
    Notice.objects.exclude(mailed_at=None).update(mailed_at=F("mailed_at") - GATHER)
    a_minute_passes()
    assert mail.outbox[1].subject == "Tom Okafor waits for a person · Acme Cycles"


def test_finished_items_do_not_pile_up(vendor: Membership, waiting: Callable[[], Conversation]) -> None:
    waiting()
    a_minute_passes()
    Notice.objects.update(read_at="2026-01-01T00:00:00Z")
    resolved = Handoff.objects.get()
    resolved.state = Handoff.State.RESOLVED
    resolved.save()
    waiting()
    a_minute_passes()
    assert WorkItem.objects.filter(kind=MAIL).count() == 1


def test_a_mail_server_that_fails_is_tried_again_at_most_six_times(
    vendor: Membership, waiting: Callable[[], Conversation], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({vendor.user.email: (550, b"unknown")})

    waiting()
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    for tries, wait in enumerate((*WAITS, WAITS[-1]), 1):
        before = timezone.now()
        a_minute_passes()
        notice = Notice.objects.get()
        assert (notice.mailed_at, notice.mail_tries) == (None, tries)
        due = WorkItem.objects.get(kind=MAIL).due_at
        assert due is not None and wait <= (due - before).total_seconds() < wait + 5
    monkeypatch.undo()
    a_minute_passes()
    assert (mail.outbox, WorkItem.objects.get(kind=MAIL).due_at) == ([], None)
    assert vendor.user.email not in caplog.text


def test_a_refused_e_mail_leaves_once_the_server_is_back(
    vendor: Membership, waiting: Callable[[], Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    waiting()
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        a_minute_passes()
    assert Notice.objects.get().mailed_at is None
    a_minute_passes()
    assert len(mail.outbox) == 1
