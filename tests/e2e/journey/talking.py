"""The talk: a customer on a phone, a visitor on a website, and what the business's people see and say of it live."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.journey.browsing import Browsers
from tests.e2e.journey.cast import BOT, CUSTOMER, CUSTOMER_PHONE, NUMBER, SLUG


class Phone:
    """The page of a customer's phone."""

    def __init__(self, browsers: Browsers) -> None:
        browsers.stack.world.add_person(CUSTOMER_PHONE, CUSTOMER.name)
        self.page = browsers.open()
        self.page.goto(f"{browsers.stack.world.url}/phone/?number={NUMBER.key}&person={CUSTOMER_PHONE}")

    def write(self, text: str) -> None:
        """Types and sends."""
        self.page.get_by_role("textbox", name="Message").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".mine .said").last).to_have_text(text)

    def hears(self, words: str) -> None:
        """The business's newest message has these words."""
        expect(self.page.locator(".theirs .said").last).to_contain_text(words)


class Panel:
    """The panel of somebody of the team, open all the time and never reloaded."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.thread = page.get_by_role("group", name="Messages")

    def open(self, browsers: Browsers) -> None:
        """Opens the list of conversations and waits until its socket is there."""
        self.page.goto(browsers.address(f"/w/{SLUG}/"))
        expect(self.page.locator("[data-live]").first).to_have_attribute("data-state", "live")

    def row(self, text: str) -> Locator:
        """The conversation with this text in the list."""
        return self.page.locator("#list-pane [data-row]").filter(has_text=text)

    def sees(self, text: str) -> None:
        """The open thread shows the text once, by itself."""
        expect(self.thread.get_by_text(text)).to_have_count(1)

    def knows(self, field: str, value: str) -> None:
        """The lead card shows the value, by itself."""
        expect(self.page.locator(f"#field-{field}")).to_contain_text(value)

    def answer(self, text: str) -> None:
        """Types into the reply box and sends."""
        box = self.page.get_by_role("textbox", name="Reply to")
        box.fill(text)
        box.press("Enter")
        self.sees(text)


class Website:
    """A foreign website with the chat open."""

    def __init__(self, browsers: Browsers, address: str) -> None:
        self.page = browsers.open()
        self.page.goto(address)
        self.page.get_by_role("button", name="Open chat").click()
        self.chat = self.page.get_by_role("dialog", name=BOT)

    def write(self, text: str) -> None:
        """Types and sends."""
        box = self.chat.get_by_role("textbox", name="Write a message")
        box.fill(text)
        box.press("Enter")

    def hears(self, words: str) -> None:
        """A message with these words is there once."""
        message = self.chat.get_by_role("listitem").filter(has_text=words)
        expect(message).to_have_count(1)
