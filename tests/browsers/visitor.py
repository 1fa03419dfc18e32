"""Somebody who writes in the chat on a business's website."""

import uuid

from playwright.sync_api import Page


def write(page: Page, base: str, key: str, text: str, *more: dict[str, str]) -> None:
    """Sends a text, and whatever else, by the chat's own addresses."""
    origin = {"Origin": base}
    me = page.request.get(f"{base}/chat/{key}/hello/", headers=origin).json()
    said = {"widget": key, "visitor": me["visitor"], "messages": [{"id": str(uuid.uuid4()), "text": text}, *more]}
    headers = {**origin, "Authorization": f"Visitor {me['token']}"}
    answer = page.request.post(f"{base}/webhook/web_chat/{key}/", headers=headers, data=said)
    assert answer.ok, answer.text()
