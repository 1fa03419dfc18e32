"""No body, however made, makes a provider raise anything but UnreadableBody, or yield what cannot be stored."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.providers import registry
from apps.providers.base import Item, UnreadableBody
from tests.providers.cases import body_of, recorded

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**60, max_value=10**120),
    st.floats(),
    st.text(st.characters(), max_size=30),
    st.sampled_from(["", "\x00", "\ud800", "text", "messages", "1767261600", "wamid.1", "ES.1abc", "0x10"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def must_be_storable(value: Any) -> None:
    """What PostgreSQL refuses: NUL and lone surrogates in text, NaN and infinity in JSON."""
    written = json.dumps(value, default=str, allow_nan=False, ensure_ascii=False)
    written.encode()
    assert "\\u0000" not in written


def items_of(kind: str, body: bytes) -> list[Item]:
    try:
        return registry.get(kind).parse({}, body)
    except UnreadableBody:
        return []


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


@pytest.mark.parametrize("kind", registry.kinds())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.binary(max_size=200))
def test_any_bytes_are_survived(kind: str, body: bytes) -> None:
    assert items_of(kind, body) == items_of(kind, body)


@pytest.mark.parametrize("kind", registry.kinds())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=JSON)
def test_any_json_is_survived(kind: str, value: Any) -> None:
    for item in items_of(kind, json.dumps(value).encode()):
        must_be_storable(asdict(item))


@pytest.mark.parametrize("kind", registry.kinds())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_recorded_delivery_with_parts_replaced_is_survived(kind: str, data: st.DataObject) -> None:
    document = json.loads(body_of(kind, data.draw(st.sampled_from(recorded(kind)))))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(list(places(document)) or [("entry",)]))
        holder = document
        for key in path:
            holder = holder[key]
        if data.draw(st.booleans()) and isinstance(holder, dict):
            holder.pop(last, None)
        else:
            holder[last] = data.draw(JSON)
    for item in items_of(kind, json.dumps(document).encode()):
        must_be_storable(asdict(item))
