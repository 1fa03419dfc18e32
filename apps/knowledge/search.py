"""Finds the passages of a bot's knowledge that a question is about: by its words and by its meaning, together.

Each way ranks its best CANDIDATES; the two ranks are fused by their reciprocals, so that neither needs a scale.
"""

import logging

from django.db import connection, transaction
from pgvector import Vector

from apps.bots.models import Bot
from apps.bots.services import llm_of
from apps.core import connections
from apps.knowledge.languages import both_spellings, configuration
from apps.knowledge.models import Source
from apps.llm.base import LLMError, Passage

log = logging.getLogger(__name__)

#: Best of each way, and the constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009: 60).
CANDIDATES = 20
K = 60
#: Characters of a question that are looked at.
MOST_QUESTION = 4000

# The question becomes one query per language of the knowledge: its lexemes, quoted, with "or" between them.
# It is made once, not anew for every chunk.
# An index scan by meaning may meet other bots' chunks first; it goes on until enough of this bot's are found.
# Vectors of other embedders are never compared, and what has no meaning (a zero vector: NaN) is nowhere near.
SEARCH = r"""
WITH asked AS MATERIALIZED (
  SELECT language, (
    SELECT string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | ')
    FROM unnest(to_tsvector(config::regconfig, %(question)s))
  )::tsquery AS query
  FROM unnest(%(languages)s::text[], %(configs)s::text[]) AS spoken (language, config)
), by_words AS (
  SELECT chunk.id, row_number() OVER (ORDER BY ts_rank(chunk.words, asked.query) DESC, chunk.id) AS place
  FROM knowledge_chunk chunk
  JOIN knowledge_source source ON source.id = chunk.source_id
  JOIN asked ON asked.language = source.language
  WHERE source.bot_id = %(bot)s AND chunk.words @@ asked.query
  ORDER BY place LIMIT %(candidates)s
), nearest AS MATERIALIZED (
  SELECT chunk.id, chunk.embedding <=> %(vector)s::vector AS distance
  FROM knowledge_chunk chunk
  JOIN knowledge_source source ON source.id = chunk.source_id
  WHERE source.bot_id = %(bot)s AND chunk.embedder = %(embedder)s
  ORDER BY chunk.embedding <=> %(vector)s::vector LIMIT %(candidates)s
), by_meaning AS (
  SELECT id, row_number() OVER (ORDER BY distance, id) AS place FROM nearest WHERE distance < 'NaN'
)
SELECT chunk.id, source.title, chunk.text,
       (coalesce(1.0 / (%(k)s + by_words.place), 0) + coalesce(1.0 / (%(k)s + by_meaning.place), 0))::float8 AS score
FROM by_words
FULL JOIN by_meaning USING (id)
JOIN knowledge_chunk chunk USING (id)
JOIN knowledge_source source ON source.id = chunk.source_id
ORDER BY score DESC, chunk.id LIMIT %(limit)s
"""


def search(bot: Bot, question: str, *, limit: int = 5) -> list[Passage]:
    """The passages of this bot's knowledge nearest to the question, best first; none when it has no words.

    Of a long question the first MOST_QUESTION characters count. A model that cannot embed is done without:
    then the words alone decide.
    """
    asked = question.replace("\x00", "")[:MOST_QUESTION].strip()
    languages = list(Source.objects.filter(bot=bot).values_list("language", flat=True).distinct()) if asked else []
    if not languages:
        return []
    embedder, vector = _meaning(bot, asked)
    values: dict[str, str | int | list[str] | None] = {
        "question": both_spellings(asked),
        "languages": languages,
        "configs": [configuration(language) for language in languages],
        "bot": bot.pk,
        "embedder": embedder,
        "vector": vector,
        "candidates": CANDIDATES,
        "k": K,
        "limit": limit,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hnsw.iterative_scan', 'strict_order', true)")
        cursor.execute(SEARCH, values)
        return [Passage(*row) for row in cursor.fetchall()]


def _meaning(bot: Bot, question: str) -> tuple[str, str | None]:
    """The question's vector as Postgres reads it, with its embedder's name; no connection is held meanwhile."""
    connections.release()
    try:
        llm = llm_of(bot)
        return llm.embedder, Vector(llm.embed([question])[0]).to_text()
    except LLMError as error:
        log.warning("Bot %s searches by words alone, because its model cannot embed: %s", bot.pk, error.text)
        return "", None
