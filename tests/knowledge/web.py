"""A website in memory behind `core.http`, which says what was asked of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from apps.bots.models import Bot
from apps.core import http
from apps.knowledge.extraction.__main__ import Child
from apps.knowledge.extraction.reader import Reader
from apps.knowledge.models import Page, Source
from apps.knowledge.services import add_website, read_on


class InProcess(Reader):
    """Answers what the child process would answer, without one."""

    def __init__(self) -> None:
        super().__init__()
        self._answerer = Child()

    def _ask(self, question: dict[str, Any], data: bytes = b"") -> dict[str, Any]:
        return self._answerer.answer(question, data)


HOME = "https://shop.example/"


@dataclass
class Web:
    """Answers by address; what is not there is a 404. An exception as an answer is raised."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda url: None

    def request(self, method: str, url: str, **_: Any) -> http.Response:
        """Stands in for `core.http.request`."""
        self.asked.append(url)
        self.before(url)
        answer = self.answers.get(url, http.Response(404, {}, b""))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, http.Response) else page(answer)

    @property
    def pages_asked(self) -> list[str]:
        """Without robots.txt."""
        return [url for url in self.asked if not url.endswith("/robots.txt")]


def page(html: str, *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> http.Response:
    """An answer as a web server gives it."""
    return http.Response(status, {"content-type": kind, **headers}, html.encode())


def moved(to: str) -> http.Response:
    """A redirect."""
    return http.Response(302, {"location": to}, b"")


def html(title: str, *links: str, text: str = "") -> str:
    """A page with a sentence of its own and these links."""
    ways = "".join(f'<li><a href="{link}">On</a></li>' for link in links)
    said = text or f"{title} tells what there is to know of it, in so many words."
    return f"<html><title>{title}</title><body><main><h1>{title}</h1><p>{said}</p><ul>{ways}</ul></main></body></html>"


def website(bot: Bot, **options: Any) -> Source:
    """HOME as a source."""
    return add_website(bot, **{"address": HOME, **options})


def crawl(source: Source) -> Source:
    """Works until nothing is left to do, as workers would one after the other."""
    while read_on(source.pk) is not None and Source.objects.get(pk=source.pk).is_under_way:
        pass
    return Source.objects.get(pk=source.pk)


def states(source: Source) -> Mapping[str, str]:
    """The run's pages by their path: their problem, or their state when they have none."""
    rows = Page.objects.filter(source=source, run=Source.objects.get(pk=source.pk).run)
    return {row.address.removeprefix(HOME): row.problem or row.state for row in rows}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """An empty website; names are found everywhere."""
    found = Web()
    monkeypatch.setattr(http, "request", found.request)
    monkeypatch.setattr("apps.knowledge.addresses.reachable", lambda *_: ("203.0.113.1",))
    yield found
