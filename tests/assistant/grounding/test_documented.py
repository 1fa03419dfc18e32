"""The examples of docs/assistant.md are true."""

import pytest

from tests.assistant.grounding.test_values import checked, unsupported

TOLD = (
    "A bike costs £39 a day. Open from 9:00 to 17:00. Closed on Sunday 5 July. Call 020 7946 0958 or see "
    "harbour.example/rent"
)
PASS = (
    "39 £, £39.00, 39 GBP, thirty-nine pounds, 39 libras",
    "We open at nine, a las nueve, 9 am, 09:00, 9–17",
    "5.7., 05/07, July 5th, el domingo 5 de julio",
    "+44 20 7946 0958 or (020) 7946-0958",
    "https://www.harbour.example/rent/ or harbour.example",
    "1. The bike\n2. The lock, 24/7. We have two kinds: city and electric. Today, Thursday, we are here.",
)
STAND_NOWHERE = (
    *("€39", "£390", "£3.90", "£３0", "39 days", "Two days are £78", "It is half price", "10 % off", "it is free"),
    *("until 18:00", "until 9 pm", "on Monday", "on 6 July", "5 July 2019", "07/05", "+1 20 7946 0958"),
    *("harbour.example/free", "hаrbour.example"),
)


@pytest.mark.parametrize("said", PASS)
def test_what_passes(said: str) -> None:
    verdict = checked(said, TOLD)
    assert (unsupported(verdict), verdict.checked > 0) == ([], True)


@pytest.mark.parametrize("said", STAND_NOWHERE)
def test_what_stands_nowhere(said: str) -> None:
    assert unsupported(checked(said, TOLD)) != []
