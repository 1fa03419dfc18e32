"""Makes pages findable: cuts them, has the pieces embedded, and puts the chunks in place of those there were."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils import timezone

from apps.core import connections
from apps.knowledge import chunks, crawling, facts
from apps.knowledge.languages import both_spellings, configuration
from apps.knowledge.models import Chunk, Fact, Page, Source
from apps.knowledge.problems import LEAVING_OUT, PASSING, Problem
from apps.knowledge.read import MOST_TEXT, Read
from apps.llm.base import LLM

#: Texts embedded in one call of the model.
BATCH = 100


@dataclass(frozen=True)
class Lesson:
    """A page with what was read of it, cut into pieces; `pieces` None: it says what it said before."""

    page: Page
    read: Read
    title: str
    digest: str = ""
    pieces: tuple[chunks.Piece, ...] | None = None

    @property
    def texts(self) -> list[str]:
        """What is to be embedded: each piece below the title, which says what it is about."""
        return [f"{self.title}\n{piece.text}" for piece in self.pieces or ()]


def learn(source: Source, found: Sequence[tuple[Page, Read]], llm: LLM) -> None:
    """Makes what was read of these pages findable. Raises LLMError, and then nothing has changed.

    The model embeds outside of any transaction, all pages together; each page is written in one of its own.
    """
    lessons = [_lesson(source, page, read, llm) for page, read in found]
    texts = [text for lesson in lessons for text in lesson.texts]
    connections.release()
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    vectors = iter([vector for batch in batches for vector in llm.embed(batch)])
    for lesson in lessons:
        _write(source, lesson, [next(vectors) for _ in lesson.texts], llm.embedder)


def lock_reading(source: Source) -> bool:
    """Locks the source until the transaction ends; False when it is not being read in this run any more."""
    reading = Source.objects.select_for_update().filter(pk=source.pk, run=source.run, state=Source.State.READING)
    return reading.first() is not None


def _lesson(source: Source, page: Page, read: Read, llm: LLM) -> Lesson:
    title = (read.title or source.title)[:200]
    if read.problem:
        return Lesson(page, read, title)
    said = "\x1e".join([title, read.kept, *read.items])
    digest = hashlib.sha256(said.encode()).hexdigest()
    if digest == page.digest and not page.chunks.exclude(embedder=llm.embedder).exists():
        return Lesson(page, read, title, digest)
    items = [piece for one in read.items for piece in chunks.item(one)]
    return Lesson(page, read, title, digest, (*chunks.pieces(read.kept), *items))


def _write(source: Source, lesson: Lesson, vectors: list[list[float]], embedder: str) -> None:
    with transaction.atomic():
        waiting = {"pk": lesson.page.pk, "run": source.run, "state": Page.State.WAITING}
        if not lock_reading(source) or not Page.objects.filter(**waiting).exists():
            return  # stopped, removed, or done by others meanwhile
        page, read = lesson.page, lesson.read
        if source.kind == Source.Kind.WEBSITE:
            crawling.spread(source, page, read)
        problem, detail = _problem(source, lesson)
        page.problem, page.detail = problem, detail[:300]
        if problem:
            page.state = Page.State.LEFT_OUT if problem in LEAVING_OUT else Page.State.FAILED
            _forget(page)
        else:
            page.state, page.title, page.read_at = Page.State.READ, lesson.title, timezone.now()
            if len(read.text) > MOST_TEXT:
                page.problem, page.detail = Problem.MOST_TEXT, f"{MOST_TEXT:,}"
            if lesson.pieces is not None:
                _replace(source, lesson, vectors, embedder)
        page.save()


def _problem(source: Source, lesson: Lesson) -> tuple[str, str]:
    if lesson.read.problem:
        return lesson.read.problem, lesson.read.detail
    if lesson.pieces == ():
        return Problem.NO_WORDS, ""
    if source.kind == Source.Kind.WEBSITE:
        read = source.pages.filter(run=source.run, state=Page.State.READ, digest=lesson.digest)
        if twin := read.exclude(pk=lesson.page.pk).first():
            return Problem.DUPLICATE, twin.address
    return "", ""


def _forget(page: Page) -> None:
    """What a page said is forgotten, unless it only cannot be had just now."""
    if page.problem not in PASSING:
        page.chunks.all().delete()
        page.digest = ""


def _replace(source: Source, lesson: Lesson, vectors: list[list[float]], embedder: str) -> None:
    config = configuration(source.language)
    lesson.page.chunks.all().delete()
    made = Chunk.objects.bulk_create(
        Chunk(
            source=source,
            page=lesson.page,
            position=position,
            headings=chunks.path_of(piece)[:400],
            text=piece.text,
            words=SearchVector(Value(both_spellings(f"{lesson.title} {piece.text}")), config=config),
            embedder=embedder,
            embedding=vector,
        )
        for position, (piece, vector) in enumerate(zip(lesson.pieces or (), vectors, strict=True))
    )
    region = source.bot.region
    Fact.objects.bulk_create(
        Fact(chunk=chunk, kind=fact.kind, thing=fact.thing, value=fact.value, said=fact.said)
        for chunk in made
        for fact in facts.stated(chunk.text, headings=chunk.headings, region=region)
    )
    lesson.page.digest = lesson.digest
