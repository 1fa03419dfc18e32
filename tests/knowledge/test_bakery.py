"""The bakery in the sandbox world, over real HTTP and through the child process: nothing hangs, the rest goes on."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from apps.bots.models import Bot
from apps.knowledge import fetching
from apps.knowledge.contradictions import contradictions
from apps.knowledge.models import Chunk, Page
from apps.knowledge.search import search
from apps.knowledge.services import add_website, read_again
from sandbox.world.client import World
from tests.knowledge.web import crawl
from tests.sandbox.world.running import running

pytestmark = pytest.mark.slow
ODD = ("slow", "huge", "inside", "round", "failing", "calendar/1", "prices")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running() as world:
        yield world


def test_the_bakery_is_read_and_read_again(
    bot: Bot, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HTTP_TRUSTED_HOSTS = [world.url.removeprefix("http://")]
    monkeypatch.setattr(fetching, "SECONDS", 3.0)
    links = "".join(f'<a href="/bakery/{path}">{path}</a> ' for path in ODD)
    story = "<title>Story</title><main><h1>Our story</h1><p>An oven on Park Street.</p>"
    world.change_site("story", f"{story}{links}</main>")
    base = f"{world.url}/bakery/"
    began = time.monotonic()
    source = crawl(add_website(bot, address=base, most_pages=40, most_depth=3))
    assert source.state == "ready" and time.monotonic() - began < 60
    said = {page.address.removeprefix(base): page.problem or page.state for page in Page.objects.all()}
    assert {name: said[name] for name in ("", "prices", "visit", "orders", "faq", "story")} == dict.fromkeys(
        ("", "prices", "visit", "orders", "faq", "story"), "read"
    )
    assert {name: said[name] for name in ODD[:5]} == {
        **{"slow": "no_answer", "huge": "page_too_large", "inside": "leads_elsewhere"},
        **{"round": "gone", "failing": "busy"},
    }
    assert said["old-prices"] == "moved" and said["staff/rota"] == "robots" and "most_depth" in said.values()
    assert "4711" not in "".join(Chunk.objects.values_list("text", flat=True))
    assert "+44 117 496 0111" in Chunk.objects.filter(page__address=base).latest("position").text
    assert "Sourdough loaf: £4.80" in search(bot, "How much is a sourdough loaf?")[0].text
    assert [(one.thing, [s.value for s in one.statements]) for one in contradictions(bot)] == [
        ("loaf rye", ["4.20 GBP", "4.50 GBP"])
    ]
    before = set(Chunk.objects.values_list("pk", flat=True))
    world.change_site("orders", "<title>Orders</title><main><h1>Orders</h1><p>We take no orders in August.</p></main>")
    read_again(source)
    crawl(source)
    after = set(Chunk.objects.values_list("pk", flat=True))
    assert len(after - before) == 1 and len(before - after) == 1
