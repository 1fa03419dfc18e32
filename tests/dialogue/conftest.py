"""The model behind every bot of these tests."""

import pytest

from tests.dialogue.model import Model
from tests.graph import Graph


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch, graph: Graph) -> Model:
    """Asked by turns and by the search; the Graph takes reads and typing marks."""
    fake = Model()
    monkeypatch.setattr("apps.dialogue.services.llm_of", lambda bot: fake)
    monkeypatch.setattr("apps.knowledge.search.llm_of", lambda bot: fake)
    return fake
