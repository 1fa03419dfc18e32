"""The owner sets the business up, led by the first steps: a bot that is taught and tried, a number, a web chat."""

import re

from playwright.sync_api import Page, expect

from sandbox.redelivery import PAUSES
from sandbox.world.records import Number
from tests.e2e.journey.browsing import Browsers
from tests.e2e.journey.cast import BOT, BUSINESS, KNOWLEDGE, NUMBER, SLUG

#: What the sandbox's Graph API says of a token that is none.
REASON = "Meta says: Invalid OAuth access token - Cannot parse access token (190)"


def next_step(browsers: Browsers, page: Page, action: str, done: int) -> None:
    """Opens the first steps, which stand at so many percent, and follows the link of one."""
    page.goto(browsers.address(f"/w/{SLUG}/start/"))
    expect(page.get_by_role("main").get_by_text(f"{done} % done")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=action).click()


def create_bot(browsers: Browsers, page: Page) -> None:
    """A bot with a name and whom it speaks for."""
    next_step(browsers, page, "Create a bot", done=0)
    page.get_by_label("Name", exact=True).fill(BOT)
    page.get_by_label("Business", exact=True).fill(BUSINESS)
    page.get_by_label("Country of phone numbers").fill("GB")
    page.get_by_role("button", name="Create the bot").click()
    expect(page.get_by_role("heading", name=BOT)).to_be_visible()


def teach(browsers: Browsers, page: Page) -> None:
    """Pastes what the business knows; the page says by itself when it is read."""
    next_step(browsers, page, "Add knowledge", done=20)
    page.get_by_role("textbox", name="Title").fill("Prices and hours")
    page.get_by_role("textbox", name="Text").fill(KNOWLEDGE)
    page.get_by_role("button", name="Add to its knowledge").click()
    row = page.get_by_role("listitem").filter(has_text="Prices and hours")
    expect(row).to_contain_text("Ready")


def try_it(browsers: Browsers, page: Page) -> None:
    """A test conversation, answered from what was pasted, which no list shows."""
    next_step(browsers, page, "Start a test", done=40)
    page.get_by_role("button", name="Start a test conversation").click()
    chat = page.get_by_role("region", name=BOT)
    box = chat.get_by_role("textbox", name="Write a message")
    box.fill("How much is an electric bike?")
    box.press("Enter")
    expect(chat.get_by_role("listitem").filter(has_text="£39 a day")).to_have_count(1)
    browsers.look(page)
    page.goto(browsers.address(f"/w/{SLUG}/"))
    expect(page.get_by_role("heading", name="No conversations yet")).to_be_visible()


def connect_number(browsers: Browsers, page: Page) -> None:
    """Pastes the ids; a wrong token is refused with Meta's reason, the right one connects."""
    register(browsers)
    next_step(browsers, page, "Connect a number", done=60)
    expect(page.get_by_label("Phone number ID")).to_be_visible()
    address = page.url
    browsers.watch.expect(422, address)
    paste(page, token="a-wrong-token")
    expect(page.get_by_text(REASON)).to_be_visible()
    browsers.look(page)
    page.goto(browsers.address(f"/w/{SLUG}/inboxes/"))
    expect(page.get_by_role("heading", name="No inbox yet")).to_be_visible()  # nothing was saved
    page.goto(address)
    paste(page, token=NUMBER.token)
    expect(page.get_by_text(f"{BUSINESS} is connected.")).to_be_visible()
    ask_meta(page)


def ask_meta(page: Page) -> None:
    """Has Meta call the address. It calls once: while the intake puts it off, one presses again."""
    checked = page.get_by_text("Meta has checked the address")
    for pause in PAUSES:
        with page.expect_navigation():
            page.get_by_role("button", name="Ask Meta to post here").click()
        if checked.count():
            break
        expect(page.get_by_text("Meta did not take the address")).to_be_visible()
        page.wait_for_timeout(pause * 1000)
    expect(checked).to_be_visible()


def paste(page: Page, *, token: str) -> None:
    """Fills in the form of a number and sends it."""
    page.get_by_label("Phone number ID").fill(NUMBER.key)
    page.get_by_label("WhatsApp Business Account ID").fill(NUMBER.account)
    page.get_by_label("Access token").fill(token)
    page.get_by_label("App secret").fill(NUMBER.secret)
    page.get_by_role("button", name="Check and connect").click()


def register(browsers: Browsers) -> None:
    """The number at Meta."""
    browsers.stack.world.register_number(
        Number(
            phone_number_id=NUMBER.key,
            display_phone_number="+44 117 496 0142",
            waba_id=NUMBER.account,
            token=NUMBER.token,
            app_secret=NUMBER.secret,
            verified_name=BUSINESS,
        )
    )


def add_web_chat(browsers: Browsers, page: Page) -> str:
    """A chat for the foreign website, its line copied into it; returns the website's address."""
    website = browsers.stack.world.url
    page.goto(browsers.address(f"/w/{SLUG}/inboxes/web-chat/"))
    page.get_by_label("Name", exact=True).fill("Our website")
    page.get_by_label("Websites").fill(website)
    page.get_by_role("button", name="Add the chat").click()
    line = page.get_by_label("Line for your website").first.input_value()
    script, key = (re.findall(rf'{name}="([^"]+)"', line)[0] for name in ("src", "data-key"))
    return browsers.stack.world.open_shop(script, key)


def make_key(browsers: Browsers, page: Page) -> None:
    """A key for a program, shown once."""
    page.goto(browsers.address(f"/w/{SLUG}/api-keys/"))
    page.get_by_label("Name", exact=True).fill("Reports")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_label("Key", exact=True)).not_to_have_value("")
    browsers.look(page)
