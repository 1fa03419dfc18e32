"""Who looks at the screens, each in a browser of their own, and what they do first so that the demo looks alive."""

import re
import subprocess
import sys
from functools import cached_property
from io import BytesIO
from typing import get_args

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route, expect

from sandbox.children import Failed
from sandbox.memory import CHECKOUT
from sandbox.screens.chromium import PATIENCE
from sandbox.screens.table import NUMBER, PERSON, SLUG, Screen, Who, find_places, within
from sandbox.stack import Stack

STAFF = "sol@leadline.example"
INVITED = "mia.hale@harbour-bikes.example"
ON_THE_PHONE = "How much is an electric bike for a day?"
ON_THE_WEBSITE = "Do you deliver to Bath?"
IN_THE_TRIAL = "What does a full service cost?"
#: Prints a page of the product as it is where DEBUG is off.
RENDER = """
import sys, django
django.setup()
from django.template.loader import render_to_string
print(render_to_string(sys.argv[1]))
"""


class Scene:
    """An installation with the demo in it, and a browser for each of Who."""

    def __init__(self, stack: Stack, browser: Browser) -> None:
        self.stack = stack
        self.pages: dict[Who, Page] = {}
        for who in get_args(Who):
            # No service worker: it would keep the answers that stand in for error pages from the page.
            context = browser.new_context(
                reduced_motion="reduce", locale="en-GB", timezone_id="Europe/London", service_workers="block"
            )
            context.set_default_timeout(PATIENCE)
            self.pages[who] = context.new_page()

    def play(self) -> None:
        """Everybody comes in; a customer, a visitor and the owner ask something and are answered."""
        self._come_in()
        said = self.stack.world.say(PERSON, NUMBER, ON_THE_PHONE)
        self._make_key()
        self._hang_sign()
        self._ask(self.pages["world"], f"{self.stack.world.url}/shop/", "Open chat", ON_THE_WEBSITE)
        trial = self._at(f"bots/{self._known['bot']}/try/")
        self._ask(self.pages["owner"], trial, "Start a test conversation", IN_THE_TRIAL)
        self.stack.world.wait_for_reply(PERSON, after=said, timeout=PATIENCE / 1000)

    def page_of(self, screen: Screen) -> Page:
        """The page of who looks at the screen; where an error page is wanted, its address answers with it."""
        page = self.pages[screen.who]
        if screen.template:
            body = self._rendered(screen.template)

            def answer(route: Route) -> None:
                route.fulfill(status=screen.status, content_type="text/html; charset=utf-8", body=body)

            page.route(self.address(screen), answer)
        return page

    def address(self, screen: Screen) -> str:
        """The whole address of the screen. Raises LookupError when the demo lacks what it shows."""
        path = screen.path.format(**self._known)
        return self.stack.world.url + path if screen.who == "world" else self._at(path)

    def _at(self, path: str) -> str:
        return self.stack.base_url + within(SLUG, path)

    def _come_in(self) -> None:
        owner, staff, entering = self.pages["owner"], self.pages["staff"], self.pages["entering"]
        owner.goto(self._at("/"))
        owner.get_by_role("button", name="Enter the demo").click()
        expect(owner).to_have_url(self._at("/demo/"))
        staff.goto(self._at("/accounts/login/"))
        staff.get_by_role("button", name="Continue with Google").click()
        staff.get_by_label("E-mail address").fill(STAFF)
        staff.get_by_label("Name", exact=True).fill("Sol Ferreira")
        staff.get_by_role("button", name="Allow").click()
        expect(staff).to_have_url(self._at("/start/"))
        entering.goto(self._at("/accounts/login/"))
        entering.get_by_label("E-mail address").fill(INVITED)
        entering.get_by_role("button", name="Send me a code").click()
        expect(entering).to_have_url(self._at("/accounts/login/code/confirm/"))

    def _make_key(self) -> None:
        page = self.pages["owner"]
        page.goto(self._at("api-keys/"))
        page.get_by_label("Name", exact=True).fill("Monthly report")
        for what in ("See leads", "See contacts"):
            page.get_by_role("checkbox", name=what).check()
        page.get_by_role("button", name="Make the key").click()
        expect(page.get_by_label("Key", exact=True)).not_to_have_value("")

    def _hang_sign(self) -> None:
        """Gives the business a logo."""
        page = self.pages["owner"]
        page.goto(self._at("settings/"))
        page.get_by_label("New logo").set_input_files({"name": "sign.png", "mimeType": "image/png", "buffer": sign()})
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved", exact=False).first).to_be_visible()

    def _invite(self) -> str:
        """Invites somebody and returns the token of the link that the page shows once."""
        page = self.pages["owner"]
        page.goto(self._at("team/"))
        page.get_by_label("E-mail addresses").fill(INVITED)
        page.get_by_role("button", name="Invite", exact=True).click()
        link = page.get_by_label(re.compile(f"Link for {INVITED}")).first.input_value()
        return link.split("/")[-2]

    def _ask(self, page: Page, address: str, button: str, text: str) -> None:
        """Asks in the web chat of a page, which a button opens, and waits until somebody answers."""
        page.goto(address)
        page.get_by_role("button", name=button).click()
        box = page.get_by_role("textbox", name="Write a message")
        box.fill(text)
        box.press("Enter")
        said = page.get_by_role("log").get_by_role("listitem")
        expect(said).to_have_count(3)  # the greeting, the question, the answer

    def _rendered(self, template: str) -> str:
        """An error page of the product, for somebody who is not signed in. Raises Failed."""
        done = subprocess.run(  # noqa: S603  # our own command line
            [sys.executable, "-c", RENDER, template],
            cwd=CHECKOUT,
            env={**self.stack.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Failed(f"{template} could not be rendered:\n{done.stderr.strip()[-800:]}")
        return done.stdout

    @cached_property
    def _known(self) -> dict[str, str]:
        """What stands in addresses: the ids that the demo's pages show, and an invitation's token."""

        def markup(who: Who, path: str) -> str:
            return self.pages[who].request.get(self.stack.base_url + path, max_retries=3).text()

        return {"number": NUMBER, "person": PERSON, "token": self._invite(), **find_places(SLUG, markup)}


def sign() -> bytes:
    """A bicycle's two wheels and a wave, as a PNG."""
    picture = Image.new("RGB", (256, 256), "#0b5563")
    draw = ImageDraw.Draw(picture)
    for left in (34, 130):
        draw.ellipse((left, 92, left + 92, 184), outline="white", width=12)
        draw.ellipse((left + 38, 130, left + 54, 146), fill="#f2b33d")
    draw.line((80, 138, 112, 78, 152, 78, 176, 138), fill="white", width=12, joint="curve")
    draw.arc((20, 190, 140, 240), 200, 340, fill="#f2b33d", width=10)
    draw.arc((116, 190, 236, 240), 200, 340, fill="#f2b33d", width=10)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
