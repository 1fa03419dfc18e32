"""What a bot would be given to answer a question from, with where each passage stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.bots.models import Bot
from apps.knowledge.models import Chunk
from apps.knowledge.search import search


@dataclass(frozen=True)
class Found:
    """A passage that was found. `share` is its score as a part of the best one's, in percent."""

    chunk: Chunk
    score: float
    share: int


def ask(bot: Bot, question: str, *, limit: int = 5) -> list[Found]:
    """The passages nearest to the question, best first. Writes nothing; no model answers."""
    passages = search(bot, question, limit=limit)
    chunks = chunks_of([passage.id for passage in passages])
    best = max((passage.score for passage in passages), default=1.0)
    return [
        Found(chunks[passage.id], passage.score, round(100 * passage.score / best))
        for passage in passages
        if passage.id in chunks  # deleted meanwhile
    ]


def chunks_of(ids: Sequence[int]) -> dict[int, Chunk]:
    """Those of these pieces that still are known, each with its source and page, by id."""
    rows = Chunk.objects.select_related("source", "page").defer("embedding", "words", "source__text", "source__robots")
    return rows.in_bulk(ids)
