"""Offline vectors are the same everywhere, of length one, and near for texts that mean the same."""

import math
import subprocess
import sys

import pytest

from apps.llm.base import DIMENSIONS, LLMError
from apps.llm.registry import get

#: `bike` in the recipe of offline-hash-1; stored vectors would be lost if it changed.
FILLED = {
    305: 0.153855,
    373: 0.153855,
    384: -0.153855,
    386: 0.466252,
    410: -0.153855,
    518: -0.153855,
    1030: 0.153855,
    1122: 0.153855,
    1258: 0.593442,
    1309: 0.153855,
    1343: 0.153855,
    1449: 0.466252,
}


def _near(one: str, other: str) -> float:
    first, second = get("offline").embed([one, other])
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_vectors_have_our_length_and_length_one() -> None:
    vectors = get("offline").embed(["Opening hours", "¿Dónde están?", "你好", "👍", "the", "word " * 5000])
    assert [len(vector) for vector in vectors] == [DIMENSIONS] * 6
    assert [round(math.fsum(number * number for number in vector), 9) for vector in vectors] == [1.0] * 6


def test_another_process_makes_the_same_vector() -> None:
    code = (
        "from apps.llm.offline.embed import embed; "
        "print([(i, round(x, 12)) for i, x in enumerate(embed(['Bike rental prices'])[0]) if x])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    here = [
        (place, round(number, 12))
        for place, number in enumerate(get("offline").embed(["Bike rental prices"])[0])
        if number
    ]
    assert run.stdout.strip() == str(here)


def test_recipe_is_the_one_that_the_name_stands_for() -> None:
    vector = get("offline").embed(["bike"])[0]
    filled = {place: round(number, 6) for place, number in enumerate(vector) if number}
    assert get("offline").embedder == "offline-hash-1"
    assert filled == FILLED


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("How much is a bike?", "bicycle prices", "opening hours on Sunday"),
        ("¿Cuánto cuesta alquilar una bicicleta?", "bike rental price", "cancellation policy"),
        ("deliveries", "delivery", "dentist"),
        ("apointment", "appointment", "parking"),
    ],
)
def test_near_in_meaning_is_near_in_space(one: str, near: str, far: str) -> None:
    assert _near(one, near) > _near(one, far) + 0.15


@pytest.mark.parametrize("text", ["", "  \n"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(LLMError) as refused:
        get("offline").embed(["fine", text])
    assert (refused.value.text, refused.value.retryable) == (
        "An empty text cannot be embedded; leave it out.",
        False,
    )
