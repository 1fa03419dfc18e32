"""Every screen of the table that the walk left, seen once by whom it is for."""

from collections.abc import Mapping

from playwright.sync_api import Page

from sandbox.screens.table import SCREENS, Screen, Who, find_places, within
from tests.e2e.journey.browsing import Browsers
from tests.e2e.journey.cast import CUSTOMER_PHONE, NUMBER, SLUG


def look_at_all(browsers: Browsers, pages: Mapping[Who, Page], token: str) -> None:
    """Opens each screen in the browser of its `who` and looks; `token` is of an invitation that waits."""

    def markup(who: Who, path: str) -> str:
        return pages[who].request.get(browsers.address(path), max_retries=3).text()

    known = {"number": NUMBER.key, "person": CUSTOMER_PHONE, "token": token, **find_places(SLUG, markup)}
    for screen in SCREENS:
        if not screen.demo and not screen.template:  # tests/design looks at the error pages
            look_at(browsers, pages[screen.who], screen, known)


def look_at(browsers: Browsers, page: Page, screen: Screen, known: Mapping[str, str]) -> None:
    """Opens one screen and looks. Raises AssertionError when it leads elsewhere."""
    root = browsers.stack.world.url if screen.who == "world" else browsers.stack.base_url
    address = root + within(SLUG, screen.path.format(**known))
    if screen.status != 200:
        browsers.watch.expect(screen.status, address)
    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, page.url) == (screen.status, address), screen.name
    if screen.press:
        page.get_by_role("button", name=screen.press).click()
    browsers.look(page)
