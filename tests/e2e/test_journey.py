"""The whole way in a real browser, on real processes: an owner walks in alone, customers are answered, a vendor helps.

During all of it no browser may complain: no error, no refused content, no failed request, nothing illegible and
nothing wider than a phone.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journey import entering, setting_up
from tests.e2e.journey.browsing import Browsers
from tests.e2e.journey.cast import CUSTOMER, LATECOMER, OWNER, SLUG, STAFF, VENDOR
from tests.e2e.journey.rounds import look_at_all
from tests.e2e.journey.talking import Panel, Phone, Website

pytestmark = pytest.mark.slow


def test_an_owner_walks_in_alone_and_the_business_works(browsers: Browsers) -> None:
    owner = browsers.open()
    come_in_and_set_up(browsers, owner)
    vendor = browsers.open()
    talk_on_whatsapp(browsers, Panel(owner), vendor)
    talk_on_the_website(browsers, owner, Panel(vendor))
    link = find_all_done(browsers, owner)
    others = {"staff": staff(browsers), "entering": entering.ask_for_code(browsers)}
    strangers = {"nobody": browsers.open(), "world": browsers.open()}
    look_at_all(browsers, {"owner": owner, **others, **strangers}, token=link.split("/")[-2])
    assert not browsers.watch.complaints, "\n".join(browsers.watch.complaints)
    assert browsers.watch.expected == []


def come_in_and_set_up(browsers: Browsers, owner: Page) -> None:
    """From the home page to a number that is connected."""
    entering.sign_in_from_home(browsers, owner, OWNER)
    entering.start_workspace(browsers, owner)
    setting_up.create_bot(browsers, owner)
    setting_up.teach(browsers, owner)
    setting_up.try_it(browsers, owner)
    setting_up.connect_number(browsers, owner)


def talk_on_whatsapp(browsers: Browsers, panel: Panel, vendor: Page) -> None:
    """The bot answers and learns who it is; a person is asked for, and the vendor, just invited, answers."""
    panel.open(browsers)
    phone = Phone(browsers)
    phone.write("How much is a cargo bike?")
    expect(panel.row("cargo bike")).to_have_count(1)  # with the question, or already with the answer
    panel.row("cargo bike").click()
    panel.sees("How much is a cargo bike?")
    phone.hears("£45 a day")
    panel.sees("£45 a day")
    phone.write(f"I'm {CUSTOMER.name}, {CUSTOMER.email}")
    panel.knows("name", CUSTOMER.name)
    panel.knows("email", CUSTOMER.email)
    entering.accept(browsers, vendor, entering.invite(browsers, panel.page, VENDOR), VENDOR)
    phone.write("Can I talk to a person?")
    answer_as_vendor(browsers, phone, Panel(vendor))


def answer_as_vendor(browsers: Browsers, phone: Phone, panel: Panel) -> None:
    """Sees who waits appear by itself, takes over and answers; the phone shows it."""
    panel.open(browsers)
    expect(panel.row("Waiting for a person")).to_have_count(1)
    panel.row("Waiting for a person").click()
    panel.page.get_by_role("button", name="Take over").first.click()
    expect(panel.page.get_by_text("You have this conversation.")).to_be_visible()
    panel.answer("Vera here. Shall I keep one for you?")
    phone.hears("Vera here. Shall I keep one for you?")
    phone.write("Yes, please")
    panel.sees("Yes, please")
    browsers.look(panel.page)
    browsers.look(phone.page)


def talk_on_the_website(browsers: Browsers, owner: Page, panel: Panel) -> None:
    """A visitor of a website of another origin is answered by the bot and then, live, by the vendor."""
    address = setting_up.add_web_chat(browsers, owner)
    website = Website(browsers, address)
    panel.open(browsers)
    website.write("When do you open on Monday?")
    website.hears("8:30 to 18:30")
    expect(panel.row("Visitor")).to_have_count(1)
    panel.row("Visitor").click()
    panel.sees("8:30 to 18:30")
    panel.answer("Vera again: come at nine, the kettle is on.")
    website.hears("Vera again: come at nine, the kettle is on.")
    browsers.look(website.page)


def find_all_done(browsers: Browsers, owner: Page) -> str:
    """The first steps are all done; a key and a second invitation are made, whose link is returned."""
    owner.goto(browsers.address(f"/w/{SLUG}/start/"))
    expect(owner.get_by_role("main").get_by_text("100 % done")).to_be_visible()
    setting_up.make_key(browsers, owner)
    return entering.invite(browsers, owner, LATECOMER)


def staff(browsers: Browsers) -> Page:
    """Who runs the installation, signed in."""
    page = browsers.open()
    page.goto(browsers.address("/accounts/login/"))
    entering.go_by_google(browsers, page, STAFF)
    expect(page).to_have_url(browsers.address("/start/"))
    return page
