"""Whatever a person, a program or the staff changes leaves a row of the audit log; an address that does not says why.

A new address that changes something fails here until its service writes a row, or it has a reason in QUIET.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from apps import tenants
from apps.accounts import team
from apps.accounts.models import Membership, User
from apps.bots.services import create_bot
from apps.conversations.models import Message
from apps.core import audit
from apps.core.actors import Actor, Kind, acting
from apps.core.models import AuditRow
from apps.inboxes import services as inboxes
from apps.inboxes.models import Inbox
from apps.inboxes.widgets import connect_widget
from apps.knowledge.models import Source
from apps.providers import whatsapp_cloud
from apps.providers.base import Checked
from apps.tenants.models import Hook
from apps.tenants.services import suspend
from tests.api.calling import OPERATIONS, Program, fill, program_of
from tests.api.conftest import make_rows
from tests.inboxes.conftest import NUMBER, SECRET, TOKEN, WABA
from tests.security.conftest import Furniture, again
from tests.security.routes import ASKED, AT_ONCE, PUBLIC, STAFF, WORKSPACE, address
from tests.web_chat.test_web_chat_widgets import COMPLETE

Browser = Callable[[str | User], Client]

#: Unsafe requests inside a workspace that change nothing of the business.
QUIET = {
    "bots/<int:pk>/try/": "A test conversation, which no customer, list or report ever meets.",
    "notices/read/": "What somebody has read is theirs.",
    "notices/<int:pk>/read/": "What somebody has read is theirs.",
    "notices/here/": "What somebody has read is theirs.",
    "notices/choices/": "Which e-mails somebody wants is theirs.",
    "c/<int:pk>/seen/": "Somebody looked.",
}
#: The same outside: nobody has come in, nothing stands yet, or it only leads elsewhere.
QUIET_PUBLIC = {
    "start/": "There is no workspace yet; its first row says who created it, once it stands.",
    "start/<slug:slug>/again/": "There is no workspace yet; its first row says who created it, once it stands.",
    "accounts/login/": "A code is asked for; typing it is a row.",
    "accounts/login/code/": "A code is asked for; typing it is a row.",
    "accounts/signup/": "Leads to the way in.",
    "accounts/google/login/": "Leads to Google.",
    "accounts/google/login/callback/": "Coming back from Google signs in as a code does, by the same signal.",
    "accounts/reauthenticate/": "Proves who one is; only a wrong second factor is a row.",
    "accounts/2fa/reauthenticate/": "Proves who one is; only a wrong second factor is a row.",
    "accounts/2fa/recovery-codes/download/": "Shows codes that are there.",
    "admin/login/": "Leads to the way in.",
    "api/": "Nothing is there.",
    **{f"admin/{path}/": "Chosen rows go by the service that one row goes by." for path in AT_ONCE},
}
#: What needs a code from an e-mail or a phone is tried where those are.
ELSEWHERE = {
    "invitations/<str:token>/": "test_whoever_accepts_an_invitation_is_told_of",
    "invitations/<int:pk>/accept/": "test_whoever_accepts_an_invitation_is_told_of",
    "accounts/login/code/confirm/": "test_coming_in_and_leaving_is_told_in_every_workspace_of_the_person",
    "accounts/logout/": "test_coming_in_and_leaving_is_told_in_every_workspace_of_the_person",
    "accounts/2fa/authenticate/": "test_a_wrong_second_factor_is_told_of_and_keeps_no_code",
    "accounts/2fa/totp/activate/": "test_the_second_factor_on_and_off_is_told_of",
    "accounts/2fa/totp/deactivate/": "test_the_second_factor_on_and_off_is_told_of",
    "accounts/2fa/recovery-codes/generate/": "test_the_second_factor_on_and_off_is_told_of",
    "accounts/sessions/": "test_signing_out_elsewhere_is_told_of",
    "account/": "test_another_name_is_told_of",
    "account/google/unlink/": "test_unlinking_google_is_told_of",
}


def unsafe(table: dict[str, Any]) -> list[str]:
    """The patterns that take a POST, from the owner or from staff; programs are walked by their operations."""
    return [
        pattern
        for pattern, row in table.items()
        if row.post[STAFF if pattern.startswith("admin/") else "owner"] != 405 and not pattern.startswith("api/v1/")
    ]


def chat(acme: Furniture) -> int:
    business = acme.business
    with tenants.enter(business.workspace):
        return connect_widget(
            business.workspace, bot=business.bot, name="Shop", websites="https://shop.example"
        ).inbox_id


def alone(acme: Furniture) -> int:
    """A bot that nothing needs."""
    with tenants.enter(acme.business.workspace):
        return create_bot("Luna", business="Acme").pk


def unconfirmed(acme: Furniture) -> None:
    with tenants.enter(acme.business.workspace):
        Message.objects.filter(pk=acme.failed.pk).update(state=Message.State.UNCONFIRMED)


def away(acme: Furniture) -> None:
    team.deactivate(acme.colleague, by=acme.business.owner)


def another_account(acme: Furniture) -> None:
    with tenants.enter(acme.business.workspace):
        Inbox.objects.filter(pk=acme.business.inbox.pk).update(account_key=WABA)


def being_read(acme: Furniture) -> None:
    with tenants.enter(acme.business.workspace):
        Source.objects.update(state=Source.State.QUEUED)


#: What must be so before, where the furniture alone lets nothing be done; an int is the id in the address.
BEFORE: dict[str, Callable[[Furniture], int | None]] = {
    "bots/<int:pk>/delete/": alone,
    "bots/<int:pk>/knowledge/<int:source_pk>/stop/": being_read,
    "inboxes/<int:pk>/web-chat/": chat,
    "inboxes/<int:pk>/subscribe/": another_account,
    "team/<int:pk>/reactivate/": away,
    "c/<int:pk>/messages/<int:message_pk>/arrived/": unconfirmed,
}
#: Forms that are complete, where the table of routes sends one that is not, or changes nothing.
FORMS: dict[str, Callable[[Furniture], dict[str, Any]]] = {
    "settings/": lambda acme: {"name": "Acme and Daughters"},
    "bots/<int:pk>/knowledge/add/file/": lambda acme: {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")},
    "bots/<int:pk>/knowledge/add/products/": lambda acme: {"file": SimpleUploadedFile("a.csv", b"name\nTea")},
    "bots/<int:pk>/knowledge/add/questions/": lambda acme: {"title": "Tea", "pairs": "Is there tea?\nYes."},
    "inboxes/connect/": lambda acme: {
        **{"key": NUMBER, "account": WABA, "token": TOKEN, "secret": SECRET, "verify_token": "my-own-word"},
        "bot": acme.business.bot.pk,
    },
    "inboxes/web-chat/": lambda acme: {**COMPLETE, "bot": acme.business.bot.pk},
    "inboxes/<int:pk>/web-chat/": lambda acme: {**COMPLETE, "name": "Shop window", "bot": acme.business.bot.pk},
    "inboxes/<int:pk>/": lambda acme: {"name": "Front desk", "bot": acme.business.bot.pk},
    "inboxes/<int:pk>/reconnect/": lambda acme: {"token": TOKEN},
}


@pytest.fixture(autouse=True)
def _vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Confirms whatever is pasted, and posts to us when asked to."""
    monkeypatch.setattr(inboxes, "_check", lambda provider, setup: Checked("Acme", "+44 20 7946 0000"))
    monkeypatch.setattr(whatsapp_cloud, "subscribe", lambda *_, **__: None)


