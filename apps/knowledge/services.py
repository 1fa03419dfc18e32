"""Takes texts into a bot's knowledge, makes them findable, and takes them out again."""

from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.utils import timezone

from apps.bots.models import Bot
from apps.bots.services import llm_of
from apps.core import audit, connections
from apps.core.events import publish
from apps.knowledge import chunks
from apps.knowledge.events import SourceReady
from apps.knowledge.languages import both_spellings, configuration
from apps.knowledge.models import Chunk, Source
from apps.llm.base import LLM, LLMError
from apps.work.services import make_due

INDEX = "knowledge.index"
#: Characters of one source.
MOST = 200_000
#: Texts embedded in one call of the model.
_BATCH = 100
_COPY_CHUNKS = """
INSERT INTO knowledge_chunk (source_id, position, text, words, embedder, embedding)
SELECT %(copy)s, position, text, words, embedder, embedding FROM knowledge_chunk WHERE source_id = %(original)s
"""


def add_text(bot: Bot, *, title: str, text: str, language: str | None = None) -> Source:
    """A new source of the bot; it is found once it has been indexed, which is made due here.

    `language` is a two-letter code, the bot's own when left out. Raises ValidationError for an empty or
    overlong text, or a missing title.
    """
    title, text = _clean(title)[:200], _clean(text)
    if not title:
        raise ValidationError("The text has no title. Give it one, so that people can tell it from others.")
    if not text:
        raise ValidationError(f"“{title}” is empty. Paste the text that the bot should know.")
    if len(text) > MOST:
        raise ValidationError(
            f"“{title}” has {len(text):,} characters, and a text may have {MOST:,}. Split it into several."
        )
    with transaction.atomic():
        source = Source.objects.create(bot=bot, title=title, text=text, language=(language or bot.language)[:8])
        make_due(INDEX, source.pk)
        added: audit.Changes = {"bot": ["", bot.name], "characters": [0, len(text)]}
        audit.record("knowledge.added", source, name=title, changes=added)
    return source


def index(source: Source) -> Source:
    """Cuts the source into chunks and makes them findable, in place of those it had. Repeating it is harmless.

    The model embeds outside of any transaction. Raises LLMError after noting its text on the source; the
    chunks stay as they were.
    """
    pieces = chunks.split(source.text)
    if not pieces:
        return _failed(source, "There are no words in this text. Remove it and paste another.")
    bot = source.bot
    connections.release()
    try:
        llm = llm_of(bot)
        vectors = _embed(llm, [f"{source.title}\n{piece}" for piece in pieces])
    except LLMError as error:
        _failed(source, error.text)
        raise
    return _replace(source, pieces, vectors, llm.embedder)


def remove(source: Source) -> None:
    """Takes the source out of the bot's knowledge."""
    with transaction.atomic():
        gone, _by_model = Source.objects.filter(pk=source.pk).delete()
        if gone:
            removed: audit.Changes = {"bot": [source.bot.name, ""], "characters": [len(source.text), 0]}
            audit.record("knowledge.removed", source, name=source.title, changes=removed)


def read_again(source: Source) -> None:
    """Somebody wants a text to be read once more, such as one that failed."""
    with transaction.atomic():
        index_again(Source.objects.filter(pk=source.pk))
        audit.record("knowledge.read_again", source, name=source.title)


def index_again(sources: QuerySet[Source]) -> None:
    """Makes these sources due to be indexed anew; until then what they had stays findable."""
    with transaction.atomic():
        for pk in list(sources.values_list("pk", flat=True)):
            Source.objects.filter(pk=pk).update(state=Source.State.QUEUED, error="")
            make_due(INDEX, pk)


def copy_all(bot_id: int, copy_id: int) -> None:
    """Gives the copy of a bot all that the bot knows, chunks included: nothing is embedded a second time."""
    with transaction.atomic(), connection.cursor() as cursor:
        for source in Source.objects.filter(bot=bot_id).order_by("pk"):
            original, source.pk, source.bot_id, source._state.adding = source.pk, None, copy_id, True
            source.save(force_insert=True)
            cursor.execute(_COPY_CHUNKS, {"copy": source.pk, "original": original})
            if source.state == Source.State.QUEUED:
                make_due(INDEX, source.pk)


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def _embed(llm: LLM, texts: list[str]) -> list[list[float]]:
    batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
    return [vector for batch in batches for vector in llm.embed(batch)]


def _replace(source: Source, pieces: list[str], vectors: list[list[float]], embedder: str) -> Source:
    config = configuration(source.language)
    with transaction.atomic():
        if Source.objects.select_for_update().filter(pk=source.pk).first() is None:
            return source  # removed while the model was at it
        source.chunks.all().delete()
        Chunk.objects.bulk_create(
            Chunk(
                source=source,
                position=position,
                text=piece,
                words=SearchVector(Value(both_spellings(f"{source.title} {piece}")), config=config),
                embedder=embedder,
                embedding=vector,
            )
            for position, (piece, vector) in enumerate(zip(pieces, vectors, strict=True))
        )
        source.state, source.error, source.indexed_at = Source.State.READY, "", timezone.now()
        source.save(update_fields=["state", "error", "indexed_at"])
        publish(SourceReady(source.pk))
    return source


def _failed(source: Source, why: str) -> Source:
    source.state, source.error = Source.State.FAILED, why[:300]
    Source.objects.filter(pk=source.pk).update(state=source.state, error=source.error)
    return source
