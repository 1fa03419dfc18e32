"""What the pages and the API show of sources: their counts, their troubles, their chunks."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from apps.bots.models import Bot
from apps.knowledge.models import Chunk, Page, Source

_RUN = Q(pages__run=F("run"))


@dataclass(frozen=True)
class Progress:
    """How far the run is: pages by their state, and the chunks that can be found."""

    waiting: int
    read: int
    failed: int
    left_out: int
    chunks: int

    @property
    def done(self) -> int:
        """Pages that are dealt with."""
        return self.read + self.failed + self.left_out

    @property
    def total(self) -> int:
        """Pages as far as they are known."""
        return self.done + self.waiting


def sources_of(bot: Bot) -> QuerySet[Source]:
    """The bot's sources, newest first, each with the counts of its run."""
    counted = {f"{state}_pages": Count("pages", filter=_RUN & Q(pages__state=state)) for state in Page.State.values}
    rows = Source.objects.filter(bot=bot).defer("text", "robots")
    return rows.annotate(**counted).order_by("-created_at", "-pk")


def progress_of(source: Source) -> Progress:
    """Counted now."""
    states = Counter(source.pages.filter(run=source.run).values_list("state", flat=True))
    counts = {state: states[state] for state in Page.State.values}
    return Progress(**counts, chunks=source.chunks.count())


def troubles_of(source: Source) -> QuerySet[Page]:
    """The run's pages that were not read, failures first."""
    return source.pages.filter(run=source.run).exclude(problem="").order_by("state", "depth", "number")


def chunks_of(source: Source, words: str = "") -> QuerySet[Chunk]:
    """The source's chunks in their order, those with these words when there are any."""
    rows = source.chunks.select_related("page").defer("embedding", "words").order_by("page__number", "position")
    for word in words.replace("\x00", "").split()[:8]:
        rows = rows.filter(text__icontains=word)
    return rows
