"""No screen is forgotten: every page that a person can open is in the table, by its address or with a reason."""

import re
from collections.abc import Iterator

import pytest

from sandbox.screens.table import PLACES, SCREENS, find_places, within
from tests.security.routes import DEMO, PUBLIC, WORKSPACE, Row

#: Addresses that answer 200 and are no screen, or one that another stands for.
LEFT_OUT = {
    "for load balancers": ("/livez",),
    "for browsers": ("/manifest.webmanifest", "/sw.js"),
    "for programs": ("/api/schema/", "/start/{}/progress/", "changes/", "notices/news/"),
    "a part of a page": (
        "fragments/conversations/",
        "c/{}/fragments/thread/",
        "c/{}/fragments/lead/",
        "notices/recent/",
    ),
    "another address of a page": ("team/invite/", "/accounts/login/code/"),
    "the same as for the other second factor, once one is set up": ("/accounts/2fa/recovery-codes/generate/",),
    "a download": ("/admin/ingest/delivery/{}/body/",),
    "the same page as of another list": tuple(
        f"/admin/{name}/{{}}/" for name in ("ingest/quarantined", "staff/visit", "staff/look", "admin/logentry")
    ),
    "the same question as before suspending a workspace": tuple(
        f"/admin/{name}/"
        for name in (
            *("tenants/workspace/{}/reactivate", "work/workitem/{}/take-back"),
            *(f"accounts/user/{{}}/{act}" for act in ("deny", "let-in", "sign-out")),
        )
    ),
}


def shown(prefix: str, rows: dict[str, Row]) -> Iterator[str]:
    """The addresses of which somebody gets to see a page, ids taken out."""
    for pattern, row in rows.items():
        if 200 in row.get.values():
            yield prefix + re.sub(r"<[^>]+>", "{}", pattern)


def test_every_page_is_a_screen_or_left_out_for_a_reason() -> None:
    screens = {re.sub(r"\{\w+\}", "{}", screen.path.partition("?")[0]) for screen in SCREENS if screen.who != "world"}
    left_out = {path for paths in LEFT_OUT.values() for path in paths}
    pages = {*shown("/", PUBLIC), *shown("/", DEMO), *shown("", WORKSPACE)}
    assert sorted(pages - screens - left_out) == []
    assert sorted(left_out - pages) == []
    assert sorted(left_out & screens) == []


def test_a_name_is_one_screen_and_fit_for_a_file() -> None:
    names = [screen.name for screen in SCREENS]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name)] == []


def test_ids_are_read_from_the_pages_that_show_them() -> None:
    asked = []

    def page(who: str, path: str) -> str:
        asked.append(path)
        return "".join(
            (
                '<a href="/w/acme/bots/3/">Ada</a> /knowledge/4/delete/ data-row="9" /api-keys/5/revoke/',
                '<a href="/w/acme/inboxes/6/" dir="auto">WA</a> <span class="f"> <span><bdi>+44</bdi></span>',
                '<a href="/w/acme/inboxes/7/" dir="auto">Web</a> <span class="f"> <span><bdi>shop.example</bdi></span>',
                "/team/invitations/8/revoke/ /team/2/deactivate/ /admin/tenants/workspace/1/ /admin/accounts/user/10/",
                "/admin/ingest/delivery/11/ /admin/work/workitem/12/",
                '<a href="/w/acme/c/9/messages/13/why/" title="Why this answer">Why?</a>',
            )
        )

    found = find_places("acme", page)
    assert found == {
        **{"bot": "3", "source": "4", "inbox": "6", "chat": "7", "conversation": "9", "key": "5", "invitation": "8"},
        **{"member": "2", "workspace": "1", "user": "10", "delivery": "11", "work_item": "12", "answer": "13"},
    }
    assert "/w/acme/bots/3/knowledge/" in asked
    assert found.keys() == PLACES.keys()


def test_a_page_without_the_id_is_named() -> None:
    with pytest.raises(LookupError, match="/w/acme/bots/ shows no bot"):
        find_places("acme", lambda who, path: "")


def test_addresses_inside_the_workspace_and_outside() -> None:
    assert within("acme", "bots/") == "/w/acme/bots/"
    assert within("acme", "/start/") == "/start/"
