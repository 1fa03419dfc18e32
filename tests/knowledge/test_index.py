"""A source becomes chunks that can be found."""

from datetime import UTC, datetime

import pytest

from apps.bots.models import Bot
from apps.knowledge import running, services, tasks
from apps.knowledge.events import SourceReady
from apps.knowledge.models import Chunk, Source
from apps.knowledge.services import add_text, index, remove
from apps.llm.base import LLMError
from apps.work.claims import Claim
from apps.work.runner import Later
from tests.knowledge.llms import Failing, Planned, axis, speak_with


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was told to other apps."""
    told: list[object] = []
    monkeypatch.setattr(running, "publish", told.append)
    return told


def claim_of(source: Source) -> Claim:
    return Claim(1, 1, services.INDEX, str(source.pk), 1, datetime(2026, 1, 1, tzinfo=UTC), 1)


def test_source_is_ready_with_its_chunks(bot: Bot, monkeypatch: pytest.MonkeyPatch, published: list[object]) -> None:
    llm = Planned({"bicycles": 3})
    speak_with(monkeypatch, llm)
    source = index(add_text(bot, title="Shop", text="We repair bicycles."))
    stored = Source.objects.get()
    assert (stored.state, stored.error) == (Source.State.READY, "") and stored.indexed_at == source.indexed_at
    chunk = Chunk.objects.get()
    assert (chunk.position, chunk.text, chunk.embedder) == (0, "We repair bicycles.", "planned-1")
    assert list(chunk.embedding) == axis(3)
    assert chunk.words == "'bicycl':4 'repair':3 'shop':1"
    assert llm.batches == [["Shop\nWe repair bicycles."]]
    assert published == [SourceReady(source.pk)]


def test_words_are_those_of_the_sources_language(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    index(add_text(bot, title="Taller", text="Reparamos bicicletas los sábados.", language="es-MX"))
    assert Chunk.objects.get().words == "'biciclet':3 'repar':2 'sab':5,6 'tall':1"


def test_language_without_a_stemmer_is_taken_as_written(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    index(add_text(bot, title="Sklep", text="Naprawiamy rowery", language="pl"))
    assert Chunk.objects.get().words == "'naprawiamy':2 'rowery':3 'sklep':1"


def test_indexing_again_replaces_the_chunks(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    source = add_text(
        bot, title="Prices", text="\n".join(f"Repair {number} costs {number} euros." for number in range(90))
    )
    index(source)
    first = list(Chunk.objects.order_by("position").values_list("position", "text"))
    index(source)
    assert len(first) == 3
    assert list(Chunk.objects.order_by("position").values_list("position", "text")) == first


def test_long_source_is_embedded_in_batches(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    llm = Planned({})
    speak_with(monkeypatch, llm)
    index(add_text(bot, title="Book", text="All about bicycles. " * 5000))
    sizes = [len(batch) for batch in llm.batches]
    assert sizes[0] == 100 and sum(sizes) == Chunk.objects.count() > 100


def test_failing_model_is_noted_for_people_and_old_chunks_stay(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, published: list[object]
) -> None:
    speak_with(monkeypatch, Planned({}))
    source = index(add_text(bot, title="Shop", text="We repair bicycles."))
    speak_with(monkeypatch, Failing("The key was refused. Enter another one.", retryable=False))
    with pytest.raises(LLMError):
        index(source)
    stored = Source.objects.get()
    assert (stored.state, stored.error) == (Source.State.FAILED, "The key was refused. Enter another one.")
    assert Chunk.objects.get().embedder == "planned-1"
    assert published == [SourceReady(source.pk)]


def test_text_without_words_fails_with_what_to_do(bot: Bot) -> None:
    source = index(add_text(bot, title="Line", text="-----"))
    assert source.state == Source.State.FAILED
    assert Source.objects.get().error == "There are no words in this text. Remove it and paste another."


def test_source_removed_while_the_model_was_at_it_stays_removed(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, published: list[object]
) -> None:
    source = add_text(bot, title="Shop", text="We repair bicycles.")

    class Removing(Planned):
        def embed(self, texts):  # type: ignore[no-untyped-def] # as Planned.embed
            remove(Source.objects.get())
            return super().embed(texts)

    speak_with(monkeypatch, Removing({}))
    index(source)
    assert not Source.objects.exists() and not Chunk.objects.exists()
    assert published == []


def test_work_indexes_the_source_it_names(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    named, other = add_text(bot, title="A", text="We repair."), add_text(bot, title="B", text="We sell.")
    assert tasks.index(claim_of(named)) is None
    assert list(Source.objects.order_by("title").values_list("state", flat=True)) == ["ready", "queued"]
    assert not other.chunks.exists()


def test_work_on_a_ready_source_changes_nothing(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    llm = Planned({})
    speak_with(monkeypatch, llm)
    source = index(add_text(bot, title="A", text="We repair."))
    before = Chunk.objects.get().pk
    tasks.index(claim_of(source))
    assert Chunk.objects.get().pk == before and len(llm.batches) == 1


def test_work_on_a_removed_source_is_done(bot: Bot) -> None:
    source = add_text(bot, title="A", text="We repair.")
    claim = claim_of(source)
    remove(source)
    assert tasks.index(claim) is None


@pytest.mark.parametrize(("retryable", "outcome"), [(True, Later(60)), (False, None)])
def test_only_a_passing_failure_is_tried_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, retryable: bool, outcome: Later | None
) -> None:
    speak_with(monkeypatch, Failing("The model is busy.", retryable=retryable))
    source = add_text(bot, title="A", text="We repair.")
    assert tasks.index(claim_of(source)) == outcome
    assert Source.objects.get().state == Source.State.FAILED
