"""Finds the passages of a bot's knowledge that a question is about: by its words and by its meaning, together.

Each way ranks its best CANDIDATES; the two ranks are fused by their reciprocals, so that neither needs a scale.
"""

import logging
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from pgvector import Vector

from apps.bots.models import Bot
from apps.bots.services import llm_of
from apps.core import connections
from apps.core.statements import Statement
from apps.knowledge.languages import both_spellings, configuration
from apps.llm.base import LLMError, Passage

log = logging.getLogger(__name__)

#: Best of each way, and the constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009: 60).
CANDIDATES = 20
K = 60
#: Chunks of a bot that are compared one by one; of more the index finds the nearest.
COMPARED = 1000
#: Characters of a question that are looked at, and how many of its words are looked for in pairs.
MOST_QUESTION = 4000
PAIRED = 24
#: Of the chunks with a single word of the question so many are ranked; they hardly differ.
RANKED = 1000

# The question becomes two queries per language of the knowledge: its lexemes, quoted, any of them or any two. They are
# made once, not anew for every chunk. A piece with two of the words ranks before each with one, so those with one are
# looked at only when there are too few: of a common word there are thousands, and to rank them is what costs.
# What has no meaning (a zero vector: NaN) is nowhere near.
SEARCH = Statement(r"""
WITH asked AS MATERIALIZED (
  SELECT sources, nullif(array_to_string(words, ' | '), '')::tsquery AS query, (
    SELECT string_agg(one || ' & ' || other, ' | ')
    FROM unnest(words[:%(paired)s]) AS one, unnest(words[:%(paired)s]) AS other WHERE one < other
  )::tsquery AS pairs
  FROM (
    SELECT sources::bigint[] AS sources, ARRAY(
      SELECT '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''''
      FROM unnest(to_tsvector(config::regconfig, %(question)s)) ORDER BY positions[1]
    ) AS words
    FROM unnest(%(configs)s::text[], %(sources)s::text[]) AS spoken (config, sources)
  ) spoken
), with_two AS MATERIALIZED (
  SELECT chunk.id, ts_rank(chunk.words, asked.query) AS rank
  FROM asked JOIN knowledge_chunk chunk ON chunk.words @@ asked.pairs AND chunk.source_id = ANY(asked.sources)
  ORDER BY rank DESC, chunk.id LIMIT %(candidates)s
), with_one AS (
  SELECT id, ts_rank(words, query) AS rank FROM (
    SELECT chunk.id, chunk.words, asked.query
    FROM asked JOIN knowledge_chunk chunk ON chunk.words @@ asked.query AND chunk.source_id = ANY(asked.sources)
    WHERE (SELECT count(*) FROM with_two) < %(candidates)s LIMIT %(ranked)s
  ) matching
  ORDER BY rank DESC, id LIMIT %(candidates)s
), by_words AS (
  SELECT id, row_number() OVER (ORDER BY rank DESC, id) AS place
  FROM (SELECT * FROM with_two UNION SELECT * FROM with_one) found ORDER BY place LIMIT %(candidates)s
), by_meaning AS (
  SELECT id, row_number() OVER (ORDER BY distance, id) AS place
  FROM unnest(%(near)s::bigint[], %(distances)s::float8[]) AS nearest (id, distance) WHERE distance < 'NaN'
), best AS (
  SELECT id, (coalesce(1.0 / (%(k)s + by_words.place), 0) + coalesce(1.0 / (%(k)s + by_meaning.place), 0))::float8
    AS score
  FROM by_words FULL JOIN by_meaning USING (id) ORDER BY score DESC, id LIMIT %(limit)s
)
SELECT chunk.id, chunk.source_id, chunk.text, best.score
FROM best JOIN knowledge_chunk chunk USING (id) ORDER BY best.score DESC, chunk.id
""")
SOURCES = Statement("SELECT id, language, title FROM knowledge_source WHERE bot_id = %s")

