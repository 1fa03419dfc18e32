"""Copies a bot's knowledge as it is: nothing is read or embedded a second time."""

from django.db import connection, transaction

from apps.knowledge.models import Source

_COPY = (
    """
    INSERT INTO knowledge_page (source_id, run, number, address, depth, title, digest, state, problem, detail, read_at)
    SELECT %(copy)s, run, number, address, depth, title, digest, state, problem, detail, read_at
    FROM knowledge_page WHERE source_id = %(original)s
    """,
    """
    INSERT INTO knowledge_chunk (source_id, page_id, position, headings, text, words, embedder, embedding)
    SELECT %(copy)s, copied.id, position, headings, text, words, embedder, embedding
    FROM knowledge_chunk chunk
    JOIN knowledge_page page ON page.id = chunk.page_id
    JOIN knowledge_page copied ON copied.source_id = %(copy)s AND copied.address = page.address
    WHERE chunk.source_id = %(original)s
    """,
    """
    INSERT INTO knowledge_fact (chunk_id, kind, thing, value, said)
    SELECT copied.id, fact.kind, fact.thing, fact.value, fact.said
    FROM knowledge_fact fact
    JOIN knowledge_chunk chunk ON chunk.id = fact.chunk_id
    JOIN knowledge_page page ON page.id = chunk.page_id
    JOIN knowledge_page copied_page ON copied_page.source_id = %(copy)s AND copied_page.address = page.address
    JOIN knowledge_chunk copied ON copied.page_id = copied_page.id AND copied.position = chunk.position
    WHERE chunk.source_id = %(original)s
    """,
)


def copy_all(bot_id: int, copy_id: int) -> list[Source]:
    """Gives the copy of a bot all that the bot knows; returns the copied sources. They share uploaded files."""
    copied = []
    with transaction.atomic(), connection.cursor() as cursor:
        for source in Source.objects.filter(bot=bot_id).order_by("pk"):
            original, source.pk, source.bot_id, source._state.adding = source.pk, None, copy_id, True
            source.save(force_insert=True)
            for statement in _COPY:
                cursor.execute(statement, {"copy": source.pk, "original": original})
            copied.append(source)
    return copied
