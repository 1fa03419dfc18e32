"""The figures of a measurement: what they are taken from, and that they cannot flatter."""

import subprocess
import sys
from collections import Counter

import pytest

from bench.intake import Side, figures, percentile, ratio
from bench.load import NO_ANSWER, Round
from sandbox.memory import CHECKOUT


def test_a_percentile_is_a_value_that_was_seen() -> None:
    hundred = [float(value) for value in range(100, 0, -1)]
    assert [percentile(hundred, percent) for percent in (0, 1, 50, 99, 99.5, 100)] == [1, 1, 50, 99, 100, 100]
    assert percentile([7.0], 50) == 7.0
    assert percentile([1.0, 2.0, 3.0], 50) == 2.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_one_noisy_round_does_not_decide_the_ratio() -> None:
    assert ratio([900, 900, 90], [1000, 1000, 1000]) == 0.9
    assert ratio([900, 900, 900], [1000, 1000, 100]) == 0.9


def test_the_ratio_is_the_lower_of_its_two_readings() -> None:
    # The medians say 0.9 / 1.0; side by side it was 0.5, 1.0 and 0.9.
    assert ratio([500, 1000, 900], [1000, 1000, 1000]) == 0.9
    # The medians say 800 / 1000; side by side it was 1.6, 0.75 and 1.0.
    assert ratio([800, 750, 1200], [500, 1000, 1200]) == 0.8
    # The medians say 1.0; side by side it was 2.0, 0.5 and 0.75.
    assert ratio([2000, 1000, 750], [1000, 2000, 1000]) == 0.75


def side(name: str, seconds: float, statuses: dict[int, int]) -> Side:
    one = Round(seconds, statuses, [float(value) for value in range(1, 101)])
    return Side(
        name, "", "", warm_up=[Round(1.0, {200: 8, 503: 2}, [900.0])], rounds=[one] * 3, sent=Counter({b"a": 300})
    )


def test_the_warm_up_counts_for_refusals_but_not_for_speed() -> None:
    app, bare = side("app", 0.5, {200: 99, NO_ANSWER: 1}), side("bare", 0.4, {200: 100})
    said = figures(app, bare, 299, 12.34)
    assert (said["per_s"], said["bare_per_s"], said["ratio"]) == (200, 250, 0.8)
    assert (said["p50_ms"], said["p99_ms"]) == (50.0, 99.0)
    assert (said["non_2xx"], said["sent"], said["stored"]) == (5, 300, 299)


@pytest.mark.parametrize("words", [[], ["nothing"], ["intake", "--fast"]], ids=["none", "unknown", "option"])
def test_a_wrong_command_line_is_one_clear_line(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "bench", *words], cwd=CHECKOUT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("bin/bench: ")
    assert line.endswith("Use: bin/bench {intake,burst,flood,turns,workspaces,waiting,grounding,live} [--json]")
