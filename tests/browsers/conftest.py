"""One installation of real processes and one Chromium for all files of this directory, a business for each."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page

from sandbox.screens import chromium as chromiums
from sandbox.stack import Stack, stack

STAFF = "sam@leadline.example"


@dataclass(frozen=True)
class Business:
    """A business of its own on the installation, with a bot and a web chat on a website."""

    stack: Stack
    slug: str
    owner: str
    bot: int
    chat: dict[str, object]

    def at(self, path: str) -> str:
        """A page of the business."""
        return f"{self.stack.base_url}/w/{self.slug}/{path}"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Skips, with the reason, where none is."""
    path = chromiums.find()
    if path is None:
        pytest.skip(chromiums.MISSING)
    with chromiums.launched(path) as browser:
        yield browser


@pytest.fixture(scope="package")
def installation(chromium: Browser) -> Iterator[Stack]:
    """Staff enter it with a second factor, as they do in production."""
    with stack({"ADMIN_EMAILS": STAFF, "STAFF_SECOND_FACTOR": "true"}) as running:
        yield running


@pytest.fixture(scope="module")
def found(installation: Stack) -> Callable[..., Business]:
    """`found("Harbour Bikes", "owner@harbour.example")`; the chat is on our own pages, or on `website`."""

    def make(name: str, owner: str, website: str = "") -> Business:
        slug = str(installation.manage("create_workspace", name, "--owner", owner)["slug"])
        bot = int(installation.manage("create_bot", slug, "--name", "Finn", "--business", name)["id"])
        on = website or installation.base_url
        chat = installation.manage("connect_widget", slug, "--bot", str(bot), "--website", on)
        return Business(installation, slug, owner, bot, chat)

    return make


def come_in(page: Page, running: Stack, address: str) -> None:
    """With the code that is sent by e-mail, from the page that asks for one's address."""
    before = set(running.mail.iterdir()) if running.mail.exists() else set()
    page.get_by_role("textbox").fill(address)
    page.get_by_role("textbox").press("Enter")
    page.wait_for_url("**/code/confirm/**")
    letters = [letter.read_text() for letter in set(running.mail.iterdir()) - before]
    (code,) = [re.search(r"^    (\S+)$", letter, re.M) for letter in letters if f"To: {address}" in letter]
    assert code
    page.get_by_role("textbox").fill(code[1])
    page.get_by_role("textbox").press("Enter")


def appears(page: Page, address: str, what: Locator) -> None:
    """Loads a page that does not change by itself until it shows what workers bring about."""
    until = time.monotonic() + chromiums.PATIENCE / 1000
    page.goto(address)
    while not what.count() and time.monotonic() < until:
        page.wait_for_timeout(500)
        page.goto(address)
    assert what.count(), f"{address} never showed {what}"
