"""S19: what a bot knows is found in its own workspace only, whatever is asked and whichever id a model names."""

import pytest

from apps import tenants
from apps.bots.models import Bot
from apps.core import http
from apps.knowledge import services as knowledge
from apps.knowledge.models import Chunk
from apps.knowledge.search import search
from apps.llm.base import Prompt, Reply
from tests.furnished import Outside, Parrot
from tests.security.conftest import Furniture
from tests.security.talking import says


class Pointing(Parrot):
    """A model to which every text means the same, and which says that it used the chunk of somebody else."""

    points_to: tuple[int, ...] = ()

    def chat(self, prompt: Prompt) -> Reply:
        """Names what it was never shown."""
        super().chat(prompt)
        return Reply("It stands in our papers.", "pointing", used=self.points_to)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Pointing:
    fake = Pointing()
    for place in ("apps.dialogue.services", "apps.knowledge.search", "apps.knowledge.services"):
        monkeypatch.setattr(f"{place}.llm_of", lambda bot: fake)
    monkeypatch.setattr(http, "request", Outside().request)
    return fake


def learnt(acme: Furniture, theirs: Furniture) -> tuple[str, int]:
    """Both know the same sentence but for the canary, and it means the same to the model; Other's text and chunk."""
    for one in (acme, theirs):
        with tenants.enter(one.business.workspace):
            text = f"The code of the till is {one.business.canary}."
            knowledge.index(knowledge.add_text(one.business.bot, title=f"Till {one.business.canary}", text=text))
            chunk = Chunk.objects.get(source__title__startswith="Till").pk
    return text, chunk


def test_the_very_words_of_another_workspace_find_nothing_of_it(
    acme: Furniture, theirs: Furniture, model: Pointing
) -> None:
    foreign, _ = learnt(acme, theirs)
    for question in (foreign, theirs.business.canary, "What is the code of the till?"):
        with tenants.enter(acme.business.workspace):
            found = search(acme.business.bot, question, limit=100)
        assert acme.business.canary in repr(found)
        assert theirs.business.canary not in repr(found)


def test_a_bot_of_another_workspace_knows_nothing_here(acme: Furniture, theirs: Furniture, model: Pointing) -> None:
    """Its id, and even its row, brought along into the wrong workspace."""
    foreign, _ = learnt(acme, theirs)
    with tenants.enter(acme.business.workspace):
        assert search(theirs.business.bot, foreign) == []
        assert search(Bot(pk=theirs.business.bot.pk), foreign) == []


def test_the_prompt_holds_nothing_of_another_workspace_and_a_pointer_to_it_is_not_kept(
    acme: Furniture, theirs: Furniture, model: Pointing
) -> None:
    foreign, chunk = learnt(acme, theirs)
    model.points_to = (chunk, 999_999)
    turn = says(acme, foreign.replace(theirs.business.canary, "…"))
    assert turn is not None
    ((schema, prompt),) = model.told
    assert schema == acme.business.workspace.schema_name
    assert acme.business.canary in repr(prompt.passages)
    assert theirs.business.canary not in repr(prompt)
    assert {one["chunk"] for one in turn.passages} == {passage.id for passage in prompt.passages}
    assert not any(one["used"] for one in turn.passages)
