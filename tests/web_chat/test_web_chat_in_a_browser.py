"""The chat in a real browser, on a website of another origin with a policy of its own: asked, answered, kept.

One installation is started for the whole file. Skipped, with the reason, where no Chromium is.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from sandbox.stack import Stack, stack

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SECONDS = 20_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome is installed"),
]


@dataclass(frozen=True)
class Website:
    """A running installation with a chat on the foreign website."""

    stack: Stack
    slug: str
    bot: int
    key: str
    address: str


@pytest.fixture(scope="module")
def website() -> Iterator[Website]:
    with stack() as running:
        slug = str(running.manage("create_workspace", "Harbour Bikes", "--owner", "owner@example.org")["slug"])
        bot = int(running.manage("create_bot", slug, "--name", "Finn", "--business", "Harbour Bikes")["id"])
        text = running.mail.parent / "knowledge.txt"
        text.write_text("# Prices\nA cargo bike costs £45 a day.\n")
        known = ("--title", "Prices", "--file", str(text), "--now")
        running.manage("add_knowledge", slug, "--bot", str(bot), *known)
        made = running.manage("connect_widget", slug, "--bot", str(bot), "--website", running.world.url)
        address = running.world.open_shop(str(made["script"]), str(made["key"]))
        yield Website(running, slug, bot, str(made["key"]), address)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(params=["light", "dark"])
def context(chromium: Browser, request: Any) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    yield made
    made.close()


def opened(context: BrowserContext, address: str, said: list[str]) -> Page:
    """The website with its chat open; what the browser complains of is kept in `said`."""
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.get_by_role("button", name="Open chat").click(timeout=SECONDS)
    return page


def test_a_visitor_is_answered_on_a_foreign_website_and_finds_it_again(
    website: Website, context: BrowserContext
) -> None:
    said: list[str] = []
    page = opened(context, website.address, said)
    chat = page.get_by_role("dialog", name="Finn")
    box = chat.get_by_role("textbox", name="Write a message")
    expect(box).to_be_focused()
    box.fill("How much is a cargo bike?")
    box.press("Enter")
    expect(chat.get_by_role("listitem").filter(has_text="How much is a cargo bike?")).to_have_count(1)
    answer = chat.get_by_role("listitem").filter(has_text="£45 a day")
    expect(answer).to_have_count(1, timeout=SECONDS)
    serious = [found for found in Axe().run(page).response["violations"] if found["impact"] in ("serious", "critical")]
    assert serious == []
    page.reload()
    page.get_by_role("button", name="Open chat").click(timeout=SECONDS)
    expect(answer).to_have_count(1, timeout=SECONDS)
    page.keyboard.press("Escape")
    expect(chat).to_have_count(0)
    assert said == []


def test_another_browser_sees_nothing_of_it(website: Website, context: BrowserContext) -> None:
    page = opened(context, website.address, [])
    expect(page.get_by_role("dialog", name="Finn").get_by_role("listitem")).to_have_count(1)  # the greeting


def test_what_could_not_be_posted_is_posted_later_and_once(website: Website, context: BrowserContext) -> None:
    page = opened(context, website.address, [])
    chat = page.get_by_role("dialog", name="Finn")
    context.set_offline(True)
    chat.get_by_role("textbox").fill("Hello from the tunnel")
    chat.get_by_role("textbox").press("Enter")
    expect(chat.get_by_role("listitem").filter(has_text="tunnel")).to_have_count(1)
    page.wait_for_timeout(1500)
    context.set_offline(False)
    expect(chat.get_by_role("listitem")).to_have_count(3, timeout=SECONDS)
    expect(chat.get_by_role("listitem").filter(has_text="tunnel")).to_have_count(1)


def test_a_copied_line_on_another_website_shows_no_chat(website: Website, context: BrowserContext) -> None:
    """The same page under another name of this machine is another origin."""
    page = context.new_page()
    with page.expect_event("requestfailed", lambda asked: "/hello/" in asked.url, timeout=SECONDS):
        page.goto(website.address.replace("127.0.0.1", "localhost"))
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name="Open chat")).to_have_count(0)


def test_on_a_phone_the_chat_fills_the_screen_and_nothing_scrolls_sideways(
    website: Website, context: BrowserContext
) -> None:
    page = opened(context, website.address, [])
    page.set_viewport_size({"width": 360, "height": 740})
    box = page.get_by_role("dialog", name="Finn").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_script_is_small_and_alone() -> None:
    script = Path(settings.BASE_DIR, "static", "widget", "chat.js").read_text(encoding="utf-8")
    assert len(script.encode()) < 15_000
    assert not [word for word in ("import ", "require(", "eval(", "innerHTML", ".cookie", "//cdn") if word in script]
