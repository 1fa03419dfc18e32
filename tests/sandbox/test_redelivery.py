"""What the intake puts off is delivered again as the chat on a website does it, and not for ever."""

import re
import time

import pytest

from sandbox.children import Failed
from sandbox.memory import CHECKOUT
from sandbox.redelivery import NO_ANSWER, PAUSES, Answered, insist

PUT_OFF = Answered(503, "Not stored. Please deliver again.")


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made; none of them takes any time."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


def test_what_is_put_off_is_asked_again_after_growing_pauses(paused: list[float]) -> None:
    answers = [PUT_OFF, Answered(429, ""), Answered(NO_ANSWER, "reset"), Answered(200, "here"), Answered(200, "more")]
    assert insist(lambda: answers.pop(0)) == "here"
    assert (paused, len(answers)) == ([2.0, 4.0, 8.0], 1)


@pytest.mark.parametrize("status", [302, 400, 403, 404, 413])
def test_what_is_refused_is_not_asked_again(paused: list[float], status: int) -> None:
    with pytest.raises(Failed, match=f"in 1 tries and 0 s: {status} No."):
        insist(lambda: Answered(status, "No."))
    assert paused == []


def test_after_the_last_pause_it_says_what_the_answer_was(paused: list[float]) -> None:
    with pytest.raises(Failed, match=r"in 6 tries and 0 s: 503 Not stored. Please deliver again."):
        insist(lambda: PUT_OFF)
    assert paused == list(PAUSES)


def test_the_chat_pauses_as_long_and_gives_up_as_late() -> None:
    script = (CHECKOUT / "static/widget/chat.js").read_text(encoding="utf-8")
    assert "!error.status || error.status === 429 || error.status >= 500" in script
    (most,) = re.findall(r"!worthwhile \|\| \+\+tries > (\d+)", script)
    assert "else await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** tries))" in script
    assert list(PAUSES) == [2.0**tries for tries in range(1, int(most) + 1)]
