"""The story of a smoke run, step by step, and what of it came true."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from sandbox.smoke.cast import Cast
from sandbox.smoke.customer import REPLY_SECONDS, Customer
from sandbox.smoke.findings import Findings
from sandbox.smoke.owner import Owner
from sandbox.smoke.vendor import Vendor
from sandbox.smoke.visitor import Visitor
from sandbox.world.client import World

T = TypeVar("T")

SETTLE_SECONDS = 60.0
SILENT_SECONDS = 8.0
ANSWER = "Hello, this is Sam from the team."
#: How an honest answer to an unknown question sounds; it must not state a fact of the business instead.
HONEST = re.compile(r"(don['’]t|do not) (have|know)|not sure|no information|(can['’]t|cannot) find", re.I)


def prepare(owner: Owner, findings: Findings) -> None:
    """Signs in and sets the business up, number included. Raises Failed."""
    findings.signed_in_by = owner.sign_in()
    findings.workspace_ready_s = round(owner.start_workspace(), 2)
    owner.create_bot()
    owner.teach()
    owner.connect_number()
    owner.world.add_person(owner.cast.whatsapp, owner.cast.name.split()[0])


def play(world: World, cast: Cast, vendor: Vendor, findings: Findings) -> None:
    """The customer writes, the vendor watches and answers."""
    vendor.open_panel()
    customer = Customer(world, cast)
    customer.say(cast.greeting)
    news = vendor.pushed("conversation")
    page = f"c/{news['id']}/"
    findings.panel_updated_live = cast.greeting in vendor.sees(f"{page}fragments/thread/")
    customer.hears()
    findings.first_reply_s = round(customer.waited(), 2)
    findings.reply_from_knowledge = cast.fact in customer.asks(cast.question)
    unknown = customer.asks(cast.stranger_question)
    findings.honest_when_unknown = bool(HONEST.search(unknown)) and "euros" not in unknown
    customer.asks(cast.introduction)
    customer.asks(cast.whereabouts)
    findings.lead = await_lead(vendor, page)
    findings.lead_right = findings.lead == {
        "name": cast.name,
        "email": cast.email,
        "phone": cast.phone_e164,
        "location": cast.city,
    }
    findings.states_seen = states_of(vendor, page)
    customer.asks(cast.ask_for_person)
    findings.handoff_opened = settled(lambda: cast.name.split()[0] in vendor.sees("waiting/"), bool)
    customer.say("Are you still there?")
    findings.silent_after_handoff = customer.hears_nothing(SILENT_SECONDS)
    vendor.answer(page, ANSWER)
    findings.person_answered = customer.hears() == ANSWER
    findings.duplicates_sent = len(world.duplicates())


def visit(owner: Owner, findings: Findings) -> None:
    """A chat is added for the world's website, and a visitor there asks what the customer asked. Raises Failed."""
    visitor = Visitor(owner.browser.base, owner.add_web_chat(owner.world.url), owner.world.url)
    try:
        findings.web_chat_reply = owner.cast.fact in visitor.asks(owner.cast.question, REPLY_SECONDS)
    finally:
        visitor.close()


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
