"""Invitations: sent, renewed, revoked, and accepted by whoever has the address; also by who is new here."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.accounts import inviting
from apps.accounts.api_keys import digest
from apps.accounts.inviting import invite
from apps.accounts.models import Invitation, Membership, Role, User
from apps.accounts.services import add_member, confirm_address
from apps.tenants.models import Workspace
from apps.work import rates
from apps.work.models import Bucket

Browser = Callable[..., Client]
Member = Callable[..., Membership]
PAGE, INVITE = "/w/acme/team/", "/w/acme/team/invite/"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/invitations/[\w-]+/)")


@pytest.fixture
def owner(member: Member) -> Membership:
    membership = member(Role.OWNER, "olga@example.org")
    User.objects.filter(pk=membership.user_id).update(name="Olga Marsh")
    membership.refresh_from_db()
    return membership


@pytest.fixture
def browser(client_for: Browser, owner: Membership) -> Client:
    return client_for(None, user=owner.user)


def link_in_mail() -> str:
    found = LINK.search(str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def person(email: str) -> User:
    user = User.objects.create_user(email)
    confirm_address(user, email)
    return user


# --- inviting --------------------------------------------------------------------------------------


def test_several_are_invited_at_once_and_each_gets_an_e_mail(browser: Client, workspace: Workspace) -> None:
    answer = browser.post(INVITE, {"emails": "Vera@Example.org, sam@example.org;\nvera@example.org", "role": "vendor"})
    assert answer.status_code == 201
    assert [message.to for message in mail.outbox] == [["vera@example.org"], ["sam@example.org"]]
    assert mail.outbox[0].subject == "Olga Marsh invites you to Acme Cycles on Leadline"
    rows = Invitation.objects.order_by("pk").values_list("email", "role", "workspace")
    assert list(rows) == [("vera@example.org", "vendor", workspace.pk), ("sam@example.org", "vendor", workspace.pk)]
    assert not Invitation.objects.filter(mailed_at=None).exists()
    assert not Membership.objects.filter(user__email="vera@example.org").exists()


def test_the_e_mail_says_who_invites_to_what_as_what_in_text_and_html(browser: Client) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "supervisor"})
    message: Any = mail.outbox[0]
    html = message.alternatives[0][0]
    for text in (message.body, re.sub(r"<[^>]+>", "", html)):
        for word in ("Olga Marsh", "olga@example.org", "Acme Cycles", "Supervisor", "vera@example.org"):
            assert word in text
    assert f'href="http://127.0.0.1:8000{link_in_mail()}"' in html


def test_names_do_not_become_markup_in_the_e_mail(browser: Client, owner: Membership, workspace: Workspace) -> None:
    for name, shown in (("<b>Olga</b>\nBcc: all@example.org", "olga@example.org"), ("Olga\n& Co", "Olga &amp; Co")):
        User.objects.filter(pk=owner.user_id).update(name=name)
        browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
        message: Any = mail.outbox[-1]
        assert "<b>Olga" not in message.alternatives[0][0] and f"<strong>{shown}</strong>" in message.alternatives[0][0]
        assert "\n" not in message.subject and message.recipients() == ["vera@example.org"]


def test_the_link_is_shown_once_and_kept_as_a_digest_only(browser: Client) -> None:
    shown = browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"}).content.decode()
    link = link_in_mail()
    assert f'value="http://127.0.0.1:8000{link}"' in shown
    assert link not in browser.get(PAGE).content.decode()
    token = link.split("/")[2]
    row = Invitation.objects.get()
    assert row.digest == digest(token)
    assert token not in str(row.__dict__)


def test_when_the_mail_server_is_away_the_page_says_so_and_has_the_link(browser: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    answer = browser.post(INVITE, {"emails": "vera@example.org sam@example.org", "role": "vendor"})
    text = answer.content.decode()
    assert answer.status_code == 201
    assert "did not take the e-mail to vera@example.org, sam@example.org" in text
    assert len(set(LINK.findall(text))) == 2
    assert "E-mail not sent" in browser.get(PAGE).content.decode()
    assert set(Invitation.objects.values_list("mailed_at", flat=True)) == {None}


def test_one_address_the_server_refuses_does_not_keep_the_others(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any, messages: list[Any]) -> int:
        if "bad@example.org" in messages[0].to:
            raise OSError("550 no such mailbox")
        mail.outbox.extend(messages)
        return 1

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    browser.post(INVITE, {"emails": "bad@example.org vera@example.org", "role": "vendor"})
    assert Invitation.objects.get(mailed_at=None).email == "bad@example.org"
    assert Invitation.objects.exclude(mailed_at=None).get().email == "vera@example.org"


def test_inviting_again_renews_and_the_old_link_is_void(browser: Client) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    first = link_in_mail()
    browser.post(INVITE, {"emails": "VERA@example.org", "role": "viewer"})
    assert Invitation.objects.values_list("email", "role").get() == ("vera@example.org", "viewer")
    assert (Client().get(first).status_code, Client().get(link_in_mail()).status_code) == (404, 200)


def test_sending_again_makes_a_new_link_good_for_seven_days(browser: Client) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    first, row = link_in_mail(), Invitation.objects.get()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Run out" in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}invitations/{row.pk}/resend/").status_code == 201
    assert (Client().get(first).status_code, Client().get(link_in_mail()).status_code) == (404, 200)
    row.refresh_from_db()
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)


def test_a_revoked_invitation_is_off_the_list_and_the_address_may_be_invited_anew(browser: Client) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    first, row = link_in_mail(), Invitation.objects.get()
    assert (
        "Revoke the invitation of vera@example.org?"
        in browser.get(f"{PAGE}invitations/{row.pk}/revoke/").content.decode()
    )
    assert Client().get(first).status_code == 200
    browser.post(f"{PAGE}invitations/{row.pk}/revoke/")
    assert 'data-invited="' not in browser.get(PAGE).content.decode()
    assert Client().get(first).status_code == 404
    assert browser.post(f"{PAGE}invitations/{row.pk}/resend/").status_code == 422
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize(
    ("emails", "role", "said"),
    [
        ("", "vendor", "Type at least one e-mail address."),
        ("vera", "vendor", "This is no e-mail address: vera."),
        ("sam@example.org, <vera@example.org>", "vendor", "&lt;vera@example.org&gt;"),
        ("a" * 250 + "@example.org", "vendor", "This is no e-mail address"),
        ("vera@example.org", "owner", "owner is not one of the available choices"),
        ("vera@example.org", "", "This field is required"),
        (" ".join(f"p{number}@example.org" for number in range(21)), "vendor", "at most 20 people at once"),
        ("olga@example.org sam@example.org", "vendor", "olga@example.org is in the team already."),
    ],
)
def test_what_cannot_be_invited_is_refused_with_the_reason_and_nobody_is_invited(
    browser: Client, emails: str, role: str, said: str
) -> None:
    answer = browser.post(INVITE, {"emails": emails, "role": role})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


def test_who_was_deactivated_is_reactivated_and_not_invited(browser: Client, member: Member) -> None:
    gone = member(Role.VENDOR, "vera@example.org")
    Membership.objects.filter(pk=gone.pk).update(deactivated_at=timezone.now())
    answer = browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    assert "vera@example.org was deactivated. Reactivate them." in answer.content.decode()
    assert Invitation.objects.count() == 0


def test_an_address_is_not_flooded(browser: Client, workspace: Workspace) -> None:
    for _ in range(3):
        assert browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"}).status_code == 201
    answer = browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    assert answer.status_code == 422 and "Wait ten minutes" in answer.content.decode()
    assert len(mail.outbox) == 3
    assert not Bucket.objects.filter(name__contains="vera").exists()  # no address in a table of rates


def test_a_workspace_cannot_be_used_to_write_to_the_world(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviting, "AT_ONCE", 2)
    answer = browser.post(INVITE, {"emails": "a@example.org b@example.org c@example.org", "role": "vendor"})
    assert answer.status_code == 422 and "Many invitations were sent just now." in answer.content.decode()
    assert (Invitation.objects.count(), mail.outbox) == (0, [])


# --- accepting -------------------------------------------------------------------------------------


def test_somebody_new_signs_in_from_the_invitation_and_lands_in_the_workspace(
    browser: Client, sign_in: Callable[..., HttpResponse], workspace: Workspace, owner: Membership
) -> None:
    browser.post(INVITE, {"emails": "new@example.org", "role": "vendor"})
    link, guest = link_in_mail(), Client()
    page = guest.get(link).content.decode()
    for word in ("Olga Marsh", "Acme Cycles", "Vendor", 'value="new@example.org"', f'value="{link}"'):
        assert word in page
    back = sign_in(guest, "new@example.org", next=link)
    assert (back.status_code, back["Location"]) == (302, link)
    assert "Accept the invitation" in guest.get(link).content.decode()
    accepted = guest.post(link)
    assert (accepted.status_code, accepted["Location"]) == (302, "/w/acme/")
    assert "Welcome to Acme Cycles. You are Vendor here." in guest.get("/w/acme/").content.decode()
    mine = Membership.objects.get(user__email="new@example.org")
    assert (mine.workspace, mine.role, mine.added_by) == (workspace, "vendor", owner.user)
    assert Workspace.objects.count() == 2  # the tests' own; they made none


def test_the_way_back_is_kept_through_the_code_page_alone(
    browser: Client, ask_code: Callable[..., HttpResponse], mailed_code: Callable[[], str]
) -> None:
    browser.post(INVITE, {"emails": "new@example.org", "role": "vendor"})
    link, guest = link_in_mail(), Client()
    there = ask_code(guest, "new@example.org", next=link)["Location"]
    form = guest.get(there).content.decode()
    assert f'name="next" value="{link}"' in form


def test_who_comes_in_by_the_front_door_finds_the_invitation_there(
    browser: Client, sign_in: Callable[..., HttpResponse]
) -> None:
    browser.post(INVITE, {"emails": "new@example.org", "role": "vendor"})
    guest = Client()
    assert sign_in(guest, "new@example.org")["Location"] == "/workspaces/"
    page = guest.get("/workspaces/")
    assert page.status_code == 200 and "You are invited" in page.content.decode()
    accepted = guest.post(f"/invitations/{Invitation.objects.get().pk}/accept/")
    assert (accepted.status_code, accepted["Location"]) == (302, "/w/acme/")
    assert guest.get("/workspaces/")["Location"] == "/w/acme/"


def test_a_member_of_another_workspace_belongs_to_both_then(
    browser: Client, client_for: Browser, other: Workspace
) -> None:
    there = add_member(other, email="vera@example.org", role=Role.OWNER)
    confirm_address(there.user, "vera@example.org")
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    client_for(None, user=there.user).post(link_in_mail())
    assert dict(Membership.objects.filter(user=there.user).values_list("workspace__slug", "role")) == {
        "acme": "vendor",
        "other": "owner",
    }


def test_a_member_by_another_way_stays_what_they_are(
    browser: Client, client_for: Browser, workspace: Workspace
) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "viewer"})
    meanwhile = add_member(workspace, email="vera@example.org", role=Role.SUPERVISOR)
    confirm_address(meanwhile.user, "vera@example.org")
    assert client_for(None, user=meanwhile.user).post(link_in_mail())["Location"] == "/w/acme/"
    assert Membership.objects.get(pk=meanwhile.pk).role == "supervisor"


def test_nobody_who_posts_is_sent_to_sign_in_and_back(browser: Client) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    link = link_in_mail()
    answer = Client().post(link)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={link.replace('/', '%2F')}")
    assert Invitation.objects.get().accepted_at is None


def test_somebody_else_is_told_whom_it_is_for_and_signs_out_from_there(browser: Client, client_for: Browser) -> None:
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    link, mallory = link_in_mail(), client_for(None, user=person("mallory@example.org"))
    page = mallory.get(link)
    assert "<strong>vera@example.org</strong>, but you are signed in as <strong>mallory@example.org" in (
        page.content.decode()
    )
    out = mallory.post("/accounts/logout/", {"next": link})
    assert (out.status_code, out["Location"]) == (302, link)
    assert "Send a code to this address" in mallory.get(link).content.decode()


def test_the_first_steps_count_an_invited_vendor(browser: Client) -> None:
    def step() -> tuple[bool, str, str]:
        invite_step = browser.get("/w/acme/start/").context["first"].steps[-1]
        return invite_step.done, invite_step.text, invite_step.url

    assert step() == (False, "Somebody who answers when the bot hands over, and works the leads.", PAGE)
    browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"})
    assert step() == (True, "Invited: vera@example.org. They have not accepted yet.", PAGE)


def test_an_invitation_stops_with_who_sent_it_and_counts_again_when_another_sends_it(
    client_for: Browser, browser: Client, member: Member
) -> None:
    admin = member(Role.ADMIN)
    row = invite(admin, emails=["vera@example.org"], role="vendor")[0].invitation
    Membership.objects.filter(pk=admin.pk).update(role=Role.VENDOR)
    assert "Stopped: who invited may not any more" in browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}invitations/{row.pk}/resend/")
    assert Client().get(link_in_mail()).status_code == 200


# --- a mail cannon ---------------------------------------------------------------------------------


def test_nobody_invites_more_by_having_more_workspaces(
    owner: Membership, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "BY_ONE", replace(inviting.BY_ONE, most=3))
    there = add_member(other, email=owner.user.email, role=Role.OWNER)
    invite(owner, emails=["a@example.org", "b@example.org"], role="vendor")
    invite(there, emails=["c@example.org"], role="vendor")
    with pytest.raises(ValidationError, match="You sent many invitations just now"):
        invite(there, emails=["d@example.org"], role="vendor")
    assert Invitation.objects.count() == 3


def test_nobody_is_sent_more_by_more_workspaces_and_people(
    owner: Membership, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "TO_ONE", replace(inviting.TO_ONE, most=2))
    there = add_member(other, email="someone@example.org", role=Role.OWNER)
    for by in (owner, there):
        invite(by, emails=["victim@example.org"], role="vendor")
    with pytest.raises(ValidationError, match="was sent many invitations today"):
        invite(there, emails=["Victim@Example.org"], role="vendor")
    invite(there, emails=["another@example.org"], role="vendor")
    assert Invitation.objects.count() == 3


def test_what_cannot_be_counted_is_not_sent(owner: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise rates.Uncounted

    monkeypatch.setattr(rates, "take", fail)
    with pytest.raises(ValidationError, match="cannot be sent now"):
        invite(owner, emails=["a@example.org"], role="vendor")
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    "name", ["Claim your prize at www.thief.example", "https://thief.example", "pay@thief.example", "Call 0900 1234567"]
)
def test_a_name_that_leads_somewhere_is_in_no_invitation(
    browser: Client, owner: Membership, workspace: Workspace, name: str
) -> None:
    User.objects.filter(pk=owner.user_id).update(name=name)
    Workspace.objects.filter(pk=workspace.pk).update(name=name)
    assert browser.post(INVITE, {"emails": "vera@example.org", "role": "vendor"}).status_code == 201
    (sent,) = mail.outbox
    assert sent.subject == "olga@example.org invites you to a business on Leadline"
    for part in (str(sent.body), str(sent.alternatives[0][0])):
        assert "thief" not in part and "0900" not in part
