"""Coming in: through Google's consent page, into a workspace of one's own or one to which one is invited."""

import contextlib
import os
import re
import signal
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.e2e.journey.browsing import Browsers
from tests.e2e.journey.cast import BUSINESS, LATECOMER, SLUG, Person
from tests.e2e.journey.mail import letter_to

LINK = re.compile(r"http://\S+/invitations/\S+/")


def sign_in_from_home(browsers: Browsers, page: Page, person: Person) -> None:
    """From the home page to the sign-in page, and in by Google."""
    page.goto(browsers.address("/"))
    page.get_by_role("link", name="Sign in").first.click()
    go_by_google(browsers, page, person)


def go_by_google(browsers: Browsers, page: Page, person: Person) -> None:
    """Presses the button of the page and allows at Google what is asked."""
    page.get_by_role("button", name="Continue with Google").click()
    expect(page.get_by_role("heading", name="Sign in to Leadline")).to_be_visible()
    browsers.look(page)
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Name", exact=True).fill(person.name)
    page.get_by_role("button", name="Allow").click()


def ask_for_code(browsers: Browsers) -> Page:
    """Somebody else takes the other way in as far as the page where the code is typed."""
    page = browsers.open()
    page.goto(browsers.address("/accounts/login/"))
    page.get_by_label("E-mail address").fill(LATECOMER.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page).to_have_url(browsers.address("/accounts/login/code/confirm/"))
    return page


def start_workspace(browsers: Browsers, page: Page) -> None:
    """Names the business and waits on the progress page until the workspace shows itself."""
    expect(page).to_have_url(browsers.address("/start/"))
    page.get_by_label("Name of the business").fill(BUSINESS)
    expect(page.locator("[data-start-slug]")).to_have_text(SLUG)
    with held(browsers, "relay"):  # nothing is rung for meanwhile, so that the page can be looked at
        page.get_by_role("button", name="Create the workspace").click()
        expect(page.get_by_role("heading", name=f"{BUSINESS} is being set up")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        browsers.look(page)
    expect(page.get_by_role("navigation", name="Workspace")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/w/{SLUG}/"))


@contextlib.contextmanager
def held(browsers: Browsers, process: str) -> Iterator[None]:
    """A process of the installation stands still while the block runs."""
    group = browsers.stack.processes.children[process].pid
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def invite(browsers: Browsers, page: Page, person: Person) -> str:
    """The owner invites somebody as vendor; returns the link in their mail."""
    page.goto(browsers.address(f"/w/{SLUG}/team/"))
    page.get_by_label("E-mail addresses").fill(person.email)
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("The e-mail is on its way.")).to_be_visible()
    expect(page.locator(f"[data-invited='{person.email}']")).to_contain_text("Waiting")
    found = LINK.search(letter_to(browsers.stack.mail, person.email))
    assert found is not None
    return found[0]


def accept(browsers: Browsers, page: Page, link: str, person: Person) -> None:
    """The invited person opens the link, shows who they are by Google and joins."""
    page.goto(link)
    expect(page.get_by_role("heading", name=f"Join {BUSINESS}")).to_be_visible()
    browsers.look(page)
    go_by_google(browsers, page, person)
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_text(f"Welcome to {BUSINESS}. You are Vendor here.")).to_be_visible()
    expect(page).to_have_url(browsers.address(f"/w/{SLUG}/"))
