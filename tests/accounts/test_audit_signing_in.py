"""How people sign in stands in the audit log of each workspace they belong to, and in no other."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from apps import tenants
from apps.accounts.inviting import invite
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.core.models import AuditRow
from apps.tenants.models import Workspace
from tests.accounts.test_account import SECRET, code_of

Answer = Callable[..., Any]
Member = Callable[..., Membership]


def told(workspace: Workspace, *, area: str = "sign_in") -> list[tuple[str, str, str]]:
    """What its log tells, oldest first: the action, who, to whom."""
    with tenants.enter(workspace):
        rows = AuditRow.objects.filter(action__startswith=area).order_by("pk")
        return [
            (row.action.removeprefix(f"{area}."), row.actor_name or row.actor_kind, row.subject_name) for row in rows
        ]


@pytest.fixture
def vera(member: Member, sign_in: Answer) -> Client:
    """A browser in which Vera is signed in."""
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    sign_in(browser, "vera@example.org")
    return browser


def test_coming_in_and_leaving_is_told_in_every_workspace_of_the_person(
    workspace: Workspace, other: Workspace, member: Member, sign_in: Answer
) -> None:
    member(Role.VENDOR, "vera@example.org")
    member(Role.VENDOR, "ines@example.org")
    browser = Client()
    sign_in(browser, "vera@example.org")
    add_member(other, email="vera@example.org", role=Role.VIEWER)
    browser.post("/accounts/logout/")
    assert told(workspace) == [("done", "vera@example.org", ""), ("ended", "vera@example.org", "")]
    assert told(other) == [("ended", "vera@example.org", "")]
    with tenants.enter(workspace):
        assert set(AuditRow.objects.filter(action="sign_in.done").values_list("address", flat=True)) == {"127.0.0.1"}


def test_a_wrong_code_is_told_of_and_not_kept(workspace: Workspace, member: Member, ask_code: Answer) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    ask_code(browser, "vera@example.org")
    browser.post("/accounts/login/code/confirm/", {"code": "ZZZZ-9999"})
    assert told(workspace) == [("code_refused", "nobody", "vera@example.org")]
    with tenants.enter(workspace):
        assert AuditRow.objects.get(action="sign_in.code_refused").changes == {}


def test_a_wrong_code_for_nobody_we_know_is_told_nowhere(workspace: Workspace, ask_code: Answer) -> None:
    browser = Client()
    ask_code(browser, "stranger@example.org")
    browser.post("/accounts/login/code/confirm/", {"code": "ZZZZ-9999"})
    assert told(workspace) == []


def test_who_was_deactivated_is_not_told_of(workspace: Workspace, member: Member, sign_in: Answer) -> None:
    gone = member(Role.VENDOR, "vera@example.org")
    Membership.objects.filter(pk=gone.pk).update(deactivated_at="2026-01-01T00:00:00Z")
    sign_in(Client(), "vera@example.org")
    assert told(workspace) == []


def switch_on(browser: Client) -> str:
    found = SECRET.search(browser.get("/accounts/2fa/totp/activate/").content.decode())
    assert found
    browser.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
    return found[1]


def test_the_second_factor_on_and_off_is_told_of(
    workspace: Workspace, vera: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = switch_on(vera)
    assert sorted(action for action, _, _ in told(workspace)) == ["done", "recovery_codes", "second_factor_on"]
    vera.post("/accounts/2fa/reauthenticate/", {"code": code_of(secret, 1)})
    for step, action in (("recovery-codes/generate", "recovery_codes"), ("totp/deactivate", "second_factor_off")):
        with django_capture_on_commit_callbacks(execute=True):
            vera.post(f"/accounts/2fa/{step}/")
        assert told(workspace)[-1] == (action, "vera@example.org", "")
    with tenants.enter(workspace):
        assert secret not in str(list(AuditRow.objects.values()))


def test_a_wrong_second_factor_is_told_of_and_keeps_no_code(
    workspace: Workspace, vera: Client, sign_in: Answer
) -> None:
    switch_on(vera)
    browser = Client()
    sign_in(browser, "vera@example.org")
    browser.post("/accounts/2fa/authenticate/", {"code": "123456"})
    assert told(workspace)[-1] == ("second_factor_refused", "nobody", "vera@example.org")


def test_signing_out_elsewhere_is_told_of(workspace: Workspace, vera: Client, sign_in: Answer) -> None:
    sign_in(Client(), "vera@example.org")
    vera.get("/accounts/sessions/")
    vera.post("/accounts/sessions/")
    assert told(workspace)[-1] == ("others_ended", "vera@example.org", "")


def test_another_name_is_told_of(workspace: Workspace, vera: Client) -> None:
    vera.post("/account/", {"name": "Vera Lind"})
    vera.post("/account/", {"name": "Vera Lind"})
    assert told(workspace, area="team")[-1] == ("renamed", "vera@example.org", "")
    with tenants.enter(workspace):
        assert AuditRow.objects.get(action="team.renamed").changes == {"name": ["", "Vera Lind"]}


def test_unlinking_google_is_told_of(workspace: Workspace, vera: Client) -> None:
    user = Membership.objects.get(user__email="vera@example.org").user
    mine = SocialAccount.objects.create(user=user, provider="google", uid="1")
    vera.post("/account/google/unlink/", {"account": mine.pk + 1})
    assert told(workspace)[-1][0] == "done"
    vera.post("/account/google/unlink/", {"account": mine.pk})
    assert told(workspace)[-1] == ("google_unlinked", "vera@example.org", "")


def test_whoever_accepts_an_invitation_is_told_of(workspace: Workspace, member: Member, sign_in: Answer) -> None:
    owner = member(Role.OWNER, "olga@example.org")
    tokens = [one.token for one in invite(owner, emails=["new@example.org", "too@example.org"], role="vendor")]
    mail.outbox.clear()
    for email, way in (("new@example.org", f"/invitations/{tokens[0]}/"), ("too@example.org", "")):
        browser = Client()
        sign_in(browser, email)
        with tenants.enter(None):
            invitation = owner.workspace.invitations.get(email=email)
        assert browser.post(way or f"/invitations/{invitation.pk}/accept/").status_code == 302
    assert [row for row in told(workspace, area="team") if row[0] == "joined"] == [
        ("joined", "new@example.org", "new@example.org"),
        ("joined", "too@example.org", "too@example.org"),
    ]
