"""What a question finds in a bot's knowledge."""

import logging
from itertools import pairwise

import pytest
from django.db import connection

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.knowledge import search as search_module
from apps.knowledge.models import Chunk, Source
from apps.knowledge.search import search
from apps.knowledge.services import add_text, index
from apps.llm.base import DIMENSIONS, Passage
from apps.tenants.models import Workspace
from tests.knowledge.llms import Failing, Planned, speak_with


@pytest.fixture
def by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bots whose model cannot tell one text from another after indexing, so that words alone decide."""
    speak_with(monkeypatch, Failing("The model is out of order.", retryable=True))


def learn(bot: Bot, title: str, text: str, language: str | None = None) -> Source:
    return index(add_text(bot, title=title, text=text, language=language))


def titles(passages: list[Passage]) -> list[str]:
    return [passage.title for passage in passages]


@pytest.fixture
def learnt(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """A bot that knows two texts, whose meanings are bicycles and bread."""
    speak_with(monkeypatch, Planned({"cycle": 0, "bike": 0, "bread": 1}))
    learn(bot, "Workshop", "We repair every cycle on Saturdays.")
    learn(bot, "Café", "Fresh bread is served with coffee.")
    return bot


@pytest.fixture(autouse=True, params=[search_module.COMPARED, 0], ids=["one by one", "by the index"])
def _compared(workspace: Workspace, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is the same whether a bot has few chunks or many.

    The index is made anew: what earlier tests undid stays in it, thousands of equal vectors behind which one may hide.
    """
    monkeypatch.setattr(search_module, "COMPARED", request.param)
    with connection.cursor() as cursor:
        cursor.execute("REINDEX TABLE knowledge_chunk")


def test_passage_carries_chunk_title_and_text(learnt: Bot) -> None:
    first = search(learnt, "Which cycles do you repair?")[0]
    chunk = Source.objects.get(title="Workshop").chunks.get()
    assert (first.id, first.title, first.text) == (chunk.pk, "Workshop", "We repair every cycle on Saturdays.")


def test_first_by_words_and_meaning_scores_the_sum_of_both_reciprocals(learnt: Bot) -> None:
    found = search(learnt, "repair cycle")
    assert titles(found) == ["Workshop", "Café"]
    assert [passage.score for passage in found] == pytest.approx([1 / 61 + 1 / 61, 1 / 62])


def test_meaning_finds_what_no_word_names(learnt: Bot) -> None:
    assert titles(search(learnt, "my bike broke"))[0] == "Workshop"


