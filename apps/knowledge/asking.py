"""What a bot would be given to answer a question from, with where each passage stands."""

from dataclasses import dataclass

from apps.bots.models import Bot
from apps.knowledge.models import Chunk, Source
from apps.knowledge.search import search


@dataclass(frozen=True)
class Found:
    """A passage that was found. `share` is its score as a part of the best one's, in percent."""

    chunk: Chunk
    score: float
    share: int

    @property
    def address(self) -> str:
        """Of its web page; "" when it comes from elsewhere."""
        return self.chunk.page.address if self.chunk.source.kind == Source.Kind.WEBSITE else ""


def ask(bot: Bot, question: str, *, limit: int = 5) -> list[Found]:
    """The passages nearest to the question, best first. Writes nothing; no model answers."""
    passages = search(bot, question, limit=limit)
    rows = Chunk.objects.select_related("source", "page").defer("embedding", "words", "source__text", "source__robots")
    chunks = rows.in_bulk([passage.id for passage in passages])
    best = max((passage.score for passage in passages), default=1.0)
    return [
        Found(chunks[passage.id], passage.score, round(100 * passage.score / best))
        for passage in passages
        if passage.id in chunks  # deleted meanwhile
    ]
