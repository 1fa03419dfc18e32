"""An owner has a website read, watches it, asks what is known and is warned, in a real browser, on real processes."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sandbox.screens.chromium import PATIENCE
from tests.browsers.conftest import Business, come_in

pytestmark = pytest.mark.slow
KINDS = ("website", "file", "questions", "products")


@pytest.fixture(scope="module")
def bakery(chromium: Browser, found: Callable[..., Business]) -> Iterator[tuple[Business, list[Any]]]:
    """A bakery that has had its website read, and the cookies of its owner."""
    business = found("Harbour Bakery", "owner@bakery.example")
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{business.stack.base_url}/accounts/login/")
    come_in(page, business.stack, business.owner)
    page.wait_for_url(f"**/w/{business.slug}/**")
    page.goto(business.at(f"bots/{business.bot}/knowledge/add/website/"))
    page.get_by_label("Address").fill(f"{business.stack.world.url}/bakery/")
    page.get_by_label("Pages at most").select_option("25")
    page.get_by_role("button", name="Add to its knowledge").click()
    expect(page.get_by_role("button", name="Read again")).to_be_visible(timeout=60_000)  # by itself
    yield business, context.cookies()
    context.close()


@pytest.fixture(params=["light", "dark"])
def page(chromium: Browser, bakery: tuple[Business, list[Any]], request: Any) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    context.add_cookies(bakery[1])
    yield context.new_page()
    context.close()


def whole(page: Page) -> None:
    """Nothing that axe finds serious, and nothing beside a small phone's screen."""
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert not page.evaluate("document.documentElement.scrollWidth > 360")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_owner_is_warned_asks_and_finds_the_place(page: Page, bakery: tuple[Business, list[Any]]) -> None:
    business, _ = bakery
    page.goto(business.at(f"bots/{business.bot}/knowledge/"))
    expect(page.get_by_role("heading", name="1 thing is told in two ways")).to_be_visible()
    page.get_by_label("Ask the knowledge", exact=True).fill("How much is a sourdough loaf?")
    page.get_by_role("button", name="Ask").click()
    first = page.locator("#found li").first
    expect(first).to_contain_text("Sourdough loaf: £4.80")
    whole(page)
    first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/knowledge/\d+/#chunk-\d+$"))
    expect(page.get_by_role("heading", name="What was not read")).to_be_visible()
    expect(page.get_by_text("The website's robots.txt asks programs not to read this.")).to_be_visible()
    whole(page)


@pytest.mark.parametrize("kind", KINDS)
def test_the_forms_are_whole(page: Page, bakery: tuple[Business, list[Any]], kind: str) -> None:
    business, _ = bakery
    page.goto(business.at(f"bots/{business.bot}/knowledge/add/{kind}/"))
    page.get_by_role("button", name="Add to its knowledge").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    whole(page)
