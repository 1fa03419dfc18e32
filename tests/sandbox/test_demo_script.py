"""The script of the demo's week is refused by name where it cannot be read or played."""

import pytest
from django.utils import timezone

from sandbox.demo import script


@pytest.mark.parametrize("row", ["nobody: Hello", "customer sings: Hello", "bot", "ben takes over the world: x", ""])
def test_a_line_that_cannot_be_read_is_named(row: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        script._lines(f"customer: Hi\n{row}\nbot: Hello", dict.fromkeys(("customer", "bot", "ben"), frozenset()))


def test_a_talk_that_would_end_in_the_future_is_refused() -> None:
    lines = script._lines("customer: Hi\n+2d bot: Hello", script.ACTS)
    with pytest.raises(ValueError, match="ends in the future"):
        script.Talk(lines, name="Ada", began="1 day ago 09:00").moments(timezone.now())
    with pytest.raises(ValueError, match="neither when it began nor when it ended"):
        script.Talk(lines, name="Ada").moments(timezone.now())
