"""Logo, lost connection and error pages in a real browser, light and dark, on a desk and on a phone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsers.conftest import Business, come_in
from tests.browsers.visitor import write
from tests.pictures import picture

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Shop:
    """The business, and the cookies of its owner."""

    business: Business
    cookies: list[Any]

    def at(self, path: str) -> str:
        """A page of the business."""
        return self.business.at(path)


@pytest.fixture(scope="module")
def shop(chromium: Browser, found: Callable[..., Business]) -> Iterator[Shop]:
    business = found("Harbour Bikes", "owner@harbour.example")
    base = business.stack.base_url
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    come_in(page, business.stack, business.owner)
    page.wait_for_url(f"**/w/{business.slug}/**")
    write(page, base, str(business.chat["key"]), "Are you open?")
    page.goto(business.at(""))
    expect(page.locator("[data-row]")).to_have_count(1)
    yield Shop(business, context.cookies())
    context.close()


@pytest.fixture(params=["light", "dark"])
def context(chromium: Browser, shop: Shop, request: Any) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    made.add_cookies(shop.cookies)
    yield made
    made.close()


def listened(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what the browser complains of on it."""
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


def scrolls_sideways(page: Page) -> bool:
    page.set_viewport_size({"width": 360, "height": 740})
    return bool(page.evaluate("document.documentElement.scrollWidth > 360"))


def test_a_logo_is_chosen_seen_at_once_kept_and_shown_in_the_chat(shop: Shop, context: BrowserContext) -> None:
    page, said = listened(context)
    page.goto(shop.at("settings/"))
    file = {"name": "logo.png", "mimeType": "image/png", "buffer": picture(size=(300, 120))}
    page.get_by_label("New logo").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    expect(page.locator("#logo-preview img")).to_have_attribute("src", re.compile("^data:image/png"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    shown = page.locator(".ll-rail__workspace img")
    expect(shown).to_have_js_property("naturalWidth", 300)
    expect(shown).to_have_js_property("naturalHeight", 300)
    assert (serious(page), said, scrolls_sideways(page)) == ([], [], False)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(shop.at("bots/1/try/"))
    page.get_by_role("button", name="Start a test conversation").or_(page.locator("#try-chat")).first.wait_for()
    if page.get_by_role("button", name="Start a test conversation").count():
        page.get_by_role("button", name="Start a test conversation").click()
    logo = page.locator("#try-chat header img")
    expect(logo).to_be_visible()
    expect(logo).to_have_js_property("naturalWidth", 300)
    assert said == []


def test_a_file_that_is_no_image_is_refused_by_name_on_the_page(shop: Shop, context: BrowserContext) -> None:
    page, said = listened(context)
    page.goto(shop.at("settings/"))
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Buy milk."}
    page.get_by_label("New logo").set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_text(
        "“notes.txt” is no image that can be used. Choose a PNG, JPEG or WebP file."
    )
    assert serious(page) == []
    assert [line for line in said if "422" not in line] == []  # a browser tells every refused form


@pytest.mark.parametrize("path", ["", "waiting/", "settings/"])
def test_a_lost_connection_is_said_and_so_is_its_return(shop: Shop, context: BrowserContext, path: str) -> None:
    page = context.new_page()
    page.goto(shop.at(path))
    banner = page.locator("[data-away]")
    expect(banner).to_be_hidden()
    context.set_offline(True)
    expect(banner.get_by_text("Connection lost")).to_be_visible()
    assert scrolls_sideways(page) is False
    context.set_offline(False)
    expect(banner.get_by_text("Connected again")).to_be_visible()
    expect(banner).to_be_hidden()


def test_without_a_network_a_page_of_ours_says_so_and_comes_back_by_itself(shop: Shop, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(shop.at(""))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(shop.at("leads/"))
    context.set_offline(True)
    page.goto(shop.at("waiting/"))
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.locator(".btn-primary").first).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert (serious(page), scrolls_sideways(page)) == ([], False)
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Waiting for a person")).to_be_visible()


def test_nothing_of_anybodys_is_ever_kept(shop: Shop, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(shop.at(""))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in ("leads/", "settings/", "waiting/"):
        page.goto(shop.at(path))
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
            (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()"""
    )
    assert "/offline/" in kept
    assert [path for path in kept if path != "/offline/" and not path.startswith("/static/")] == []


@pytest.mark.parametrize("name", ["403", "403_csrf", "404", "500"])
def test_an_error_page_is_whole_in_both_themes_and_on_a_phone(shop: Shop, context: BrowserContext, name: str) -> None:
    """The installation of these tests shows developers' pages instead, so it is answered for here."""
    page, said = listened(context)
    headers = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:", "Content-Type": "text/html"}
    body = render_to_string(f"{name}.html")
    page.route("**/w/*/broken/", lambda route: route.fulfill(status=200, headers=headers, body=body))
    page.goto(shop.at("broken/"))
    button = page.locator(".btn-primary")
    expect(button).to_have_count(1)
    expect(button).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert (serious(page), scrolls_sideways(page), said) == ([], False, [])


def test_on_paper_there_is_only_the_sheet(shop: Shop, context: BrowserContext) -> None:
    page, said = listened(context)
    page.goto(shop.at("c/1/print/"))
    expect(page.locator(".pr-msg").first).to_contain_text("Are you open?")
    assert (serious(page), scrolls_sideways(page), said) == ([], False, [])
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    sheet = page.locator(".pr-sheet")
    expect(sheet).to_have_css("color", "rgb(0, 0, 0)")
    expect(sheet).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator(".pr-msg").first).to_have_css("break-inside", "avoid")
