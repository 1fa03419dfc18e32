"""What an answer of the Graph API means for a message that was being sent."""

import pytest

from apps.providers.base import Failure, Trouble
from apps.providers.meta_errors import failure_of_answer, failure_of_status, masked

#: Every code that the contract names, by what we make of it.
CODES = {
    Trouble.THROTTLED: [4, 80007, 130429, 133016],
    Trouble.PAIR_THROTTLED: [131056],
    Trouble.SPAM_LIMITED: [131048, 131064],
    Trouble.TRANSIENT: [1, 2, 131000, 131016, 131053, 131057],
    Trouble.WINDOW_CLOSED: [131047],
    Trouble.NOT_ALLOWED: [131049, 130472, 130497],
    Trouble.OPTED_OUT: [131050],
    Trouble.UNDELIVERABLE: [131026, 131021, 131030, 131051, 131052, 131062],
    Trouble.BAD_REQUEST: [
        *(100, 131008, 131009, 132000, 132001, 132005, 132007),
        *(132008, 132012, 132015, 132016, 132068, 132069),
    ],
    Trouble.ACCOUNT: [0, 3, 10, 190, 200, 250, 299, 131005, 131045],
    Trouble.RESTRICTED: [368, 131031, 131037],
    Trouble.UNPAID: [131042],
}
PAIRS = [(code, trouble) for trouble, codes in CODES.items() for code in codes]


@pytest.mark.parametrize(("code", "trouble"), PAIRS)
def test_code_in_a_refusal(code: int, trouble: Trouble) -> None:
    failure = failure_of_answer(400, {}, {"error": {"code": code, "message": "no"}})
    assert failure == Failure(trouble, str(code), "no")


@pytest.mark.parametrize(("code", "trouble"), PAIRS)
def test_code_in_a_failed_status(code: int, trouble: Trouble) -> None:
    assert failure_of_status([{"code": code, "title": "no"}]) == Failure(trouble, str(code), "no")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("code", [None, 1, 2, 131000, 131016, 131026, 190, 130429])
def test_server_error_never_says_whether_it_was_taken(status: int, code: int | None) -> None:
    failure = failure_of_answer(status, {}, {"error": {"code": code}})
    assert failure.trouble is Trouble.AMBIGUOUS
    assert not failure.retryable
    assert failure.code == (f"HTTP {status}" if code is None else str(code))


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (429, None, Trouble.THROTTLED),
        (429, {"error": {"code": 131056}}, Trouble.PAIR_THROTTLED),
        (429, {"error": {"code": 999999}}, Trouble.THROTTLED),
        (400, {"error": {"code": 999999}}, Trouble.BAD_REQUEST),
        (400, {"error": {"code": 999999, "is_transient": True}}, Trouble.TRANSIENT),
        (400, {"error": {"code": "131047"}}, Trouble.WINDOW_CLOSED),
        (400, {"error": {"code": True}}, Trouble.AMBIGUOUS),
        (400, {"error": {"code": -1}}, Trouble.AMBIGUOUS),
        (400, {"error": "bad"}, Trouble.AMBIGUOUS),
        (404, None, Trouble.AMBIGUOUS),
        (403, [1], Trouble.AMBIGUOUS),
        (200, {"error": {"code": 190}}, Trouble.AMBIGUOUS),
        (302, None, Trouble.AMBIGUOUS),
    ],
)
def test_answer_out_of_the_ordinary(status: int, body: object, trouble: Trouble) -> None:
    assert failure_of_answer(status, {}, body).trouble is trouble


@pytest.mark.parametrize(
    ("errors", "failure"),
    [
        (None, Failure(Trouble.UNDELIVERABLE)),
        ([], Failure(Trouble.UNDELIVERABLE)),
        ("x", Failure(Trouble.UNDELIVERABLE)),
        ([{"title": "no code"}], Failure(Trouble.UNDELIVERABLE, "", "no code")),
        ([{"title": "no code"}, {"code": 131050}], Failure(Trouble.OPTED_OUT, "131050")),
        ([{"code": 777, "message": "new"}], Failure(Trouble.UNDELIVERABLE, "777", "new")),
    ],
)
def test_failed_status_out_of_the_ordinary(errors: object, failure: Failure) -> None:
    assert failure_of_status(errors) == failure


@pytest.mark.parametrize(
    ("header", "wait"),
    [("30", 30.0), ("1.5", 1.5), ("9999999", 86_400.0), ("-1", None), ("nan", None), ("inf", None), ("soon", None)],
)
def test_wait_that_is_asked_for(header: str, wait: float | None) -> None:
    assert failure_of_answer(429, {"retry-after": header}, None).retry_after == wait


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            "(#131030) Recipient phone number not in allowed list",
            "(#131030) Recipient phone number not in allowed list",
        ),
        ("to 16505551234 failed", "to [number] failed"),
        ("to +1 (650) 555-1234 failed", "to [number] failed"),
        ("to US.13491208655302741918 failed", "to [person] failed"),
        ("to US.ENT.11815799212886844830 failed", "to [person] failed"),
        ("wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI= is gone", "[message] is gone"),
        ("ann@example.com is gone", "[address] is gone"),
        ("token EAAJb4cZBx0AbC expired", "token [token] expired"),
        ("Bearer abc.def expired", "[token] expired"),
        ("key " + "a1" * 20, "key [token]"),
        ("the s3cr3t word", "the [hidden] word"),
        ("word " * 100, ("word " * 100)[:300]),
    ],
)
def test_what_names_or_unlocks_somebody_is_not_shown(told: str, shown: str) -> None:
    assert masked(told, ("s3cr3t", "")) == shown


def test_details_are_preferred_to_the_message() -> None:
    error = {"code": 100, "message": "(#100) Invalid parameter", "error_data": {"details": "Body is too long"}}
    assert failure_of_answer(400, {}, {"error": error}).detail == "Body is too long"
