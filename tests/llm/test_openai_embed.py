"""Embeddings come in batches the server takes and are stored in one length."""

from collections.abc import Callable

import pytest

from apps.llm.base import DIMENSIONS, LLMError
from tests.llm.server import Answer, Server, vectors
from tests.llm.test_openai_chat import llm

Serving = Callable[..., Server]


def test_vectors_come_in_the_order_of_the_texts(serving: Serving) -> None:
    server = serving(vectors(3))
    found = llm(server).embed(["a", "b", "c"])
    assert [vector.index(1.0) for vector in found] == [0, 1, 2]
    assert [len(vector) for vector in found] == [DIMENSIONS] * 3
    assert server.asked[0][0] == "/v1/embeddings"
    assert server.bodies() == [
        {
            "input": ["a", "b", "c"],
            "model": "text-embedding-3-small",
            "encoding_format": "float",
            "dimensions": DIMENSIONS,
        }
    ]


def test_other_models_are_not_asked_for_dimensions_and_are_padded(serving: Serving) -> None:
    server = serving(vectors(1, length=4))
    (vector,) = llm(server, embedding_model="nomic-embed-text").embed(["a"])
    assert vector == [1.0] + [0.0] * (DIMENSIONS - 1)
    assert "dimensions" not in server.bodies()[0]


def test_wider_vectors_are_refused(serving: Serving) -> None:
    server = serving(vectors(1, length=3072))
    with pytest.raises(LLMError) as refused:
        llm(server, embedding_model="wide").embed(["a"])
    assert refused.value.text == (
        "The embedding model wide makes vectors of 3072 numbers; at most 1536 can be stored. "
        "Choose another embedding model."
    )
    assert not refused.value.retryable
    assert len(server.asked) == 1


def test_many_texts_go_in_several_requests(serving: Serving) -> None:
    server = serving(vectors(512, length=512), vectors(188, length=512))
    found = llm(server, embedding_model="e").embed(["text"] * 700)
    assert [len(body["input"]) for body in server.bodies()] == [512, 188]
    assert [found[place].index(1.0) for place in (0, 511, 512, 699)] == [0, 511, 0, 187]


def test_long_texts_go_in_requests_below_the_limit_on_tokens(serving: Serving) -> None:
    server = serving(vectors(3, length=8), vectors(1, length=8))
    found = llm(server, embedding_model="e").embed(["x" * 300_000] * 4)
    assert [len(body["input"]) for body in server.bodies()] == [3, 1]
    assert len(found) == 4


@pytest.mark.parametrize("text", ["", " \n"])
def test_empty_text_is_refused_before_anything_is_sent(serving: Serving, text: str) -> None:
    server = serving(vectors(1))
    with pytest.raises(LLMError) as refused:
        llm(server).embed(["fine", text])
    assert refused.value.text == "An empty text cannot be embedded; leave it out."
    assert server.asked == []


def test_nothing_to_embed_asks_nothing(serving: Serving) -> None:
    server = serving(vectors(1))
    assert llm(server).embed([]) == []
    assert server.asked == []


@pytest.mark.parametrize(
    "answer",
    [vectors(1), vectors(2, start=5000), Answer({"data": "none"}), Answer({"data": []}), Answer(b"nothing")],
)
def test_missing_or_empty_vectors_are_an_error(serving: Serving, answer: Answer) -> None:
    server = serving(answer)
    with pytest.raises(LLMError) as failed:
        llm(server, embedding_model="e").embed(["a", "b"])
    assert (failed.value.text, failed.value.retryable) == (
        "The model e at 127.0.0.1 gave no usable answer twice.",
        True,
    )
    assert len(server.asked) == 2
