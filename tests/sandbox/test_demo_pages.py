"""The demo's pages: who may enter as whom, and the button that resets it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from django.test import Client

from apps import tenants
from apps.accounts.models import Membership, Role, User
from apps.tenants.models import Workspace
from apps.tenants.services import RouteTaken
from sandbox.demo import business, views
from sandbox.demo.furnishing import hire
from sandbox.demo.resetting import BeingReset, Busy
from sandbox.world.client import WorldError
from tests.sandbox.demo import BASE

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture
def demo(workspace: Workspace, settings: object) -> Iterator[Workspace]:
    """The demo's team, under its address."""
    settings.ROOT_URLCONF = "tests.security.urls_demo"  # type: ignore[attr-defined]
    settings.SANDBOX_WORLD_URL, settings.BASE_URL = "http://127.0.0.1:8700", BASE  # type: ignore[attr-defined]
    hire(workspace)
    with tenants.enter(None):
        Workspace.objects.filter(pk=workspace.pk).update(slug=business.SLUG)
        yield workspace


@pytest.fixture
def resets(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Workspace, str, str]]:
    """What was reset: workspace, world and base."""
    done: list[tuple[Workspace, str, str]] = []
    monkeypatch.setattr(views, "reset", lambda workspace, world, base: done.append((workspace, world.url, base)))
    return done


def entered(who: str = "rosa", **options: bool) -> Client:
    client = Client(**options)
    client.post("/demo/enter/", {"as": who})
    return client


def said(answer: object) -> str:
    return " ".join(str(message) for message in answer.context["messages"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(("who", "name"), [("rosa", "Rosa Marsh"), ("ben", "Ben Adeyemi"), ("carla", "Carla Nunes")])
def test_anybody_enters_as_owner_or_vendor_and_changes_over_by_a_press(demo: Workspace, who: str, name: str) -> None:
    client = entered("carla")
    answer = client.post("/demo/enter/", {"as": who}, follow=True)
    assert answer.redirect_chain == [("/demo/", 302)]
    assert answer.wsgi_request.user.name == name
    (here,) = re.findall(rb'aria-current="true">.*?</svg><span>(.*?)<', answer.content, re.S)
    assert here.decode().startswith(name.partition(" ")[0])


def test_without_a_choice_one_is_the_owner(demo: Workspace) -> None:
    answer = Client().post("/demo/enter/", follow=True)
    assert answer.wsgi_request.user.email == business.OWNER


@pytest.mark.parametrize("who", ["owen", "lena", "", "nobody", "\x00"])
def test_nobody_enters_as_somebody_else(demo: Workspace, who: str) -> None:
    client = Client()
    assert client.post("/demo/enter/", {"as": who}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_entering_and_resetting_need_the_forms_token(demo: Workspace, resets: list[object]) -> None:
    client = entered(enforce_csrf_checks=True)
    assert client.post("/demo/enter/", {"as": "ben"}).status_code == 403
    client.force_login(User.objects.get(email=business.OWNER))
    assert client.post("/demo/reset/").status_code == 403
    assert resets == []


def test_a_stranger_is_asked_whom_to_enter_as(demo: Workspace, client_for: Callable[..., Client]) -> None:
    stranger = Client()
    with tenants.enter(demo):
        other = User.objects.create(email="stranger@example.org")
    stranger.force_login(other)
    page = stranger.get("/demo/").content.decode()
    assert re.findall(r'name="as" value="(\w+)"', page) == ["rosa", "ben", "carla"]
    assert "iframe" not in page and "demo/reset" not in page
    for method in (stranger.get, stranger.post):
        assert method("/demo/reset/").status_code == 404


def test_who_is_not_signed_in_goes_home(demo: Workspace, resets: list[object]) -> None:
    for path in ("/demo/", "/demo/reset/"):
        assert Client().get(path).headers["Location"] == "/"
    assert Client().post("/demo/reset/").headers["Location"] == "/" and resets == []


def test_the_home_page_names_those_whom_one_may_be() -> None:
    page = (TEMPLATES / "demo/vendors.html").read_text()
    named = re.findall(r'value="(\w+)">.*? %\}([^<{]+)</button>', page)
    assert named == [(one.key, one.name) for one in business.GUISES if one.role == Role.VENDOR]
    assert 'include "demo/vendors.html"' in (TEMPLATES / "home.html").read_text()


@pytest.mark.parametrize("who", ["rosa", "carla"])
def test_looking_at_the_button_resets_nothing_and_pressing_it_does(
    demo: Workspace, resets: list[tuple[Workspace, str, str]], who: str
) -> None:
    client = entered(who)
    page = client.get("/demo/reset/")
    assert page.status_code == 200 and resets == []
    answer = client.post("/demo/reset/", follow=True)
    assert answer.redirect_chain == [("/demo/", 302)]
    assert resets == [(demo, "http://127.0.0.1:8700", BASE)]
    assert "as it was on its first day" in said(answer)


def test_a_deactivated_member_resets_nothing(demo: Workspace, resets: list[object]) -> None:
    client = Client()
    client.force_login(User.objects.get(email="lena@harbour-bikes.example"))
    assert client.post("/demo/reset/").status_code == 404 and resets == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BeingReset(), "is being reset already"),
        (Busy(), "Messages were being sent all the time, so nothing was reset"),
        (RouteTaken("taken"), "connected to another workspace, so nothing was reset"),
        (WorldError("no"), "does not answer, so nothing was reset"),
        (httpx2.ConnectError("no"), "does not answer, so nothing was reset"),
    ],
)
def test_what_stood_in_the_way_is_said(
    demo: Workspace, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(views, "reset", refuse)
    answer = entered().post("/demo/reset/", follow=True)
    assert answer.status_code == 200 and words in said(answer)
    assert Membership.objects.filter(workspace=demo).count() == len(business.TEAM)
