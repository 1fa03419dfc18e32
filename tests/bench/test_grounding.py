"""The measurement of the gate: what it makes up, and how it counts what came of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest

from apps.assistant.grounding.gate import Evidence, check
from apps.assistant.grounding.values import Locale
from bench.grounding import FALLBACK, figures
from bench.replies import KINDS, LANGUAGES, Case, cases

NOW = datetime.now()
HERE = Locale(month_first=False, calling_code="44")


def came(made: Sequence[Case], **instead: list[str]) -> tuple[dict[str, object], bool]:
    """As if everything went well, but for what some names heard instead."""
    heard = [instead.get(case.name) or [case.first if not case.planted else FALLBACK] for case in made]
    return figures(made, heard, 7)


def test_the_same_seed_makes_the_same() -> None:
    assert cases(3, 20) == cases(3, 20) != cases(4, 20)


def test_every_kind_is_made_in_every_language() -> None:
    made = cases(1, 200)
    for planted in (True, False):
        mine = [case for case in made if case.planted is planted]
        assert len(mine) == 200
        assert {(case.kind, case.language) for case in mine} >= {(kind, one) for kind in KINDS for one in LANGUAGES}
    assert Counter(case.mended for case in made if case.planted)[True] == 67
    assert len({case.name for case in made}) == 400


@pytest.mark.parametrize("seed", range(1, 4))
def test_planted_values_stand_in_no_article_and_right_ones_in_their_own(seed: int) -> None:
    made = cases(seed, 60)
    everything = [Evidence(case.article) for case in made]
    for case in made:
        if case.planted:
            assert check(case.first, everything, locale=HERE, now=NOW).unsupported, case
            assert bool(check(case.second, everything, locale=HERE, now=NOW).unsupported) is not case.mended, case
        else:
            assert not check(case.first, [Evidence(case.article)], locale=HERE, now=NOW).unsupported, case


def test_what_came_is_counted() -> None:
    made = cases(1, 20)
    planted = [case for case in made if case.planted]
    right = [case for case in made if not case.planted and case.kind != "none"]
    mended = next(case for case in planted if case.mended)
    found, sound = came(made, **{mended.name: [mended.second], right[0].name: [FALLBACK]})
    assert sound
    assert (found["planted"], found["sent"], found["mended"], found["fallbacks"]) == (20, 0, 1, 19)
    assert (found["right"], found["blocked"], found["false_block_rate"]) == (20, 1, 0.05)


def test_a_planted_value_that_left_counts_whichever_try_it_was() -> None:
    made = cases(1, 20)
    once, twice = [case for case in made if case.planted and not case.mended][:2]
    found, sound = came(made, **{once.name: [once.first], twice.name: [twice.second]})
    assert (found["sent"], sound) == (2, True)


def test_no_answer_two_answers_or_one_that_nobody_wrote_make_no_figure() -> None:
    made = cases(1, 20)
    right = next(case for case in made if not case.planted)
    for heard in ([FALLBACK, right.first], ["Something else."]):
        assert came(made, **{right.name: heard})[1] is False
    assert figures(made, [[] for _ in made], 7)[1] is False
