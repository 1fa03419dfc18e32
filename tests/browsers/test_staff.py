"""The admin in a real browser, light and dark, on a desk and on a phone: entered with a second factor, worked in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from sandbox.stack import Stack
from tests.accounts.test_account import code_of
from tests.browsers.conftest import STAFF, Business, appears, come_in
from tests.browsers.visitor import write

#: What leads from a list to one of its things.
ROW = "#result_list tbody th a"
LISTS = ("Workspaces", "People", "Deliveries", "Quarantine", "Work", "Visits", "Looks", "Changes")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Office:
    """The installation with a business in it, and the cookies of staff."""

    stack: Stack
    cookies: list[Any]


@pytest.fixture(scope="module")
def office(chromium: Browser, found: Callable[..., Business]) -> Iterator[Office]:
    business = found("Ferry Bikes", "owner@ferry.example")
    context = chromium.new_context()
    page = context.new_page()
    enter(page, business.stack)
    base, unreadable = business.stack.base_url, {"id": "?"}
    write(page, base, str(business.chat["key"]), "Do you lend <b>ferry</b> bikes?", unreadable)
    appears(page, f"{base}/admin/ingest/quarantined/", page.locator(ROW))
    page.goto(f"{base}/admin/ingest/delivery/")
    follow(page.locator(ROW).first)
    appears(page, page.url, page.get_by_text("of conversation"))
    yield Office(business.stack, context.cookies())
    context.close()


def enter(page: Page, running: Stack) -> None:
    """By the one way in, then to set up the second factor, as the door asks."""
    page.goto(f"{running.base_url}/admin/")
    come_in(page, running, STAFF)
    page.wait_for_url("**/2fa/totp/activate/")
    expect(page.get_by_text("Staff need a second factor.")).to_be_visible()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.locator("code").first.inner_text())
    assert secret
    page.locator("input[name=code]").fill(code_of(secret[0]))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(lambda url: "activate" not in url)
    page.goto(f"{running.base_url}/admin/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.fixture(params=["light", "dark"])
def context(chromium: Browser, office: Office, request: Any) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    made.add_cookies(office.cookies)
    yield made
    made.close()


def listened(context: BrowserContext, base: str) -> tuple[Page, list[str]]:
    """A page at the overview; what the browser complains of on it, and what it asks of others, is kept."""
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(f"{base}/") else said.append(asked.url))
    page.goto(f"{base}/admin/")
    return page, said


def follow(link: Locator) -> None:
    """Clicks, and waits until the page it leads to is whole."""
    with link.page.expect_navigation():
        link.click()


def wrong_with(page: Page) -> list[str]:
    """What axe finds, and whether something stands beyond the edge of a phone."""
    found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    page.set_viewport_size({"width": 360, "height": 740})
    if page.evaluate("document.documentElement.scrollWidth > 360"):
        found.append("wider than a phone")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_every_page_is_sound(office: Office, context: BrowserContext) -> None:
    base = office.stack.base_url
    page, said = listened(context, base)
    wrong = {"Overview": wrong_with(page)}
    for name in LISTS:
        page.goto(f"{base}/admin/")
        follow(page.get_by_role("navigation", name="Lists").get_by_role("link", name=name, exact=True))
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        if name == "Work":
            page.goto(f"{page.url}?state=all")
        wrong[name] = wrong_with(page)
        rows = page.locator(ROW)
        if rows.count():
            follow(rows.first)
            wrong[f"one of {name}"] = wrong_with(page)
            asking = page.locator(".ad-acts a")
            if asking.count():
                follow(asking.first)
                wrong[f"question of {name}"] = wrong_with(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert len(wrong) >= 15
    assert said == []


def test_the_theme_is_the_panels_and_is_remembered(office: Office, context: BrowserContext) -> None:
    page, said = listened(context, office.stack.base_url)
    page.evaluate("localStorage.setItem('leadline-theme', 'dark')")
    page.reload()
    expect(page.locator("html.dark")).to_have_count(1)
    page.get_by_role("button", name="Light, dark").click()  # dark, then as the system says, then light
    page.get_by_role("button", name="Light, dark").click()
    expect(page.locator("html.dark")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('leadline-theme')") == "light"
    assert said == []


def test_a_delivery_is_found_by_the_filters_read_and_replayed(office: Office, context: BrowserContext) -> None:
    page, said = listened(context, office.stack.base_url)
    page.goto(f"{office.stack.base_url}/admin/ingest/delivery/")
    page.get_by_role("button", name="Filters").click()
    dialog = page.get_by_role("dialog", name="Filters")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    dialog.get_by_label("Words in the body").fill("ferry")
    dialog.get_by_label("Provider").select_option("web_chat")
    follow(dialog.get_by_role("button", name="Apply"))
    assert page.url.endswith("/?provider=web_chat&words=ferry")  # nothing of what was not filled in
    page.locator(ROW).first.click()
    expect(page.get_by_text("Do you lend <b>ferry</b> bikes?")).to_be_visible()
    expect(page.get_by_text("of conversation")).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("It will be processed again in a moment.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"delivery-\d+\.json", download.value.suggested_filename)
    assert said == []


def test_rows_are_chosen_together_and_acted_on(office: Office, context: BrowserContext) -> None:
    page, said = listened(context, office.stack.base_url)
    page.goto(f"{office.stack.base_url}/admin/ingest/delivery/")
    replay = page.get_by_role("button", name="Replay")
    expect(replay).to_be_hidden()
    page.locator("#action-toggle").check()
    expect(page.locator("input.action-select").first).to_be_checked()
    replay.click()
    expect(page.get_by_text("will be processed again.")).to_be_visible()
    assert said == []


def test_a_workspace_is_suspended_after_a_question_and_opened_again(office: Office, context: BrowserContext) -> None:
    page, said = listened(context, office.stack.base_url)
    page.goto(f"{office.stack.base_url}/admin/tenants/workspace/")
    page.keyboard.press("/")
    page.keyboard.type("ferry")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ferry Bikes").click()
    page.get_by_role("link", name="Suspend").click()
    page.get_by_label("Why").fill("Asked for by its owner")
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("Nobody gets in, nothing is sent")).to_be_visible()
    expect(page.get_by_text("Suspended: Asked for by its owner").first).to_be_visible()
    page.get_by_role("link", name="Reactivate").click()
    page.get_by_role("button", name="Reactivate").click()
    expect(page.locator(".ad-head .ad-chip")).to_have_text("Ready")
    assert said == []


def test_on_a_phone_the_menu_opens_and_closes(office: Office, context: BrowserContext) -> None:
    page, said = listened(context, office.stack.base_url)
    page.set_viewport_size({"width": 360, "height": 740})
    menu, link = page.get_by_role("button", name="Menu"), page.get_by_role("link", name="Quarantine", exact=True)
    expect(link).to_be_hidden()
    menu.click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    menu.click()
    link.click()
    expect(page.get_by_role("heading", name="Quarantine")).to_be_visible()
    assert said == []
