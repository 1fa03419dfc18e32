"""Texts in batches that a server takes, and its vectors in the length we store.

Owns the limits of embedding requests and the padding of shorter vectors.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from apps.llm.base import DIMENSIONS, LLMError
from apps.llm.openai.answers import Unusable

# OpenAI takes 2048 inputs and 300 000 tokens a request; fewer inputs keep an answer in floats under 10 MB.
MOST_INPUTS = 512
MOST_TOKENS = 300_000


class _Item(BaseModel):
    index: int
    embedding: list[float]


class _Embeddings(BaseModel):
    data: list[_Item]


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in requests within the limits. Raises LLMError for an empty text."""
    batch: list[str] = []
    tokens = 0
    for text in texts:
        if not text.strip():
            raise LLMError("An empty text cannot be embedded; leave it out.", retryable=False)
        size = _most_tokens(text)
        if batch and (len(batch) == MOST_INPUTS or tokens + size > MOST_TOKENS):
            yield batch
            batch, tokens = [], 0
        batch.append(text)
        tokens += size
    if batch:
        yield batch


def _most_tokens(text: str) -> int:
    """More tokens than any tokeniser makes of it, as a rule: a third of its bytes."""
    return math.ceil(len(text.encode()) / 3)


def read_vectors(payload: Any, *, count: int, model: str) -> list[list[float]]:
    """Unit vectors of DIMENSIONS in the order of the inputs. Raises Unusable, or LLMError for a model too wide."""
    try:
        items = sorted(_Embeddings.model_validate(payload).data, key=lambda item: item.index)
    except ValidationError as error:
        raise Unusable("it held no vectors") from error
    if [item.index for item in items] != list(range(count)):
        raise Unusable("vectors were missing")
    return [_stored(item.embedding, model) for item in items]


def _stored(vector: list[float], model: str) -> list[float]:
    if len(vector) > DIMENSIONS:
        raise LLMError(
            f"The embedding model {model} makes vectors of {len(vector)} numbers; at most {DIMENSIONS} can be stored. "
            "Choose another embedding model.",
            retryable=False,
        )
    length = math.hypot(*vector)
    if not length or not math.isfinite(length):
        raise Unusable("a vector was empty")
    return [number / length for number in vector] + [0.0] * (DIMENSIONS - len(vector))
