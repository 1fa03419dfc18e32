"""The owner: comes in with Google and sets the business up on its pages, as anybody would in a browser."""

import re
import time
from dataclasses import dataclass
from html import unescape

from sandbox.children import Failed
from sandbox.redelivery import PAUSES
from sandbox.smoke.browser import Browser, path_of
from sandbox.smoke.cast import Cast
from sandbox.smoke.forms import forms_of
from sandbox.world.client import World
from sandbox.world.records import Number

EMAIL = "owner@example.org"
ADDRESS = "+44 20 7946 0958"
ACCOUNT = "102290129340398"
TOKEN = "smoke-token"  # noqa: S105  # the sandbox's own
SECRET = "smoke-secret"  # noqa: S105  # the sandbox's own
READY_SECONDS = 120.0
LEARNT_SECONDS = 60.0
POLL_SECONDS = 0.1
CHAT_LINE = re.compile(r'id="snippet" value="([^"]+)"')
CHAT_KEY = re.compile(r'data-key="([^"]+)"')


@dataclass
class Owner:
    """A browser, and the workspace once there is one."""

    browser: Browser
    world: World
    cast: Cast
    slug: str = ""
    bot: int = 0

    def sign_in(self) -> str:
        """By Google; returns by what, as the account page tells: what it can unlink is linked. Raises Failed."""
        landed = self.browser.sign_in_with_google(self.world, EMAIL, "Olive Owner")
        if landed != "/start/":
            raise Failed(f"A new person's sign-in ended at {landed} instead of the start of a workspace.")
        linked = any(form.action.endswith("/google/unlink/") for form in forms_of(self.browser.page("/account/")))
        return "google" if linked else "code"

    def start_workspace(self) -> float:
        """Starts it and waits on its page until it is ready; returns the seconds. Raises Failed."""
        began = time.monotonic()
        self.slug = path_of(self.browser.submit("/start/", name=self.cast.business)).split("/")[2]
        while (state := self._progress()) == "setting_up":
            if time.monotonic() > began + READY_SECONDS:
                raise Failed(f"The workspace was not ready within {READY_SECONDS:g} s.")
            time.sleep(POLL_SECONDS)
        if state != "ready":
            raise Failed(f"The workspace is {state}.")
        return time.monotonic() - began

    def create_bot(self) -> None:
        """A bot for the business."""
        made = self.browser.submit(self.at("bots/new/"), name="Robin", business=self.cast.business, region="GB")
        self.bot = int(re.findall(r"/bots/(\d+)/", path_of(made))[0])

    def teach(self) -> None:
        """Pastes what the business knows and waits until it is read. Raises Failed."""
        page = self.at(f"bots/{self.bot}/knowledge/")
        self.browser.submit(page, title="About us", text=self.cast.knowledge)
        deadline = time.monotonic() + LEARNT_SECONDS
        while "Ready" not in self.browser.text(page):
            if time.monotonic() > deadline:
                raise Failed(f"The knowledge was not read within {LEARNT_SECONDS:g} s.")
            time.sleep(POLL_SECONDS)

    def connect_number(self) -> None:
        """Pastes ids, token and secret of a number at Meta, and has Meta told where to post."""
        number = Number(
            phone_number_id=self.cast.number,
            display_phone_number=ADDRESS,
            waba_id=ACCOUNT,
            token=TOKEN,
            app_secret=SECRET,
            verified_name=self.cast.business,
        )
        self.world.register_number(number)
        pasted = {"key": self.cast.number, "account": ACCOUNT, "token": TOKEN, "secret": SECRET}
        page = path_of(self.browser.submit(self.at("inboxes/connect/"), **pasted))
        self._subscribe(page)

    def add_web_chat(self, website: str) -> str:
        """A chat for that website; returns the key in the line that its page shows. Raises Failed."""
        made = self.browser.submit(self.at("inboxes/web-chat/"), name="Website", websites=website).text
        line = CHAT_LINE.search(made)
        key = CHAT_KEY.search(unescape(line[1])) if line else None
        if key is None:
            raise Failed("The page of the web chat shows no line for the website.")
        return key[1]

    def at(self, path: str) -> str:
        """The address of a page of the workspace."""
        return f"/w/{self.slug}/{path}"

    def _subscribe(self, page: str) -> None:
        """Meta calls the address once: while the intake puts it off, one asks Meta again. Raises Failed."""
        for pause in PAUSES:
            if "Meta has checked the address" in self.browser.submit(page, action="/subscribe/").text:
                return
            time.sleep(pause)
        raise Failed("Meta did not take the webhook's address.")

    def _progress(self) -> str:
        return str(self.browser.http.get(f"/start/{self.slug}/progress/").raise_for_status().json()["state"])