def test_words_find_without_the_model(learnt: Bot, by_words: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert titles(search(learnt, "is the coffee good?")) == ["Café"]
    assert caplog.messages == [
        f"Bot {learnt.pk} searches by words alone, because its model cannot embed: The model is out of order."
    ]


def learn_all(bot: Bot, monkeypatch: pytest.MonkeyPatch, texts: dict[str, str]) -> None:
    """What is asked from then on is looked for by words alone."""
    speak_with(monkeypatch, Planned({}))
    for title, text in texts.items():
        learn(bot, title, text)
    speak_with(monkeypatch, Failing("The model is out of order.", retryable=True))


def test_two_words_of_the_question_beat_one_however_often_it_stands(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"Lamps": "Lamps, lamps, lamps, lamps, lamps, lamps and more lamps.", "Both": "Some lamps are green."}
    learn_all(bot, monkeypatch, {**texts, "Field": "A green, green, green, green, green field."})
    found = titles(search(bot, "green lamps"))
    assert (found[0], len(found)) == ("Both", 3)


def test_a_common_word_hides_no_passage_with_two(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "RANKED", 1)
    lamps = {f"Lamp {number}": f"Lamp number {number}." for number in range(3)}
    learn_all(bot, monkeypatch, {**lamps, "Both": "A green lamp."})
    assert titles(search(bot, "green lamp"))[0] == "Both"


def test_vectors_of_another_embedder_are_not_compared(learnt: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({"bike": 0}, embedder="planned-2"))
    assert search(learnt, "my bike broke") == []
    assert titles(search(learnt, "repairs")) == ["Workshop"]


def test_nothing_of_another_bot_is_found(learnt: Bot) -> None:
    assert search(create_bot("Ben", business="Acme Cafés"), "repair a cycle") == []


def test_another_bots_nearer_chunks_do_not_crowd_out_this_bots(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({"bike": 0}))
    theirs = add_text(create_bot("Ben", business="Acme Cafés"), title="Theirs", text="Nearer.")
    keep(theirs, [beside(0, aside=place, by=0.1) for place in range(1, 101)])
    keep(add_text(bot, title="Ours", text="Farther."), [beside(0, aside=1, by=0.4)])
    with connection.cursor() as cursor:  # so few chunks would be sorted, and the index never used
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert titles(search(bot, "my bike broke")) == ["Ours"]


def keep(source: Source, vectors: list[list[float]]) -> None:
    """Chunks with these vectors; the index keeps equal ones as one."""
    page = source.pages.create(run=source.run, number=2, address="2")
    Chunk.objects.bulk_create(
        Chunk(source=source, page=page, position=place, text="cycle", words="", embedder="planned-1", embedding=vector)
        for place, vector in enumerate(vectors)
    )


def beside(place: int, *, aside: int, by: float) -> list[float]:
    """A unit vector along one dimension, turned towards another."""
    parts = {place: (1 - by * by) ** 0.5, aside: by}
    return [parts.get(dimension, 0.0) for dimension in range(DIMENSIONS)]


def test_nothing_of_another_workspace_is_found(learnt: Bot, other: Workspace) -> None:
    with tenants.enter(other):
        theirs = create_bot("Eva", business="Other Bakery")
        learn(theirs, "Secret", "We repair every cycle secretly.")
        assert titles(search(theirs, "repair cycle")) == ["Secret"]
    assert "Secret" not in titles(search(learnt, "repair cycle"))


def test_question_is_read_in_each_sources_language(bot: Bot, by_words: None, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    learn(bot, "Taller", "Reparamos bicicletas los sábados.", "es")
    learn(bot, "Workshop", "Repairing bicycles takes days.", "en")
    speak_with(monkeypatch, Failing("Out of order.", retryable=True))
    assert titles(search(bot, "¿reparáis mi bicicleta?")) == ["Taller"]
    assert titles(search(bot, "is my bicycle repaired?")) == ["Workshop"]


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("pt", "Abrimos aos sábados.", "abre sabado?"),
        ("es", "Reparación en el día.", "reparacion"),
        ("fr", "Le café est à côté.", "cafe"),
        ("de", "Geöffnet am Samstag.", "geoffnet"),
    ],
)
def test_accents_may_be_left_away(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, language: str, text: str, question: str
) -> None:
    speak_with(monkeypatch, Planned({}))
    learn(bot, "Shop", text, language)
    speak_with(monkeypatch, Failing("Out of order.", retryable=True))
    assert titles(search(bot, question)) == ["Shop"]


def test_title_counts_as_words(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    learn(bot, "Opening hours", "Monday to Friday, nine to six.")
    speak_with(monkeypatch, Failing("Out of order.", retryable=True))
    assert titles(search(bot, "opening hours")) == ["Opening hours"]


@pytest.mark.parametrize(
    "question",
    [
        "repair'); DROP TABLE knowledge_chunk; --",
        "repair & | ! <-> :* ( ) ' \\ \"",
        r"repair \' ' \\ '':*",
        "repair http://a.example/x'y\\z?q=1&w=%s%(bot)s",
        "repair \x00\x01\ufffe",
        "repair " + "👩🏽‍🔧" * 50,
    ],
)
def test_odd_characters_are_only_words(learnt: Bot, by_words: None, question: str) -> None:
    assert titles(search(learnt, question)) == ["Workshop"]


def test_64_kilobytes_are_asked_by_their_beginning(learnt: Bot) -> None:
    assert titles(search(learnt, "repair " + "blah " * 13_000)) == ["Workshop", "Café"]
    assert titles(search(learnt, "x" * 65_536)) == ["Workshop", "Café"]


@pytest.mark.parametrize("question", ["", "  \n", "\x00"])
def test_no_words_find_nothing(learnt: Bot, question: str) -> None:
    assert search(learnt, question) == []


def test_text_without_meaning_is_near_to_nothing(learnt: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    class Meaningless(Planned):
        def embed(self, texts):  # type: ignore[no-untyped-def] # as Planned.embed
            return [[0.0] * DIMENSIONS for _ in texts]

    speak_with(monkeypatch, Meaningless({}))
    assert search(learnt, "👍") == []


def test_at_most_five_come_back_best_first(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    for number in range(8):
        learn(bot, f"Repair {number}", "repair " * (number + 1))
    found = search(bot, "repair")
    assert len(found) == 5
    assert all(better.score >= worse.score for better, worse in pairwise(found))
    assert len(search(bot, "repair", limit=2)) == 2


def test_offline_bot_answers_from_what_it_learnt(bot: Bot) -> None:
    learn(bot, "Hours", "We open Monday to Friday from 9 to 18.")
    learn(bot, "Returns", "Unused goods may be returned within 30 days.")
    assert titles(search(bot, "can I send back what I bought? returns"))[0] == "Returns"
