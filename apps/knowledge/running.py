"""Reads a source, a bounded batch at a time. What is done stands in the rows of its pages: whoever comes next goes on.

`step` may be interrupted anywhere and called again; a page is read in one run once, however many hands try.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.bots.models import Bot
from apps.core.events import publish
from apps.knowledge import crawling
from apps.knowledge.book import Book
from apps.knowledge.events import SourceReady
from apps.knowledge.extraction.problems import Unreadable
from apps.knowledge.extraction.reader import Reader
from apps.knowledge.learning import learn, lock_reading
from apps.knowledge.models import Page, Source
from apps.knowledge.problems import PASSING, Problem
from apps.knowledge.read import Read
from apps.llm.base import LLM, LLMError

#: A step reads at most so many pages, and begins none after so many seconds.
MOST_PAGES = 10
MOST_SECONDS = 25.0
#: Seconds until a model that failed for the moment is asked again.
RETRY_SECONDS = 60.0

State = Source.State
_NO_WORDS = "There are no words in this text. Remove it and paste another."


def step(pk: int, model_of: Callable[[Bot], LLM]) -> float | None:
    """Reads the next pages, which the bot's model embeds.

    Returns the seconds after which to come again, None when nothing is left to do. Raises LLMError after noting its
    text on the source; the pages then wait as before.
    """
    source, wait = _begin(pk)
    if source is None:
        return wait
    try:
        with Reader() as reader:
            _read_some(source, Book(source, reader), model_of)
    except Unreadable as error:
        return fail(source, Problem(error.problem).words(error.detail))
    except LLMError as error:
        fail(source, error.text, again_in=RETRY_SECONDS if error.retryable else 0.0)
        raise
    return source.pause if _waiting(source).exists() else _finish(source)


def _begin(pk: int) -> tuple[Source | None, float | None]:
    """The source if it is to be read now, in a new run or the one it is in; else the seconds until it is."""
    with transaction.atomic():
        source = Source.objects.select_for_update(of=("self",)).select_related("bot").filter(pk=pk).first()
        if source is None or source.state == State.READING:
            return source, None
        if source.state != State.QUEUED:
            left = (source.next_at - timezone.now()).total_seconds() if source.next_at else None
            if left is None or left > 0:
                return None, left
        if source.state == State.QUEUED or not _waiting(source).exists():
            source.run, source.started_at = source.run + 1, timezone.now()
        source.state, source.error, source.next_at = State.READING, "", None
        source.save(update_fields=["run", "started_at", "state", "error", "next_at"])
    return source, None


def _read_some(source: Source, book: Book, model_of: Callable[[Bot], LLM]) -> None:
    """Raises Unreadable when the source cannot be read at all, LLMError."""
    if not source.pages.filter(run=source.run).exists():
        _make_waiting(source, book.begin())
    until = time.monotonic() + MOST_SECONDS
    found: list[tuple[Page, Read]] = []
    for page in list(_waiting(source)[: 1 if source.pause else MOST_PAGES]):
        found.append((page, book.read(page)))
        if time.monotonic() > until or not Source.objects.filter(pk=source.pk, state=State.READING).exists():
            break
    if found:
        learn(source, found, model_of(source.bot))


def _make_waiting(source: Source, pages: list[Read]) -> None:
    with transaction.atomic():
        if lock_reading(source):
            crawling.make_waiting(source, [one for one in pages if not one.problem])
            for one in pages:
                if one.problem:
                    crawling.note(source, 0, one.address, Problem(one.problem), one.detail)


def _waiting(source: Source) -> QuerySet[Page]:
    return source.pages.filter(run=source.run, state=Page.State.WAITING).order_by("depth", "number")


def _finish(source: Source) -> float | None:
    """The run is over: what was not met in it is forgotten, and the source is ready, unless nothing was read."""
    with transaction.atomic():
        if not lock_reading(source):
            return None
        pages = source.pages.filter(run=source.run)
        if not pages.filter(state=Page.State.READ).exists():
            first = pages.filter(~Q(problem="")).order_by("depth", "number").first()
            return fail(source, _why(source, first))
        if not pages.filter(problem__in=PASSING).exists():  # behind what could not be read there may be others
            source.pages.exclude(run=source.run).delete()
        source.state, source.error, source.indexed_at = State.READY, "", timezone.now()
        source.next_at = _next(source)
        source.save(update_fields=["state", "error", "indexed_at", "next_at"])
        publish(SourceReady(source.pk))
    return source.every_hours * 3600.0 or None


def fail(source: Source, why: str, *, again_in: float = 0.0) -> float | None:
    """Notes why the source could not be read; returns the seconds until it is tried again, if it is."""
    source.state, source.error = State.FAILED, why[:300]
    source.next_at = timezone.now() + timedelta(seconds=again_in) if again_in else _next(source)
    with transaction.atomic():
        if lock_reading(source):
            source.save(update_fields=["state", "error", "next_at"])
    return again_in or source.every_hours * 3600.0 or None


def _next(source: Source) -> datetime | None:
    return timezone.now() + timedelta(hours=source.every_hours) if source.every_hours else None


def _why(source: Source, page: Page | None) -> str:
    if page is None or (source.kind == Source.Kind.TEXT and page.problem == Problem.NO_WORDS):
        return _NO_WORDS
    return page.why
