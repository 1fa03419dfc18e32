"""Which writings of a value are the same, which are not, and what is no value at all."""

from datetime import datetime

import pytest

from apps.assistant.grounding.gate import Evidence, check
from apps.assistant.grounding.values import Locale
from apps.assistant.grounding.verdict import Verdict
from tests.assistant.grounding.cases import NO_CLAIMS, OTHER, SAME

BRITISH = Locale(month_first=False, calling_code="44")
#: A Thursday.
NOW = datetime(2026, 7, 2, 14, 30)


def checked(reply: str, *evidence: str, locale: Locale = BRITISH) -> Verdict:
    return check(reply, [Evidence(text) for text in evidence], locale=locale, now=NOW)


def unsupported(verdict: Verdict) -> list[str]:
    return [value.text for value in verdict.unsupported]


@pytest.mark.parametrize(("evidence", "reply"), SAME)
def test_what_stands_in_the_evidence_passes_however_it_is_written(evidence: str, reply: str) -> None:
    verdict = checked(reply, evidence)
    assert unsupported(verdict) == []
    assert verdict.checked > 0


@pytest.mark.parametrize(("evidence", "reply", "values"), OTHER)
def test_what_stands_nowhere_is_named(evidence: str, reply: str, values: list[str]) -> None:
    assert unsupported(checked(reply, evidence)) == values


@pytest.mark.parametrize("reply", NO_CLAIMS)
def test_what_claims_nothing_passes_without_any_evidence(reply: str) -> None:
    assert unsupported(checked(reply)) == []


@pytest.mark.parametrize(
    "text", [*(case[0] for case in SAME), *(case[1] for case in SAME), *(case[1] for case in OTHER)]
)
def test_a_text_supports_itself(text: str) -> None:
    assert unsupported(checked(text, text)) == []
