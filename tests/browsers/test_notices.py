"""The bell in a real browser, on real processes: a customer asks for a person while the owner looks at other pages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandbox.screens.chromium import PATIENCE
from tests.browsers.conftest import Business, come_in
from tests.browsers.visitor import write

COUNT = "[data-notices-count]"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Shop:
    """A business whose owner is signed in, and what their browser complained of."""

    business: Business
    context: BrowserContext
    complaints: list[str]

    def open(self, path: str) -> Page:
        """A new page of the owner's browser."""
        page = self.context.new_page()
        page.goto(self.business.at(path))
        return page

    def ask_for_a_person(self) -> None:
        """A visitor of the website does."""
        chat = str(self.business.chat["key"])
        write(self.context, self.business.stack.base_url, chat, "Can I talk to a person, please?")


@pytest.fixture(scope="module")
def shop(chromium: Browser, found: Callable[..., Business]) -> Iterator[Shop]:
    business = found("Bridge Bikes", "owner@bridge.example")
    context, complaints = chromium.new_context(viewport={"width": 1280, "height": 800}), []
    context.set_default_timeout(PATIENCE)
    context.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page = context.new_page()
    page.goto(f"{business.stack.base_url}/accounts/login/")
    come_in(page, business.stack, business.owner)
    page.wait_for_url(f"**/w/{business.slug}/**")
    yield Shop(business, context, complaints)
    context.close()


def test_every_open_page_is_told_and_looking_at_it_reads_it(shop: Shop) -> None:
    pages = [shop.open("waiting/"), shop.open("bots/")]  # one that is live by itself, and one that is not
    shop.ask_for_a_person()
    for page in pages:
        page.bring_to_front()
        page.locator("#toasts .nt-toast").hover()  # it stays while it is pointed at
    for page in pages:
        expect(page.locator("#toasts .nt-toast")).to_have_count(1)
        expect(page.locator("#toasts .nt-toast__title")).to_have_text(re.compile(r"^Visitor \w+ waits for a person$"))
        expect(page.locator(COUNT)).to_have_text("1")
        expect(page).to_have_title(re.compile(r"^\(1\) "))
        expect(page.locator('link[rel="icon"]')).to_have_attribute("href", re.compile("favicon-unread"))
    reading, other = pages
    reading.bring_to_front()
    reading.wait_for_timeout(9000)  # longer than a toast stays that nobody points at
    reading.locator("#toasts .nt-toast__link").click()
    expect(reading).to_have_url(re.compile(rf"/w/{shop.business.slug}/c/\d+/$"))
    for page in (reading, other):
        expect(page.locator(COUNT)).to_have_text("")
    expect(other).to_have_title(re.compile(r"^Bots"))
    expect(other.locator('link[rel="icon"]')).to_have_attribute("href", re.compile(r"favicon[^-]*\.svg$"))
    assert shop.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_history_is_legible_and_fits_a_phone(shop: Shop, theme: str) -> None:
    page = shop.open("notices/")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a literal
    with page.expect_navigation():
        page.locator(".nt-bell").click()
    expect(page.get_by_role("heading", name="Also by e-mail")).to_be_visible()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert shop.complaints == []