@pytest.fixture(autouse=True)
def _in_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction hides a service that has none: a row must stand in one that was opened below."""
    outside, real = len(connection.atomic_blocks), audit.record

    def record(action: str, *args: Any, **kwargs: Any) -> None:
        assert len(connection.atomic_blocks) > outside, f"{action} is recorded in no transaction of its service."
        real(action, *args, **kwargs)

    monkeypatch.setattr(audit, "record", record)


def rows_since(acme: Furniture, last: int) -> list[AuditRow]:
    with tenants.enter(acme.business.workspace):
        return list(AuditRow.objects.filter(pk__gt=last).order_by("pk"))


def last_row(acme: Furniture) -> int:
    with tenants.enter(acme.business.workspace):
        newest = AuditRow.objects.order_by("-pk").first()
    return newest.pk if newest else 0


def post(acme: Furniture, client: Client, pattern: str) -> tuple[HttpResponse, int]:
    """Does it, after what must be so before; with the id of the newest row until then."""
    ids, word = dict(acme.ids), pattern.split("/")[0]
    prepared = BEFORE.get(pattern, lambda _: None)(acme)
    if prepared:
        ids[word] = prepared
    data = FORMS[pattern](acme) if pattern in FORMS else WORKSPACE[pattern].data
    before = last_row(acme)
    return again(client).post(address("config.urls_workspace", pattern, slug="acme", ids=ids), data), before


@pytest.mark.parametrize("pattern", [one for one in unsafe(WORKSPACE) if one not in QUIET])
def test_whatever_a_member_changes_leaves_rows_of_theirs(acme: Furniture, browser: Browser, pattern: str) -> None:
    owner = acme.business.owner.user
    answer, before = post(acme, browser(owner), pattern)
    assert answer.status_code < 400, answer.content.decode()[:3000]
    found = rows_since(acme, before)
    assert found, "Nothing was recorded. Call audit.record in the service, or give a reason in QUIET."
    assert {(row.actor_kind, row.actor_id, row.actor_name, row.address) for row in found} == {
        ("person", owner.pk, owner.name, "127.0.0.1")
    }


@pytest.mark.parametrize("pattern", QUIET)
def test_what_is_said_to_be_quiet_is(acme: Furniture, browser: Browser, pattern: str) -> None:
    answer, before = post(acme, browser("owner"), pattern)
    assert answer.status_code < 400 or pattern == "notices/<int:pk>/read/"
    assert [row.action for row in rows_since(acme, before) if row.action != "team.added"] == []


@pytest.mark.parametrize("pattern", [one for one in unsafe(WORKSPACE) if one not in QUIET])
def test_who_may_not_leaves_no_row(acme: Furniture, browser: Browser, pattern: str) -> None:
    client = browser("viewer")
    answer, before = post(acme, client, pattern)
    assert (answer.status_code, rows_since(acme, before)) == (403, [])


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.method != "GET" and one.path != "knowledge/ask/"], ids=str
)
def test_whatever_a_program_changes_leaves_rows_of_its_key(acme: Furniture, operation: Any) -> None:
    program: Program = program_of(acme.business.workspace)
    with tenants.enter(acme.business.workspace):
        business = acme.business
        hook = Hook.objects.create(provider="whatsapp_cloud", secrets="x", verify_token="x")
        ids = make_rows(
            inboxes.connect(
                business.workspace,
                provider="whatsapp_cloud",
                external_key="100200300400500",
                name="x",
                bot=business.bot,
                hook=hook,
                token="x",
            )
        )
        ids["conversation"] = ids["conversation_without"]  # in the other one a message is all that is new
    before = last_row(acme)
    answer = program.call(operation.method, operation.path.format(**ids), fill(operation.body, ids))
    assert answer.status_code == operation.status, answer.content
    assert program.key is not None
    assert {(row.actor_kind, row.actor_id, row.actor_name) for row in rows_since(acme, before)} == {
        ("key", program.key.pk, "CRM")
    }


STAFF_ACTS = [f"{path}/{act}" for table in (ASKED, AT_ONCE) for path, acts in table.items() for act in acts]
#: Of an item that never was a workspace's.
UNOWNED = {"ingest/quarantined/replay": "staff.replayed", "ingest/quarantined/dismiss": ""}


@pytest.mark.parametrize("act", STAFF_ACTS)
def test_what_staff_do_to_a_workspace_stands_in_its_own_log(acme: Furniture, browser: Browser, act: str) -> None:
    path, verb = act.rsplit("/", 1)
    ids = acme.ids
    if verb == "reactivate":
        suspend(acme.business.workspace)
    if verb == "let-in":
        User.objects.filter(pk=ids["user"]).update(is_active=False)
    if verb == "take-back":
        connection.cursor().execute("UPDATE work_workitem SET lease_until = now() + interval '1 hour'")
    before = last_row(acme)
    answer = browser("staff").post(f"/admin/{path}/{ids[path.rsplit('/')[-1]]}/{verb}/", {"why": "canary-why"})
    assert answer.status_code == 302
    found = rows_since(acme, before)
    if UNOWNED.get(act) == "":
        assert found == []
        return
    assert {(row.actor_kind, row.actor_id, row.actor_name, row.address) for row in found} == {("staff", None, "", None)}
    assert "canary-why" not in json.dumps([row.changes for row in found])


def test_a_look_of_the_staff_stands_in_the_workspaces_log(acme: Furniture, browser: Browser) -> None:
    before = last_row(acme)
    staff = browser("staff")
    assert staff.get(f"/admin/tenants/workspace/{acme.business.workspace.pk}/").status_code == 200
    assert staff.get(f"/admin/ingest/delivery/{acme.ids['delivery']}/body/").status_code == 200
    assert [(row.action, row.actor_kind) for row in rows_since(acme, before)] == [
        ("staff.looked", "staff"),
        ("staff.read_body", "staff"),
    ]


def test_every_unsafe_address_outside_is_tried_somewhere_or_says_why_not() -> None:
    staff = {pattern for pattern in PUBLIC if pattern.startswith("admin/") and "<" in pattern}
    assert set(unsafe(PUBLIC)) - staff - set(QUIET_PUBLIC) == set(ELSEWHERE)
    assert set(QUIET) <= set(unsafe(WORKSPACE)) and set(QUIET_PUBLIC) <= set(unsafe(PUBLIC))
    tests = (Path(settings.BASE_DIR) / "tests/accounts/test_audit_signing_in.py").read_text(encoding="utf-8")
    assert [name for name in ELSEWHERE.values() if f"def {name}(" not in tests] == []


def test_no_secret_and_no_customer_is_in_any_row(acme: Furniture, browser: Browser) -> None:
    """After everything was done once: neither tokens nor what a customer wrote or is called."""
    owner = browser(acme.business.owner.user)
    for pattern in unsafe(WORKSPACE):
        if pattern not in ("bots/<int:pk>/delete/", "team/<int:pk>/hand-over/", "team/<int:pk>/reactivate/"):
            post(acme, owner, pattern)
    with tenants.enter(acme.business.workspace), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(r::text, ' ') FROM core_auditrow r")
        everything = cursor.fetchone()[0]
        assert Source.objects.exists()
    words = (TOKEN, SECRET, "my-own-word", acme.business.token, acme.business.secret, "447700900111", "Maya")
    assert [word for word in words if word in everything] == []
    assert Membership.objects.filter(role="owner").exists()


@pytest.mark.parametrize("options", [{"delivery": "own"}, {"quarantined": True}], ids=["one", "all kept aside"])
def test_a_replay_by_command_leaves_a_row_in_each_workspace_it_was_for(
    acme: Furniture, theirs: Furniture, options: dict[str, Any]
) -> None:
    """As one by staff does."""
    chosen = {"delivery": acme.ids["delivery"]} if "delivery" in options else options
    before = [last_row(one) for one in (acme, theirs)]
    with acting(Actor(Kind.COMMAND, name="replay")):
        call_command("replay", **chosen)
    ours, others = (rows_since(one, last) for one, last in zip((acme, theirs), before, strict=True))
    assert [(row.action, row.actor_kind, row.actor_name, row.changes) for row in ours] == [
        ("staff.replayed", "command", "replay", {"count": ["", 1]})
    ]
    assert len(others) == ("quarantined" in options)
