"""The admin in a real browser, light and dark, on a desk and on a phone: entered with a second factor, and worked in.

One installation is started for the whole file. Skipped, with the reason, where no Chromium is.
"""

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from sandbox.stack import Stack, stack
from tests.accounts.test_account import code_of

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SAM = "sam@leadline.example"
SECONDS = 20_000
LISTS = ("Workspaces", "People", "Deliveries", "Quarantine", "Work", "Visits", "Looks", "Changes")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium or Chrome is installed"),
]


@dataclass(frozen=True)
class Installation:
    """A running installation with a business in it, and the cookies of staff."""

    stack: Stack
    slug: str
    cookies: list[Any]


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """Everything here happens in other processes, with a database of their own."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def installation(chromium: Browser) -> Iterator[Installation]:
    with stack({"ADMIN_EMAILS": SAM, "STAFF_SECOND_FACTOR": "true"}) as running:
        slug = str(running.manage("create_workspace", "Harbour Bikes", "--owner", "owner@example.org")["slug"])
        bot = int(running.manage("create_bot", slug, "--name", "Finn", "--business", "Harbour Bikes")["id"])
        widget = running.manage("connect_widget", slug, "--bot", str(bot), "--website", running.base_url)
        context = chromium.new_context()
        page = context.new_page()
        enter(page, running)
        write(page, running.base_url, str(widget["key"]))
        yield Installation(running, slug, context.cookies())
        context.close()


def enter(page: Page, running: Stack) -> None:
    """By the one way in, then to set up the second factor, as the door asks."""
    page.goto(f"{running.base_url}/admin/")
    page.get_by_role("textbox").fill(SAM)
    page.get_by_role("textbox").press("Enter")
    page.wait_for_url("**/code/confirm/**")
    letters = sorted(running.mail.iterdir(), key=lambda path: path.stat().st_mtime)
    code = re.search(r"^    (\S+)$", letters[-1].read_text(), re.M)
    assert code
    page.get_by_role("textbox").fill(code[1])
    page.get_by_role("textbox").press("Enter")
    page.wait_for_url("**/2fa/totp/activate/")
    expect(page.get_by_text("Staff need a second factor.")).to_be_visible()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.locator("code").first.inner_text())
    assert secret
    page.locator("input[name=code]").fill(code_of(secret[0]))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(lambda url: "activate" not in url)
    page.goto(f"{running.base_url}/admin/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def write(page: Page, base: str, key: str) -> None:
    """A visitor of a website asks something, and something that cannot be read."""
    origin = {"Origin": base}
    me = page.request.get(f"{base}/chat/{key}/hello/", headers=origin).json()
    messages = [{"id": str(uuid.uuid4()), "text": "Do you rent <b>cargo</b> bikes?"}, {"id": "?"}]
    said = {"widget": key, "visitor": me["visitor"], "messages": messages}
    headers = {**origin, "Authorization": f"Visitor {me['token']}", "Content-Type": "application/json"}
    answer = page.request.post(f"{base}/webhook/web_chat/{key}/", headers=headers, data=json.dumps(said))
    assert answer.ok, answer.text()


@pytest.fixture(params=["light", "dark"])
def context(chromium: Browser, installation: Installation, request: Any) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    made.add_cookies(installation.cookies)
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


def wrong_with(page: Page) -> list[str]:
    """What axe finds, and whether something stands beyond the edge of a phone."""
    found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    page.set_viewport_size({"width": 360, "height": 740})
    if page.evaluate("document.documentElement.scrollWidth > 360"):
        found.append("wider than a phone")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_every_page_is_sound(installation: Installation, context: BrowserContext) -> None:
    base = installation.stack.base_url
    page, said = listened(context, base)
    wrong = {"Overview": wrong_with(page)}
    for name in LISTS:
        page.goto(f"{base}/admin/")
        page.get_by_role("navigation", name="Lists").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        if name == "Work":
            page.goto(f"{page.url}?state=all")
        wrong[name] = wrong_with(page)
        rows = page.locator("#result_list tbody th a")
        if rows.count():
            rows.first.click()
            wrong[f"one of {name}"] = wrong_with(page)
            asking = page.locator(".ad-acts a")
            if asking.count():
                asking.first.click()
                wrong[f"question of {name}"] = wrong_with(page)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert len(wrong) >= 15
    assert said == []


def test_the_theme_is_the_panels_and_is_remembered(installation: Installation, context: BrowserContext) -> None:
    page, said = listened(context, installation.stack.base_url)
    page.evaluate("localStorage.setItem('leadline-theme', 'dark')")
    page.reload()
    assert page.evaluate("document.documentElement.classList.contains('dark')") is True
    page.get_by_role("button", name="Light, dark").click()  # dark, then as the system says, then light
    page.get_by_role("button", name="Light, dark").click()
    assert page.evaluate("document.documentElement.classList.contains('dark')") is False
    assert page.evaluate("localStorage.getItem('leadline-theme')") == "light"
    assert said == []


def test_a_delivery_is_found_by_the_filters_read_and_replayed(
    installation: Installation, context: BrowserContext
) -> None:
    page, said = listened(context, installation.stack.base_url)
    page.goto(f"{installation.stack.base_url}/admin/ingest/delivery/")
    page.get_by_role("button", name="Filters").click()
    dialog = page.get_by_role("dialog", name="Filters")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Filters").click()
    dialog.get_by_label("Words in the body").fill("cargo")
    dialog.get_by_label("Provider").select_option("web_chat")
    dialog.get_by_role("button", name="Apply").click()
    assert page.url.endswith("/?provider=web_chat&words=cargo")  # nothing of what was not filled in
    page.locator("#result_list tbody th a").first.click()
    expect(page.get_by_text("Do you rent <b>cargo</b> bikes?")).to_be_visible()
    expect(page.get_by_text("of conversation")).to_be_visible(timeout=SECONDS)
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("It will be processed again in a moment.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"delivery-\d+\.json", download.value.suggested_filename)
    assert said == []


def test_rows_are_chosen_together_and_acted_on(installation: Installation, context: BrowserContext) -> None:
    page, said = listened(context, installation.stack.base_url)
    page.goto(f"{installation.stack.base_url}/admin/ingest/delivery/")
    replay = page.get_by_role("button", name="Replay")
    expect(replay).to_be_hidden()
    page.locator("#action-toggle").check()
    expect(page.locator("input.action-select").first).to_be_checked()
    replay.click()
    expect(page.get_by_text("will be processed again.")).to_be_visible()
    assert said == []


def test_a_workspace_is_suspended_after_a_question_and_opened_again(
    installation: Installation, context: BrowserContext
) -> None:
    page, said = listened(context, installation.stack.base_url)
    page.goto(f"{installation.stack.base_url}/admin/tenants/workspace/")
    page.keyboard.press("/")
    page.keyboard.type("harbour")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Harbour Bikes").click()
    page.get_by_role("link", name="Suspend").click()
    page.get_by_label("Why").fill("Asked for by its owner")
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("Nobody gets in, nothing is sent")).to_be_visible()
    expect(page.get_by_text("Suspended: Asked for by its owner").first).to_be_visible()
    page.get_by_role("link", name="Reactivate").click()
    page.get_by_role("button", name="Reactivate").click()
    expect(page.locator(".ad-head .ad-chip")).to_have_text("Ready")
    assert said == []


def test_on_a_phone_the_menu_opens_and_closes(installation: Installation, context: BrowserContext) -> None:
    page, said = listened(context, installation.stack.base_url)
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
