"""The chat in a real browser, on a website of another origin with a policy of its own: asked, answered, kept."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from sandbox.stack import Stack
from tests.browsers.conftest import Business
from tests.browsers.visitor import tells_of_delay

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(installation: Stack, found: Callable[..., Business]) -> str:
    """The foreign website, with a chat of a bot that knows the prices."""
    business = found("Canal Bikes", "owner@canal.example", website=installation.world.url)
    text = installation.mail.parent / "knowledge.txt"
    text.write_text("# Prices\nA cargo bike costs £45 a day.\n")
    known = ("--title", "Prices", "--file", str(text), "--now")
    installation.manage("add_knowledge", business.slug, "--bot", str(business.bot), *known)
    return installation.world.open_shop(str(business.chat["script"]), str(business.chat["key"]))


@pytest.fixture(params=["light", "dark"])
def context(chromium: Browser, request: Any) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    yield made
    made.close()


def opened(context: BrowserContext, address: str, said: list[str]) -> Page:
    """The website with its chat open; what the browser complains of is kept in `said`."""
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if complains(message) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.get_by_role("button", name="Open chat").click()
    return page


def complains(message: ConsoleMessage) -> bool:
    return message.type in ("error", "warning") and not tells_of_delay(message)


def test_a_visitor_is_answered_on_a_foreign_website_and_finds_it_again(address: str, context: BrowserContext) -> None:
    said: list[str] = []
    page = opened(context, address, said)
    chat = page.get_by_role("dialog", name="Finn")
    box = chat.get_by_role("textbox", name="Write a message")
    expect(box).to_be_focused()
    box.fill("How much is a cargo bike?")
    box.press("Enter")
    expect(chat.get_by_role("listitem").filter(has_text="How much is a cargo bike?")).to_have_count(1)
    answer = chat.get_by_role("listitem").filter(has_text="£45 a day")
    expect(answer).to_have_count(1)
    serious = [found for found in Axe().run(page).response["violations"] if found["impact"] in ("serious", "critical")]
    assert serious == []
    page.reload()
    page.get_by_role("button", name="Open chat").click()
    expect(answer).to_have_count(1)
    page.keyboard.press("Escape")
    expect(chat).to_have_count(0)
    assert said == []


def test_another_browser_sees_nothing_of_it(address: str, context: BrowserContext) -> None:
    page = opened(context, address, [])
    expect(page.get_by_role("dialog", name="Finn").get_by_role("listitem")).to_have_count(1)  # the greeting


def test_what_could_not_be_posted_is_posted_later_and_once(address: str, context: BrowserContext) -> None:
    page = opened(context, address, [])
    chat = page.get_by_role("dialog", name="Finn")
    context.set_offline(True)
    chat.get_by_role("textbox").fill("Hello from the tunnel")
    chat.get_by_role("textbox").press("Enter")
    expect(chat.get_by_role("listitem").filter(has_text="tunnel")).to_have_count(1)
    page.wait_for_timeout(1500)
    context.set_offline(False)
    expect(chat.get_by_role("listitem")).to_have_count(3)
    expect(chat.get_by_role("listitem").filter(has_text="tunnel")).to_have_count(1)


def test_a_copied_line_on_another_website_shows_no_chat(address: str, context: BrowserContext) -> None:
    """The same page under another name of this machine is another origin."""
    page = context.new_page()
    with page.expect_event("requestfailed", lambda asked: "/hello/" in asked.url):
        page.goto(address.replace("127.0.0.1", "localhost"))
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name="Open chat")).to_have_count(0)


def test_on_a_phone_the_chat_fills_the_screen_and_nothing_scrolls_sideways(
    address: str, context: BrowserContext
) -> None:
    page = opened(context, address, [])
    page.set_viewport_size({"width": 360, "height": 740})
    chat = page.get_by_role("dialog", name="Finn")
    expect(chat).to_have_css("width", "360px")
    expect(chat).to_have_css("height", "740px")
    box = chat.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_script_is_small_and_alone() -> None:
    script = Path(settings.BASE_DIR, "static", "widget", "chat.js").read_text(encoding="utf-8")
    assert len(script.encode()) < 15_000
    assert not [word for word in ("import ", "require(", "eval(", "innerHTML", ".cookie", "//cdn") if word in script]
