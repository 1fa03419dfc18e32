"""The figures of the whole path: whose answer belongs to which webhook, and what counts as missed."""

import pytest

from bench.live import SECONDS, delays_ms
from bench.load import Round, Series
from bench.turns import added


def series(**other: object) -> Series:
    return Series(**{"url": "http://127.0.0.1:1/", "secret": "s", "name": "n", "number": "100", "count": 3, **other})  # type: ignore[arg-type]


def test_an_answer_is_measured_from_the_webhook_of_the_same_customer() -> None:
    done = Round(1.0, {200: 3}, [], [10.0, 20.0, 30.0])
    answers = {"447700900002": 30.5, "447700900000": 10.25, "447700900001": 21.0}
    assert added(series(customers=3), done, answers) == [250.0, 1000.0, 500.0]


def test_a_customer_without_an_answer_has_no_time() -> None:
    done = Round(1.0, {200: 3}, [], [10.0, 20.0, 30.0])
    assert added(series(customers=3), done, {"447700900001": 21.0}) == [1000.0]


def test_customers_of_a_later_series_are_others() -> None:
    one, other = series(customers=3), series(customers=3, first_customer=3)
    assert {one.sender(place) for place in range(3)} & {other.sender(place) for place in range(3)} == set()


def test_a_series_goes_to_its_numbers_in_turn() -> None:
    bodies = [series(numbers=2, first_number=5).body(place) for place in range(3)]
    assert [b'"phone_number_id":"105"' in body for body in bodies] == [True, False, True]
    assert b'"phone_number_id":"106"' in bodies[1]


def test_a_push_counts_for_the_webhook_before_it_and_only_in_time() -> None:
    done = Round(1.0, {200: 3}, [], [10.0, 20.0, 30.0])
    phones = {"447700900000": 1, "447700900001": 2, "447700900002": 3}
    heard = [(1, 9.0), (1, 10.1), (1, 10.4), (2, 20.0 + SECONDS + 0.1), (3, 30.3)]
    assert delays_ms(series(customers=3), done, phones, heard) == pytest.approx([100.0, 300.0])
