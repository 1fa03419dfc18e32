"""Somebody who writes in the chat on a business's website."""

import json
import uuid
from collections.abc import Callable

from playwright.sync_api import APIResponse, BrowserContext, ConsoleMessage, Error, Page

from sandbox.redelivery import NO_ANSWER, Answered, insist

#: Where the chat posts.
INTAKE = "/webhook/web_chat/"
#: How a browser tells of a post that was put off: a page of another website may not even read that it was.
PUT_OFF = (
    "Failed to load resource: the server responded with a status of 503",
    "Failed to load resource: net::ERR_FAILED",
)


def write(browser: Page | BrowserContext, base: str, key: str, text: str, *more: dict[str, str]) -> None:
    """Sends a text, and whatever else, by the chat's own addresses; again under the same ids while it is put off.

    Raises Failed when it is not taken.
    """
    headers = {"Origin": base}
    me = json.loads(insist(lambda: heard(lambda: browser.request.get(f"{base}/chat/{key}/hello/", headers=headers))))
    headers["Authorization"] = f"Visitor {me['token']}"
    said = {"widget": key, "visitor": me["visitor"], "messages": [{"id": str(uuid.uuid4()), "text": text}, *more]}
    address = f"{base}{INTAKE}{key}/"
    insist(lambda: heard(lambda: browser.request.post(address, headers=headers, data=said)))


def heard(ask: Callable[[], APIResponse]) -> Answered:
    """The answer, or that there was none."""
    try:
        answer = ask()
        return Answered(answer.status, answer.text())
    except Error as error:
        return Answered(NO_ANSWER, error.message)


def tells_of_delay(message: ConsoleMessage) -> bool:
    """Whether the browser's console tells that the intake put the chat off, which then posts the same again.

    That it does is for the test to see: what was written is answered.
    """
    if INTAKE in message.location["url"]:
        return message.text.startswith(PUT_OFF)
    return INTAKE in message.text and "has been blocked by CORS policy" in message.text
