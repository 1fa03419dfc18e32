"""Owners' own prose answers customers' own typing: no punctuation, typing errors, short follow-ups."""

import pytest

from apps.llm.base import Prompt, Reply, Said, Voice
from apps.llm.registry import get
from tests.llm.chat_cases import TYPED, chat_business

_UNKNOWN = {
    "en": "I'm sorry, I don't have that information, but I can ask a colleague.",
    "es": "Lo siento, no tengo esa información, pero puedo preguntar a un compañero.",
    "pt": "Lamento, não tenho essa informação, mas posso perguntar a um colega.",
}


def _reply(key: str, turns: tuple[str, ...]) -> Reply:
    name, language, passages = chat_business(key)
    said = tuple(Said(Voice.CUSTOMER, turn) for turn in turns)
    return get("offline").chat(
        Prompt(business=name, persona="", language=language, said=said, unanswered=1, passages=passages)
    )


@pytest.mark.parametrize(("key", "turns", "answer"), [case for case in TYPED if case[2]])
def test_typed_question_gets_its_sentence(key: str, turns: tuple[str, ...], answer: str) -> None:
    reply = _reply(key, turns)
    assert reply.text == answer
    assert reply.used


@pytest.mark.parametrize(("key", "turns"), [case[:2] for case in TYPED if not case[2]])
def test_what_is_not_written_is_not_made_up(key: str, turns: tuple[str, ...]) -> None:
    reply = _reply(key, turns)
    assert reply.text == _UNKNOWN[chat_business(key)[1]]
    assert (reply.knows, reply.used) == (False, ())


def test_line_that_an_editor_broke_is_quoted_whole() -> None:
    reply = _reply("bikes", ("Is there parking?",))
    assert reply.text.endswith("the Prince Street car park is 150 metres away and costs £3.20 an hour.")


def test_what_is_quoted_for_one_question_is_not_quoted_again_for_the_next() -> None:
    reply = _reply("bikes", ("how much is a full service and how long does it take?",))
    assert reply.text.count("A full service costs £95") == 1
