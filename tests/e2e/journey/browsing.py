"""The browsers of the people in the journey, each with cookies of its own, all of them watched."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

from sandbox.screens.chromium import PATIENCE
from sandbox.stack import Stack
from tests.e2e.journey.looking import DESK, wrong_with
from tests.e2e.journey.watching import Watch


@dataclass
class Browsers:
    """An installation, Chromium, and what it complained of so far."""

    stack: Stack
    chromium: Browser
    watch: Watch
    opened: list[BrowserContext] = field(default_factory=list)

    def open(self) -> Page:
        """A new browser of somebody who was never here."""
        context = self.chromium.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        self.opened.append(self.watch.over(context))
        return context.new_page()

    def address(self, path: str) -> str:
        """The whole address of a page of the installation."""
        return f"{self.stack.base_url}{path}"

    def look(self, page: Page) -> None:
        """Looks whether the page is legible and fits; what is not is a complaint like others."""
        self.watch.complaints += wrong_with(page)

    def close(self) -> None:
        """Closes all of them."""
        for context in self.opened:
            context.close()
