"""The pages: a phone for a person, an index for whoever works here. Only pages of this machine may use them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.screens import chromium
from sandbox.world import app
from sandbox.world.client import World
from sandbox.world.records import Number
from tests.clocks import PATIENCE
from tests.sandbox.world.conftest import ADA, Graph
from tests.sandbox.world.receiver import Receiver


@pytest.mark.parametrize("path", ["/", "/phone/?number=1&person=2"])
def test_pages_load_only_what_the_world_serves_itself(world: World, path: str) -> None:
    page = world.http.get(f"{world.url}{path}")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*" in policy
    assert "X-Frame-Options" not in page.headers
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert all(source.startswith("/") for source in sources)
    assert not re.search(r"<script(?![^>]* src=)|<style| on\w+=| style=", page.text)
    for source in sources:
        assert world.http.get(f"{world.url}{source}").status_code == 200, source


def test_no_asset_names_another_host() -> None:
    for path in filter(Path.is_file, app.STATIC.rglob("*")):
        hosts = set(re.findall(r"https?://([^/\"\s]+)", path.read_text())) - {"www.w3.org"}
        assert hosts == set(), path


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
def test_other_sites_may_not_use_the_control_api(
    world: World, number: Number, receiver: Receiver, headers: dict[str, str]
) -> None:
    path = f"{world.url}/sandbox/people/{ADA}/say"
    answer = httpx2.post(path, json={"to": number.phone_number_id, "text": "Hello"}, headers=headers)
    assert answer.status_code in (400, 403)
    assert receiver.received == []
    assert len(world.messages_of(ADA)) == 1


def test_the_chat_is_streamed_at_every_change(world: World, number: Number, graph: Graph) -> None:
    path = f"{world.url}/sandbox/chats/{number.phone_number_id}/{ADA}/events"
    with httpx2.stream("GET", path, timeout=PATIENCE) as stream:
        lines = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        first = next(lines)
        assert first["business"]["name"] == "Nora's Bakery"
        assert [message["text"] for message in first["messages"]] == ["Good morning"]
        signal = {"messaging_product": "whatsapp", "status": "read", "message_id": first["messages"][0]["wamid"]}
        graph.post(signal | {"typing_indicator": {"type": "text"}})
        second = next(lines)
        assert (second["typing"], second["messages"][0]["state"]) == (True, "read")
        graph.accepted(text="Good morning, Ada")
        third = next(lines)
        assert (third["typing"], third["messages"][1]["text"]) == (False, "Good morning, Ada")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.MISSING)
    with chromium.launched(path) as launched:
        yield launched


def open_phone(browser: Browser, world: World, number: Number, scheme: str = "light") -> tuple[Page, list[str]]:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page, problems = context.new_page(), []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{world.url}/phone/?number={number.phone_number_id}&person={ADA}")
    return page, problems


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_writes_and_reads_on_the_phone(
    browser: Browser, world: World, number: Number, graph: Graph, receiver: Receiver, scheme: str
) -> None:
    page, problems = open_phone(browser, world, number, scheme)
    expect(page.locator("#business")).to_have_text("Nora's Bakery")
    page.fill("#text", "Is there <b>bread</b>?")
    page.keyboard.press("Enter")
    assert receiver.messages()[0].value["messages"][0]["text"]["body"] == "Is there <b>bread</b>?"
    expect(page.locator(".mine .said").last).to_have_text("Is there <b>bread</b>?")
    expect(page.locator("#text")).to_have_value("")
    asked = world.messages_of(ADA)[-1].wamid
    signal = {"messaging_product": "whatsapp", "status": "read", "message_id": asked}
    graph.post(signal | {"typing_indicator": {"type": "text"}})
    expect(page.locator("#typing")).to_be_visible()
    expect(page.locator(".mine .ticks.read")).to_have_count(2)
    graph.accepted(text="Yes, at 7.")
    expect(page.locator(".theirs .said").last).to_have_text("Yes, at 7.")
    expect(page.locator("#typing")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert problems == []
    page.context.close()


def test_the_menu_sends_other_things(
    browser: Browser, world: World, number: Number, graph: Graph, receiver: Receiver
) -> None:
    answer = graph.accepted(text="Where are you?")
    page, problems = open_phone(browser, world, number)
    expect(page.locator(".theirs .said")).to_have_text("Where are you?")
    for kind in ("location", "image", "voice", "reaction"):
        page.click("#more")
        page.click(f"[data-say={kind}]")
    said = [item.value["messages"][0] for item in receiver.messages(4)]
    assert [message["type"] for message in said] == ["location", "image", "audio", "reaction"]
    assert said[2]["audio"]["voice"] is True
    assert said[3]["reaction"] == {"message_id": answer, "emoji": "👍"}
    expect(page.locator(".theirs .reaction")).to_have_text("👍")
    assert problems == []
    page.context.close()


def test_a_button_of_a_message_can_be_pressed(
    browser: Browser, world: World, number: Number, graph: Graph, receiver: Receiver
) -> None:
    buttons = [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]
    question = {"type": "button", "body": {"text": "Shall we?"}, "action": {"buttons": buttons}}
    wamid = graph.accepted(type="interactive", interactive=question)
    page, problems = open_phone(browser, world, number)
    page.click("text=Yes")
    (message,) = receiver.messages()[0].value["messages"]
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}
    assert message["context"]["id"] == wamid
    assert problems == []
    page.context.close()


def test_another_person_can_take_the_phone(browser: Browser, world: World, number: Number, receiver: Receiver) -> None:
    page, problems = open_phone(browser, world, number)
    page.click("#switch")
    page.fill("#new-name", "Grace")
    page.fill("#new-phone", "+44 7700 900123")
    page.click("#add")
    expect(page.locator("#person")).to_have_text("Grace")
    expect(page.locator("#empty")).to_be_visible()
    page.fill("#text", "Hi")
    page.click(".send")
    assert receiver.messages()[0].value["contacts"][0]["wa_id"] == "447700900123"
    assert problems == []
    page.context.close()


def test_the_index_causes_and_clears_faults(browser: Browser, world: World, number: Number, graph: Graph) -> None:
    graph.accepted(text="In the ledger", biz_opaque_callback_data="key-1")
    page = browser.new_page()
    page.goto(world.url)
    expect(page.locator("#ledger")).to_contain_text("In the ledger")
    expect(page.locator("#numbers a").first).to_have_text("Phone of Ada Lovelace")
    page.click("#kinds >> text=429")
    expect(page.locator("#active")).to_contain_text("429 for all numbers")
    assert graph.send().status_code == 429
    page.click("#clear")
    expect(page.locator("#active")).to_be_empty()
    assert graph.send().status_code == 200
    page.close()
