"""The offline answerer quotes what the knowledge holds and is honest about what it does not hold."""

import pytest

from apps.llm.base import Passage
from tests.llm.answer_cases import KNOWN, UNKNOWN
from tests.llm.asking import ask
from tests.llm.businesses import business

_UNKNOWN = {
    "en": "I'm sorry, I don't have that information, but I can ask a colleague.",
    "es": "Lo siento, no tengo esa información, pero puedo preguntar a un compañero.",
    "pt": "Lamento, não tenho essa informação, mas posso perguntar a um colega.",
}


@pytest.mark.parametrize(("key", "question", "answer"), KNOWN)
def test_known_answer_is_quoted_and_nothing_else(key: str, question: str, answer: str) -> None:
    reply = ask(key, question, language=_language(key))
    assert reply.text == answer
    assert reply.knows
    assert reply.used
    assert reply.handoff == ""


@pytest.mark.parametrize(("key", "question"), UNKNOWN)
def test_unknown_is_said_honestly_and_nothing_is_quoted(key: str, question: str) -> None:
    reply = ask(key, question, language=_language(key))
    assert not reply.knows
    assert reply.text in _UNKNOWN.values()
    assert reply.used == ()


def test_without_any_passage_a_question_is_unknown() -> None:
    reply = ask("bike", "How much is an e-bike?", passages=())
    assert (reply.text, reply.knows, reply.used) == (_UNKNOWN["en"], False, ())


def test_the_quoted_passages_are_named() -> None:
    _, passages = business("bike")
    prices = next(passage.id for passage in passages if passage.text.startswith("Prices:"))
    assert ask("bike", "How much is an e-bike?").used == (prices,)


def test_overlapping_passages_are_quoted_once() -> None:
    text = "A haircut costs 30 euros."
    passages = (Passage(1, "Salon", text, 0.9), Passage(2, "Salon", f"{text} We close at 18:00.", 0.8))
    assert ask("salon", "how much is a haircut?", passages=passages).text == text


def test_line_of_a_table_is_quoted_with_its_cells() -> None:
    table = "## Fees\n| Service | Price |\n|---|---|\n| Notary act | €90 |\n| Translation | €40 |"
    reply = ask("law", "what does a translation cost?", passages=(Passage(1, "", table, 1.0),))
    assert reply.text == "Fees: Translation · €40"


def test_sentence_that_leans_on_the_last_is_quoted_with_it() -> None:
    text = "We rent tandems for two. They cost €30 a day. Our shop is red."
    reply = ask("bike", "how much is a tandem?", passages=(Passage(1, "", text, 1.0),))
    assert reply.text == "We rent tandems for two. They cost €30 a day."


def test_long_answer_stays_within_the_limit_with_its_question_whole() -> None:
    reply = ask("bike", "What are your prices?", wanted="name", max_characters=120)
    assert len(reply.text) <= 120
    assert reply.text.startswith("Prices:\n• City bike: €12 per day")
    assert reply.text.endswith("…\n\nMay I ask your name?")


def _language(key: str) -> str:
    return {"dental": "es", "restaurant": "es", "salon": "pt", "lawyers_pt": "pt"}.get(key, "en")
