"""S30: no name, address or reason that people type adds a header to an e-mail, an answer or a line to the log."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps import tenants
from apps.accounts import invitation_mail, inviting
from apps.accounts.models import Invitation, Role, User
from apps.contacts.models import Contact
from apps.inboxes.models import Inbox
from apps.notices.models import Notice
from apps.notices.services import MAIL, MAIL_AFTER
from apps.tenants.models import Workspace
from apps.watch import telling
from apps.watch.models import Alert
from apps.watch.rules import BY_NAME
from apps.work import kinds
from apps.work.models import WorkItem
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
THIEF = "everybody@thief.example"
NAMES = [
    f"Acme\r\nBcc: {THIEF}",
    f"Acme\nBcc: {THIEF}\n\nBody of my own",
    f"Acme\rBcc: {THIEF}",
    f"Acme\u2028Bcc: {THIEF}\u2029\x85x",
    f"Acme%0d%0aBcc: {THIEF}",
    f"=?utf-8?q?Acme=0d=0aBcc:_{THIEF}?=",
    "Acme\x00\x1b[31m\x07",
]
HEADERS = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Content-Transfer-Encoding"),
    *("Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "X-Auto-Response-Suppress"),
}


def as_sent(message: Any) -> Any:
    """The e-mail as a server would receive and read it."""
    return message_from_bytes(message.message().as_bytes(), policy=default)


def is_sound(message: Any, to: str) -> None:
    """One reader, no header that we do not write, the name all on the line of the subject."""
    raw, read = message.message().as_bytes(), as_sent(message)
    assert message.recipients() == [to]
    assert set(read.keys()) <= HEADERS
    assert len(read.keys()) == len(set(read.keys()))
    head = raw.partition(b"\n\n")[0]
    assert not [line for line in head.splitlines() if line.lower().startswith((b"bcc", b"cc", b"body"))]
    assert not set("\r\n\x00\x1b\u2028\u2029") & set(str(read["Subject"]))


@pytest.fixture(params=NAMES)
def named(request: pytest.FixtureRequest, acme: Furniture) -> str:
    """Everything that can stand in an e-mail is called this, as if a form had let it through."""
    name: str = request.param
    stored = name.replace("\x00", "")  # which Postgres keeps nowhere
    Workspace.objects.filter(slug="acme").update(name=stored[:120])
    User.objects.update(name=stored[:120])
    with tenants.enter(acme.business.workspace):
        Contact.objects.update(name=stored[:120])
    return name


def test_an_invitation_is_sound(acme: Furniture, named: str) -> None:
    inviter = type(acme.business.owner).objects.select_related("user", "workspace").get(pk=acme.business.owner.pk)
    mail.outbox.clear()
    invitation_mail.send(inviting.invite(inviter, emails=["new@example.org"], role=Role.VENDOR))
    (sent,) = mail.outbox
    is_sound(sent, "new@example.org")


def test_a_notice_by_e_mail_is_sound(acme: Furniture, named: str) -> None:
    mail.outbox.clear()
    with tenants.enter(acme.business.workspace):
        for notice in Notice.objects.all():
            notice.created_at -= 2 * MAIL_AFTER
            notice.detail = named.replace("\x00", "")[:200]
            notice.save()
    WorkItem.objects.filter(kind=MAIL).update(due_at="2026-01-01T00:00:00Z")
    kinds.get(MAIL).work(5.0)
    assert mail.outbox
    people = set(User.objects.values_list("email", flat=True))
    for sent in mail.outbox:
        assert sent.to[0] in people
        is_sound(sent, sent.to[0])


def test_a_code_to_sign_in_is_sound(acme: Furniture, named: str) -> None:
    mail.outbox.clear()
    Client().post("/accounts/login/", {"email": acme.business.owner.user.email})
    (sent,) = mail.outbox
    is_sound(sent, acme.business.owner.user.email)


def test_an_alert_by_e_mail_is_sound(acme: Furniture, named: str, settings: Any) -> None:
    """What a number or a business is called stands in its subject."""
    settings.ALERT_EMAILS = ["ops@leadline.example"]
    mail.outbox.clear()
    stored = named.replace("\x00", "")[:120]
    with tenants.enter(acme.business.workspace):
        Inbox.objects.filter(pk=acme.business.inbox.pk).update(name=stored)
    ago = timezone.now() - timedelta(hours=2)
    facts = {"inbox": acme.business.inbox.pk, "seconds": 90, "count": 3, "minutes": 9, "hours": 4, "problem": stored}
    told: dict[str, Any] = {"workspace": acme.business.workspace, "facts": facts, "subject": stored[:80]}
    for rule in BY_NAME:
        Alert.objects.create(rule=rule, **told)
        Alert.objects.update(raised_at=ago, seen_at=timezone.now())
        mail.outbox.clear()
        telling.tell()
        assert mail.outbox, rule
        for sent in mail.outbox:
            is_sound(sent, "ops@leadline.example")
        Alert.objects.all().delete()


@pytest.mark.parametrize(
    "address",
    [
        f"new@example.org\nBcc: {THIEF}",
        f"new@example.org\r\nBcc:{THIEF}",
        f'"a\r\nBcc: {THIEF}"@example.org',
        f"new@example.org%0ABcc:{THIEF}",
        f"<new@example.org>\tBcc:{THIEF}",
    ],
)
def test_an_address_with_a_header_in_it_is_invited_by_nobody(acme: Furniture, browser: Browser, address: str) -> None:
    client, before = browser("owner"), Invitation.objects.count()
    mail.outbox.clear()
    answer = client.post("/w/acme/team/invite/", {"emails": address, "role": "vendor"})
    assert answer.status_code == 422
    assert (mail.outbox, Invitation.objects.count()) == ([], before)
    signed_in = Client().post("/accounts/login/", {"email": address})
    assert signed_in.status_code == 200
    assert mail.outbox == []
    with pytest.raises(ValidationError):
        inviting.invite(acme.business.owner, emails=[address], role=Role.VENDOR)
    assert Invitation.objects.count() == before


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log as an installation writes it."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    formatter = settings.LOGGING["formatters"]["line"]
    made = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(dict(formatter))  # type: ignore[attr-defined]
    handler.setFormatter(made)
    handler.addFilter(lambda record: setattr(record, "workspace", "w") or True)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.mark.parametrize("path", ["/w/acme/nothing%0d%0aERROR forged/", "/w/acme/%1b[2Jx/", "/w/acme/\u2028ERROR x/"])
def test_an_address_writes_no_line_of_its_own(acme: Furniture, browser: Browser, log: io.StringIO, path: str) -> None:
    assert browser("owner").get(path).status_code == 404
    lines = log.getvalue().splitlines()
    assert any("Not Found" in line for line in lines)
    assert not [line for line in lines if line.startswith("ERROR")]
    assert "\x1b" not in log.getvalue()


@pytest.mark.parametrize(
    "next", ["/w/acme/%0d%0aSet-Cookie: a=b", "/w/acme/\r\nSet-Cookie: a=b", "/\u560a\u560dSet-Cookie: a=b"]
)
def test_an_address_to_go_on_to_adds_no_header(acme: Furniture, next: str) -> None:
    """Where one wanted to go stands in the Location of the answer."""
    answer = Client().get("/w/acme/", headers={"x-next": "1"})
    assert answer.status_code == 302
    there = Client().get("/accounts/login/", {"next": next})
    assert there.status_code == 200
    for one in (answer, there):
        assert not [value for value in one.headers.values() if "\r" in value or "\n" in value]
        assert "a" not in one.cookies
