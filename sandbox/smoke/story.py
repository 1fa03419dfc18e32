"""The story of a smoke run, step by step, and what of it came true."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.children import Failed
from sandbox.smoke.cast import Cast
from sandbox.smoke.vendor import Vendor
from sandbox.stack import Stack
from sandbox.world.records import Number

T = TypeVar("T")

REPLY_SECONDS = 40.0
SETTLE_SECONDS = 15.0
#: How an honest answer to an unknown question sounds; it must not state a fact of the business instead.
HONEST = re.compile(r"(don['’]t|do not) (have|know)|not sure|no information|(can['’]t|cannot) find", re.I)


@dataclass
class Findings:
    """What the run prints; everything is wrong until it was seen."""

    seed: int
    workspace_ready_s: float = -1.0
    first_reply_s: float = -1.0
    reply_from_knowledge: bool = False
    honest_when_unknown: bool = False
    lead: dict[str, str] = field(default_factory=dict)
    lead_right: bool = False
    panel_updated_live: bool = False
    handoff_opened: bool = False
    silent_after_handoff: bool = False
    person_answered: bool = False
    duplicates_sent: int = -1
    states_seen: list[str] = field(default_factory=list)
    limits: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def right(self) -> bool:
        """Whether all of it came true."""
        return (
            self.reply_from_knowledge
            and self.honest_when_unknown
            and self.lead_right
            and self.panel_updated_live
            and self.handoff_opened
            and self.silent_after_handoff
            and self.person_answered
            and self.duplicates_sent == 0
            and {"sent", "delivered", "read"} <= set(self.states_seen)
            and 0 <= self.first_reply_s <= 15
        )


def prepare(stack: Stack, cast: Cast, findings: Findings) -> str:
    """Makes the business by management commands, as its operator would; returns the workspace's slug."""
    began = time.monotonic()
    workspace = stack.manage("create_workspace", cast.business, "--owner", "owner@example.org")
    findings.workspace_ready_s = round(time.monotonic() - began, 2)
    slug = str(workspace["slug"])
    bot = stack.manage("create_bot", slug, "--name", "Robin", "--business", cast.business, "--region", "GB")
    text = stack.mail.parent / "knowledge.txt"
    text.write_text(cast.knowledge)
    stack.manage("add_knowledge", slug, "--bot", str(bot["id"]), "--title", "About us", "--file", str(text), "--now")
    inbox = stack.manage(
        *("connect_inbox", slug, "--bot", str(bot["id"]), "--key", cast.number, "--address", "+44 20 7946 0958"),
        *("--token", "smoke-token", "--app-secret", "smoke-secret", "--verify-token", "smoke-verify"),
    )
    stack.world.register_number(
        Number(
            phone_number_id=cast.number,
            display_phone_number="+44 20 7946 0958",
            waba_id="102290129340398",
            token="smoke-token",  # noqa: S106  # the sandbox's own
            app_secret="smoke-secret",  # noqa: S106  # the sandbox's own
            webhook_url=str(inbox["webhook_url"]),
            verified_name=cast.business,
        ),
        verify_token="smoke-verify",  # noqa: S106  # the sandbox's own
    )
    stack.world.add_person(cast.whatsapp, cast.name.split()[0])
    return slug


def play(stack: Stack, cast: Cast, vendor: Vendor, findings: Findings) -> None:
    """The customer writes, the vendor watches and answers."""
    vendor.sign_in("owner@example.org")
    vendor.open_panel()
    greeting = Customer(stack, cast)
    began = time.monotonic()
    greeting.say(cast.greeting)
    news = vendor.pushed("conversation")
    page = f"c/{news['id']}/"
    findings.panel_updated_live = cast.greeting in vendor.sees(f"{page}fragments/thread/")
    greeting.hears()
    findings.first_reply_s = round(time.monotonic() - began, 2)
    findings.reply_from_knowledge = cast.fact in greeting.asks(cast.question)
    unknown = greeting.asks(cast.stranger_question)
    findings.honest_when_unknown = bool(HONEST.search(unknown)) and "euros" not in unknown
    greeting.asks(cast.introduction)
    greeting.asks(cast.whereabouts)
    findings.lead = await_lead(vendor, page)
    findings.lead_right = findings.lead == {
        "name": cast.name,
        "email": cast.email,
        "phone": cast.phone_e164,
        "location": cast.city,
    }
    findings.states_seen = states_of(vendor, page)
    greeting.asks(cast.ask_for_person)
    findings.handoff_opened = cast.name.split()[0] in vendor.sees("waiting/")
    greeting.say("Are you still there?")
    findings.silent_after_handoff = greeting.hears_nothing(8.0)
    vendor.answer(page, "Hello, this is Sam from the team.")
    findings.person_answered = greeting.hears() == "Hello, this is Sam from the team."
    findings.duplicates_sent = len(stack.world.duplicates())


def states_of(vendor: Vendor, page: str) -> list[str]:
    """The states that the first reply went through, as the panel tells them, once it was read."""
    return settled(lambda: next(iter(vendor.histories(page)), []), lambda seen: "read" in seen)


def await_lead(vendor: Vendor, page: str) -> dict[str, str]:
    """The lead card once all four fields are there."""
    return settled(lambda: vendor.lead(page), lambda lead: len(lead) == 4)


def settled(look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """What is seen once it is enough, or at the latest after SETTLE_SECONDS."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        seen = look()
        if enough(seen) or time.monotonic() > deadline:
            return seen
        time.sleep(0.2)


class Customer:
    """A person with a phone in the sandbox world."""

    def __init__(self, stack: Stack, cast: Cast) -> None:
        self.world, self.cast = stack.world, cast
        self.heard = 0

    def say(self, text: str) -> None:
        """Writes to the business."""
        self.world.say(self.cast.whatsapp, self.cast.number, text)

    def hears(self) -> str:
        """The next message of the business. Raises WorldError when none comes."""
        reply = self.world.wait_for_reply(self.cast.whatsapp, after=self.heard, timeout=REPLY_SECONDS)
        self.heard = reply.order
        return reply.text

    def hears_nothing(self, seconds: float) -> bool:
        """Whether the business stays silent for so long."""
        time.sleep(seconds)
        shown = self.world.messages_of(self.cast.whatsapp, after=self.heard)
        return not any(message.direction == "from_business" for message in shown)

    def asks(self, text: str) -> str:
        """Writes, and waits for the answer."""
        self.say(text)
        return self.hears()


def limits(stack: Stack) -> dict[str, Any]:
    """The limits and windows in force, as shipped."""
    shown = stack.manage("show_limits")
    if not shown:
        raise Failed("manage.py show_limits printed nothing.")
    return shown
