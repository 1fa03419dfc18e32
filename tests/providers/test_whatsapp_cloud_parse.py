"""Every recorded delivery is read into exactly what it means."""

import json
from typing import Any

import pytest

from apps.providers.base import Item
from tests.providers.cases import Case, body_of, parsed, recorded
from tests.providers.whatsapp_cloud_cases import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_recorded_delivery_means(case: Case) -> None:
    assert tuple(parsed("whatsapp_cloud", body_of("whatsapp_cloud", case.name))) == case.items


def test_every_recorded_delivery_has_its_row() -> None:
    assert recorded("whatsapp_cloud") == sorted(case.name for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_content_can_be_stored_as_json(case: Case) -> None:
    items: list[Any] = parsed("whatsapp_cloud", body_of("whatsapp_cloud", case.name))
    for item in items:
        if hasattr(item, "content"):
            stored = json.dumps(item.content, allow_nan=False, ensure_ascii=False)
            assert "\\u0000" not in stored
            assert json.loads(stored.encode()) == item.content


def test_reading_the_same_delivery_again_gives_the_same_items() -> None:
    body = body_of("whatsapp_cloud", "many")
    first: list[Item] = parsed("whatsapp_cloud", body)
    assert parsed("whatsapp_cloud", body) == first
