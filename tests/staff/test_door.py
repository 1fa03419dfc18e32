"""Who enters the admin, how, and what is kept of it."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as project
from django.core import mail
from django.test import Client

from apps.accounts.models import User
from apps.staff.models import Look, Visit
from tests.accounts.conftest import CODE
from tests.accounts.test_account import SECRET, code_of
from tests.security.conftest import Furniture, again

SignIn = Callable[[User], Client]
SetUp = Callable[[Client], str]


def by_code(email: str, client: Client | None = None, **fields: str) -> Client:
    """A browser that signed in as everybody does."""
    client = client or Client()
    client.post("/accounts/login/", {"email": email, **fields})
    found = CODE.search(mail.outbox[-1].body)
    assert found
    client.post("/accounts/login/code/confirm/", {"code": found.group(1), **fields})
    return client


def visits() -> list[tuple[str, str | None]]:
    return list(Visit.objects.order_by("pk").values_list("email", "address"))


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenants/workspace/?q=a", "/admin/login/", "/admin/nowhere/"])
def test_nobody_is_sent_to_the_one_way_in_and_comes_back(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=%2Fadmin%2F")
    assert visits() == []


def test_a_verified_address_of_admin_emails_enters_and_is_back_where_it_wanted(settings: Any, db: None) -> None:
    settings.ADMIN_EMAILS = ["sam@leadline.example"]
    client = Client()
    client.post("/accounts/login/", {"email": "Sam@leadline.example", "next": "/admin/work/workitem/"})
    found = CODE.search(mail.outbox[-1].body)
    assert found
    code = {"code": found.group(1), "next": "/admin/work/workitem/"}
    answer = client.post("/accounts/login/code/confirm/", code)
    assert answer["Location"] == "/admin/work/workitem/"
    assert client.get("/admin/").status_code == 200


def test_whoever_is_no_longer_in_admin_emails_is_out_at_the_next_sign_in(settings: Any, db: None) -> None:
    settings.ADMIN_EMAILS = ["sam@leadline.example"]
    client = by_code("sam@leadline.example")
    assert client.get("/admin/").status_code == 200
    settings.ADMIN_EMAILS = []
    assert by_code("sam@leadline.example").get("/admin/").status_code == 404
    assert client.get("/admin/").status_code == 404  # the older session too
    assert User.objects.get(email="sam@leadline.example").is_superuser is False


def test_others_see_what_they_would_see_if_there_were_no_admin(acme: Furniture, sign_in_as: SignIn) -> None:
    client = sign_in_as(acme.business.owner.user)
    seen = [again(client).get(path) for path in ("/admin/", "/admin/tenants/workspace/", "/nothing/is/here/")]
    assert [answer.status_code for answer in seen] == [404] * 3
    assert seen[0].content == seen[1].content == seen[2].content
    assert visits() == []


def test_staff_who_were_switched_off_are_nobody(staff: Client, staff_person: User) -> None:
    User.objects.filter(pk=staff_person.pk).update(is_active=False)
    assert staff.get("/admin/")["Location"].startswith("/accounts/login/")


def test_the_way_in_is_the_products_own(staff: Client) -> None:
    assert staff.get("/admin/login/")["Location"] == "/admin/"
    assert staff.post("/admin/login/", {"username": "a", "password": "b"})["Location"] == "/admin/"
    for path in ("logout", "password_change", "jsi18n", "r/1/1", "autocomplete", "auth/group", "sites/site"):
        assert staff.get(f"/admin/{path}/").status_code == 404


def test_a_session_is_kept_once_with_its_address(staff: Client) -> None:
    for _ in range(3):
        staff.get("/admin/")
    assert visits() == [("sam@leadline.example", "127.0.0.1")]
    assert Visit.objects.get().person is not None


def test_the_same_session_from_another_address_is_another_visit(staff: Client) -> None:
    staff.get("/admin/", headers={"user-agent": "Firefox"})
    staff.get("/admin/", REMOTE_ADDR="203.0.113.9", headers={"user-agent": "curl"})
    staff.get("/admin/", REMOTE_ADDR="203.0.113.9")
    assert visits() == [("sam@leadline.example", "127.0.0.1"), ("sam@leadline.example", "203.0.113.9")]
    assert list(Visit.objects.order_by("pk").values_list("agent", flat=True)) == ["Firefox", "curl"]


def test_a_new_session_is_a_new_visit(staff_person: User, sign_in_as: SignIn) -> None:
    for _ in range(2):
        sign_in_as(staff_person).get("/admin/")
    assert len(visits()) == 2


def test_pages_are_kept_by_nobody_on_the_way(staff: Client) -> None:
    kept = staff.get("/admin/").headers["Cache-Control"]
    assert {"no-store", "private", "no-cache"} <= set(kept.replace(" ", "").split(","))


class TestSecondFactor:
    """Where it is required, as it is outside development."""

    @pytest.fixture(autouse=True)
    def _required(self, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = True
        settings.ADMIN_EMAILS = ["sam@leadline.example"]

    @pytest.fixture
    def set_up(self, monkeypatch: pytest.MonkeyPatch) -> SetUp:
        """Sets up a factor in this browser; returns its secret. What follows the commit happens in the request."""
        monkeypatch.setattr("allauth.mfa.totp.internal.flows.transaction.on_commit", lambda told: told())

        def go(client: Client) -> str:
            found = SECRET.search(client.get("/accounts/2fa/totp/activate/").content.decode())
            assert found
            client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
            return found[1]

        return go

    def test_it_is_required_unless_in_development(self) -> None:
        text = (project.BASE_DIR / "config" / "settings.py").read_text(encoding="utf-8")
        assert 'env.bool("STAFF_SECOND_FACTOR", not DEBUG)' in text

    def test_who_has_none_is_led_to_set_it_up_and_sees_nothing_before(self, db: None) -> None:
        client = by_code("sam@leadline.example")
        answer = client.get("/admin/tenants/workspace/")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/totp/activate/")
        assert "Staff need a second factor" in client.get(answer["Location"]).content.decode()
        assert visits() == []

    def test_setting_it_up_opens_the_door_of_this_session(self, db: None, set_up: SetUp) -> None:
        client = by_code("sam@leadline.example")
        set_up(client)
        assert client.get("/admin/").status_code == 200
        assert len(visits()) == 1

    def test_an_older_session_must_show_it_first(self, db: None, set_up: SetUp) -> None:
        older, client = by_code("sam@leadline.example"), by_code("sam@leadline.example")
        secret = set_up(client)
        answer = older.get("/admin/work/workitem/?state=due")
        assert answer["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fwork%2Fworkitem%2F%3Fstate%3Ddue"
        code = {"code": code_of(secret, 1), "next": "/admin/work/workitem/?state=due"}
        assert older.post("/accounts/2fa/reauthenticate/", code)["Location"] == "/admin/work/workitem/?state=due"
        assert older.get("/admin/").status_code == 200

    def test_what_was_posted_without_it_is_not_done(self, acme: Furniture, set_up: SetUp) -> None:
        older, client = by_code("sam@leadline.example"), by_code("sam@leadline.example")
        set_up(client)
        answer = older.post(f"/admin/tenants/workspace/{acme.business.workspace.pk}/suspend/", {"why": "x"})
        assert answer["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
        acme.business.workspace.refresh_from_db()
        assert acme.business.workspace.state == "ready"

    def test_signing_in_with_it_is_enough(self, db: None, set_up: SetUp) -> None:
        secret = set_up(by_code("sam@leadline.example"))
        client = by_code("sam@leadline.example")
        assert client.get("/admin/")["Location"].startswith("/accounts/login/")
        client.post("/accounts/2fa/authenticate/", {"code": code_of(secret, 1)})
        assert client.get("/admin/").status_code == 200

    def test_without_the_factor_any_more_the_door_is_closed_again(self, db: None, set_up: SetUp) -> None:
        client = by_code("sam@leadline.example")
        set_up(client)
        Authenticator.objects.all().delete()
        assert client.get("/admin/")["Location"] == "/accounts/2fa/totp/activate/"

    def test_a_stranger_is_not_told_of_it(self, db: None) -> None:
        assert by_code("eve@example.org").get("/admin/").status_code == 404


def test_staff_enter_only_from_the_networks_that_are_named(settings: Any, staff: Client) -> None:
    settings.STAFF_NETWORKS = [ip_network("203.0.113.0/24"), ip_network("2001:db8::/32")]
    assert staff.get("/admin/").status_code == 404
    assert staff.get("/admin/", REMOTE_ADDR="203.0.113.7").status_code == 200
    assert staff.get("/admin/", REMOTE_ADDR="2001:db8::7").status_code == 200
    assert [address for _email, address in visits()] == ["203.0.113.7", "2001:db8::7"]


def test_behind_a_trusted_proxy_the_visitors_own_address_counts(settings: Any, staff: Client) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    staff.get("/admin/", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.7"})
    assert [address for _email, address in visits()] == ["203.0.113.7"]


def test_an_address_that_is_none_is_kept_as_unknown(settings: Any, staff: Client) -> None:
    staff.get("/admin/", REMOTE_ADDR="")
    staff.get("/admin/", REMOTE_ADDR="")
    assert visits() == [("sam@leadline.example", None)]


def test_no_page_of_the_admin_is_inside_a_workspace(acme: Furniture, staff: Client, sign_in_as: SignIn) -> None:
    User.objects.update(is_staff=True)
    owner = sign_in_as(acme.business.owner.user)
    for client in (owner, staff):
        for path in ("/w/acme/admin/", "/w/acme/admin/tenants/workspace/"):
            assert again(client).get(path).status_code == 404
    assert (visits(), Look.objects.count()) == ([], 0)


def test_a_page_shows_times_in_the_readers_zone(acme: Furniture, staff: Client) -> None:
    acme.business.workspace.__class__.objects.filter(slug="acme").update(created_at="2026-06-01T12:00:00Z")
    for zone, shown in (("Asia%2FTokyo", "2026-06-01 21:00:00"), ("nowhere", "2026-06-01 12:00:00")):
        staff.cookies["zone"] = zone
        page = staff.get(f"/admin/tenants/workspace/{acme.business.workspace.pk}/").content.decode()
        assert re.search(f">{shown}</time>", page)


def test_only_staff_see_the_way_to_it_on_their_account(acme: Furniture, staff: Client, sign_in_as: SignIn) -> None:
    pages = [client.get("/account/").content.decode() for client in (staff, sign_in_as(acme.business.owner.user))]
    assert ['href="/admin/"' in page for page in pages] == [True, False]
