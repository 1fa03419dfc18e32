"""Walks through a website: from where it begins along its own links, as far as its limits and robots.txt allow."""

import time
from collections.abc import Sequence

from apps.core import connections
from apps.knowledge.extraction.problems import TOO_SLOW, Unreadable
from apps.knowledge.extraction.reader import Reader
from apps.knowledge.fetching import Fetched, fetch, fetch_robots
from apps.knowledge.models import Page, Source
from apps.knowledge.problems import NOTES, Problem
from apps.knowledge.read import MOST_TEXT, Read
from apps.knowledge.sites import may_be_page, normalised, same_site

#: Seconds for a PDF that is linked.
PDF_SECONDS = 60.0


def begin(source: Source, reader: Reader) -> list[Read]:
    """Reads robots.txt; the only page known as yet is the one where the website begins. Raises Unreadable."""
    connections.release()
    source.robots = fetch_robots(source.address)
    open_to_us, source.pause = reader.allowed(source.robots, source.address)
    if not open_to_us:
        raise Unreadable(Problem.ROBOTS)
    Source.objects.filter(pk=source.pk, run=source.run).update(robots=source.robots, pause=source.pause)
    return [Read(source.address)]


def read(source: Source, page: Page, reader: Reader) -> Read:
    """The page's title, text and links. Raises Unreadable."""
    connections.release()  # nobody keeps a connection while a website takes its time
    fetched = fetch(page.address)
    if fetched.leads_to:
        return _moved(source, page, fetched.leads_to, reader)
    if fetched.kind == "application/pdf":
        return _pdf(page, fetched, reader)
    said = reader.web(
        fetched.body,
        url=page.address,
        charset=fetched.charset,
        robots=source.robots,
        entrance=page.depth == 0,
    )
    links = [link for one in said["links"] if (link := normalised(one)) and same_site(link, source.address)]
    shut = normalised(said["shut"])
    return Read(
        page.address,
        title=said["title"],
        text=said["text"],
        links=tuple(dict.fromkeys(link for link in links if may_be_page(link))),
        shut=shut if shut and same_site(shut, source.address) else "",
    )


def spread(source: Source, page: Page, found: Read) -> None:
    """Makes the pages that this one leads to due in this run, as many as the limits allow. In the caller's lock."""
    if found.shut:
        note(source, page.depth + 1, found.shut, Problem.ROBOTS, "")
    depth = page.depth + (0 if found.problem == Problem.MOVED else 1)
    known = dict(source.pages.filter(address__in=found.links).values_list("address", "run"))
    fresh = [link for link in found.links if known.get(link) != source.run]
    if depth > source.most_depth:
        fresh = _left_out(source, depth, fresh, 0, Problem.MOST_DEPTH, source.most_depth)
    room = max(source.most_pages - pages_of(source), 0)
    fresh = _left_out(source, depth, fresh, room, Problem.MOST_PAGES, source.most_pages)
    make_waiting(source, [Read(link) for link in fresh], depth=depth)


def make_waiting(source: Source, wanted: Sequence[Read], *, depth: int = 0) -> None:
    """The pages wait to be read in this run, those of earlier runs anew."""
    known = {page.address: page for page in source.pages.filter(address__in=[one.address for one in wanted])}
    number = source.pages.filter(run=source.run).count()
    for place, one in enumerate(wanted, number + 1):
        page = known.get(one.address) or Page(source=source, address=one.address)
        page.run, page.number, page.depth, page.state = source.run, place, depth, Page.State.WAITING
        page.problem, page.detail = "", ""
        page.save()


def note(source: Source, depth: int, address: str, problem: Problem, detail: object) -> None:
    """Says once in a run what was left out, at the first address of it."""
    if not source.pages.filter(run=source.run, problem=problem).exists():
        number = source.pages.filter(run=source.run).count() + 1
        said = {"run": source.run, "number": number, "depth": depth, "state": Page.State.LEFT_OUT}
        left_out, _ = source.pages.update_or_create(
            address=address, defaults={**said, "problem": problem, "detail": str(detail)}
        )
        left_out.chunks.all().delete()


def pages_of(source: Source) -> int:
    """How many pages the run has so far, those left out by a limit not counted."""
    return source.pages.filter(run=source.run).exclude(problem__in=NOTES).count()


def _left_out(source: Source, depth: int, links: list[str], room: int, problem: Problem, limit: int) -> list[str]:
    """Those for which there is room; of the others the first is noted."""
    if len(links) > room:
        note(source, depth, links[room], problem, limit)
    return links[:room]


def _moved(source: Source, page: Page, leads_to: str, reader: Reader) -> Read:
    if not reader.allowed(source.robots, leads_to)[0]:
        raise Unreadable(Problem.ROBOTS)
    moved = Read(page.address, links=(leads_to,), problem=Problem.MOVED, detail=leads_to[:300])
    return moved if leads_to != page.address else Read(page.address, problem=Problem.GONE, detail="→")


def _pdf(page: Page, fetched: Fetched, reader: Reader) -> Read:
    """A PDF on a website is a page of it, and may take as long as one."""
    text, until = "", time.monotonic() + PDF_SECONDS
    for number in range(reader.open("pdf", fetched.body)):
        text += reader.page(number) + "\n\n"
        if time.monotonic() > until:
            raise Unreadable(TOO_SLOW, f"{PDF_SECONDS:g} s")
        if len(text) > MOST_TEXT:
            break
    name = page.address.rpartition("/")[2][:200]
    return Read(page.address, title=name, text=text.strip())
