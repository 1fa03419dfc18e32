"""What every page owes its reader: a name of its own, something to do where there is nothing, a way on from errors."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.views.defaults import server_error

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.panel.views import reading
from apps.tenants.models import Workspace
from tests.panel.cast import as_htmx

ClientFor = Callable[..., Client]
TITLE = re.compile(r"<title>(.*?)</title>", re.S)
#: A block that says there is nothing, and a link or button in it.
EMPTY = re.compile(r'<div class="ll-empty">.*?</div>', re.S)
ACTION = re.compile(r'class="[^"]*ll-empty__action[^"]*"')
PANEL = ("", "?q=nobody", "?show=unread", "?show=mine", "waiting/", "leads/", "leads/?stage=won")
SET_UP = ("bots/", "inboxes/", "api-keys/")
LISTS = [(Role.VENDOR, path) for path in PANEL] + [(Role.OWNER, path) for path in (*PANEL, *SET_UP)]
NAMED = (*PANEL, *SET_UP, "start/", "bots/new/", "inboxes/connect/", "inboxes/web-chat/", "settings/")


def page(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(("role", "path"), LISTS)
def test_an_empty_list_says_so_and_offers_one_thing_to_do(client_for: ClientFor, role: Role, path: str) -> None:
    found = EMPTY.search(page(client_for(role).get(f"/w/acme/{path}")))
    assert found
    assert len(ACTION.findall(found[0])) == 1


def test_a_bot_that_knows_nothing_offers_to_be_taught(client_for: ClientFor, bot: Bot) -> None:
    found = EMPTY.search(page(client_for(Role.OWNER).get(f"/w/acme/bots/{bot.pk}/knowledge/")))
    assert found and len(ACTION.findall(found[0])) == 1


@pytest.mark.parametrize("path", NAMED)
def test_every_page_of_a_workspace_is_named_and_says_whose_it_is(client_for: ClientFor, path: str) -> None:
    title = TITLE.search(page(client_for(Role.OWNER).get(f"/w/acme/{path}")))
    assert title and re.fullmatch(r"\S.* · Acme Cycles", title[1])


TEMPLATES = Path(settings.BASE_DIR, "templates")


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TEMPLATES.rglob("*.html")) if "{% block title %}" in path.read_text()],
    ids=lambda path: str(path.relative_to(TEMPLATES)),
)
def test_a_title_ends_with_the_business_or_the_product(path: Path) -> None:
    title = re.search(r"{% block title %}(.*?){% endblock title %}", path.read_text(), re.S)
    assert title
    ends = ("· {{ request.tenant.name }}", "· Leadline", "staff{% endblocktranslate %}", '"Leadline staff" %}')
    named_first = title[1].startswith("Leadline ·") or path.name == "base.html"
    assert named_first or title[1].endswith(ends)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> HttpResponse:
        raise RuntimeError("canary-of-the-cause")

    monkeypatch.setattr(reading.queries, "listing", fail)


def test_a_failure_is_told_without_its_cause(client_for: ClientFor, broken: None) -> None:
    client = client_for(Role.OWNER)
    client.raise_request_exception = False
    answer = client.get("/w/acme/")
    assert answer.status_code == 500
    assert ["Something went wrong on our side" in page(answer), "canary" in page(answer)] == [True, False]


def test_the_page_of_a_failure_needs_nothing_that_may_be_broken(rf: Any, settings: Any) -> None:
    """No database in this test: whoever asks it is stopped. And no list of hashed names, which may be missing."""
    settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
    answer = server_error(rf.get("/w/acme/"))
    assert (answer.status_code, page(answer)) == (500, render_to_string("500.html"))
    asked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page(answer))
    assert len(asked) >= 4
    assert [path for path in asked if not Path(settings.BASE_DIR, path.lstrip("/")).is_file()] == []


def buttons(text: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="btn btn-primary" href="([^"]*)">\s*(?:<svg.*?</svg>)?\s*([^<]*?)\s*</a>', text, re.S)


def test_an_error_has_one_way_on(client_for: ClientFor, workspace: Workspace) -> None:
    member, nobody = client_for(Role.VENDOR), Client()
    strict = Client(enforce_csrf_checks=True)
    back = ("/w/acme/", "Back to Acme Cycles")
    assert buttons(page(member.get("/w/acme/nowhere/"))) == [back]
    assert buttons(page(member.get("/w/acme/bots/"))) == [back]
    assert buttons(page(member.get("/nowhere/"))) == [("/workspaces/", "Your workspaces")]
    assert buttons(page(member.get("/w/nowhere/"))) == [("/workspaces/", "Your workspaces")]
    assert buttons(page(nobody.get("/nowhere/"))) == [("/workspaces/", "Your workspaces")]
    assert buttons(page(strict.post("/start/"))) == [("/", "To the first page")]
    assert buttons(render_to_string("500.html")) == [("", "Try again")]
    assert buttons(page(nobody.get("/offline/"))) == [("", "Try again")]


def test_a_stranger_learns_no_name_from_an_error(client_for: ClientFor) -> None:
    answer = client_for(None).get("/w/acme/nowhere/")
    assert (answer.status_code, "Acme" in page(answer)) == (404, False)


def test_a_part_of_a_page_that_is_refused_is_a_line_and_no_page(client_for: ClientFor) -> None:
    answer = client_for(Role.VENDOR).get("/w/acme/settings/", headers=as_htmx())
    assert (answer.status_code, "<html" in page(answer), answer["HX-Retarget"]) == (403, False, "#notice")
