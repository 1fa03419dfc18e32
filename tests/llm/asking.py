"""A short way to ask the offline answerer about one of the invented businesses."""

from typing import Any

from apps.llm.base import Prompt, Reply, Said, Voice
from apps.llm.registry import get
from tests.llm.businesses import business


def customer(*texts: str) -> tuple[Said, ...]:
    return tuple(Said(Voice.CUSTOMER, text) for text in texts)


def ask(key: str, *texts: str, before: tuple[Said, ...] = (), language: str = "en", **given: Any) -> Reply:
    """The reply to the texts as one burst of unanswered messages."""
    name, passages = business(key)
    prompt = Prompt(
        business=name,
        persona="",
        language=language,
        said=(*before, *customer(*texts)),
        unanswered=len(texts),
        passages=given.pop("passages", passages),
        **given,
    )
    return get("offline").chat(prompt)