# Vectors of other embedders are never compared. Few are compared one by one, which is exact.
FEW = Statement("""
SELECT count(*) FROM (
  SELECT 1 FROM knowledge_chunk WHERE source_id = ANY(%s::bigint[]) LIMIT %s
) counted
""")
NEAREST_OF_FEW = """
WITH compared AS MATERIALIZED (
  SELECT id, embedding <=> %(vector)s::vector AS distance FROM knowledge_chunk
  WHERE source_id = ANY(%(sources)s) AND embedder = %(embedder)s
)
SELECT id, distance FROM compared ORDER BY distance LIMIT %(candidates)s
"""
# The index may meet other bots' chunks first; it goes on until enough of this bot's are found.
NEAREST_OF_MANY = """
WITH question AS MATERIALIZED (SELECT %(vector)s::halfvec(1536) AS vector)
SELECT id, embedding::halfvec(1536) <=> (SELECT vector FROM question) AS distance FROM knowledge_chunk
WHERE source_id = ANY(%(sources)s) AND embedder = %(embedder)s
ORDER BY embedding::halfvec(1536) <=> (SELECT vector FROM question) LIMIT %(candidates)s
"""
# The planner takes a stored vector for as cheap to read as a number, and would rather sort all of them.
BY_INDEX = """
SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.max_scan_tuples', '100000', true),
       set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true)
"""
AS_USUAL = "SELECT set_config('enable_sort', 'on', true), set_config('enable_seqscan', 'on', true)"


def search(bot: Bot, question: str, *, limit: int = 5) -> list[Passage]:
    """The passages of this bot's knowledge nearest to the question, best first; none when it has no words.

    Of a long question the first MOST_QUESTION characters count. A model that cannot embed is done without:
    then the words alone decide.
    """
    asked = question.replace("\x00", "")[:MOST_QUESTION].strip()
    sources = SOURCES.rows([bot.pk]) if asked else []
    if not sources:
        return []
    embedder, vector = _meaning(bot, asked)
    of_language: dict[str, list[int]] = {}
    for id, language, _ in sources:
        of_language.setdefault(language, []).append(id)
    with transaction.atomic(), connection.cursor() as cursor:
        near = _nearest(cursor, [id for id, _, _ in sources], embedder, vector) if vector else []
        values: dict[str, Any] = {
            "question": both_spellings(asked),
            "configs": [configuration(language) for language in of_language],
            "sources": [f"{{{','.join(map(str, ids))}}}" for ids in of_language.values()],
            "near": [id for id, _ in near],
            "distances": [distance for _, distance in near],
            "candidates": CANDIDATES,
            "paired": PAIRED,
            "ranked": RANKED,
            "k": K,
            "limit": limit,
        }
        found = SEARCH.rows(values)
    titles = {id: title for id, _, title in sources}
    return [Passage(id, titles[source], text, score) for id, source, text, score in found]


def _nearest(cursor: CursorWrapper, sources: list[int], embedder: str, vector: str) -> list[tuple[int, float]]:
    """Ids and distances of the chunks whose meaning is nearest."""
    ((chunks,),) = FEW.rows([sources, COMPARED + 1])
    few = chunks <= COMPARED
    values: dict[str, Any] = {"sources": sources, "embedder": embedder, "vector": vector, "candidates": CANDIDATES}
    if few:
        cursor.execute(NEAREST_OF_FEW, values)
    else:
        cursor.execute(";".join([BY_INDEX, NEAREST_OF_MANY, AS_USUAL]), values)  # one way there and back
        cursor.nextset()
    return cursor.fetchall()


def _meaning(bot: Bot, question: str) -> tuple[str, str | None]:
    """The question's vector as Postgres reads it, with its embedder's name; no connection is held meanwhile."""
    connections.release()
    try:
        llm = llm_of(bot)
        return llm.embedder, Vector(llm.embed([question])[0]).to_text()
    except LLMError as error:
        log.warning("Bot %s searches by words alone, because its model cannot embed: %s", bot.pk, error.text)
        return "", None
