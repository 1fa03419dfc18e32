"""Why a server of OpenAI's API did not answer, in words for people.

Owns the mapping from HTTP results and error codes to LLMError.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.llm.base import LLMError


@dataclass(frozen=True)
class Failure:
    """One kind of refusal. `{host}` and `{model}` are filled in."""

    text: str
    retryable: bool


_NO_CREDIT = Failure("{host} has no credit left for this key. Add credit there or enter another key.", retryable=False)
_TOO_LONG = Failure(
    "The conversation with its knowledge is too long for the model {model}. Choose a model that takes more.",
    retryable=False,
)
_BUSY = Failure("{host} is asked too often at the moment. It will be asked again shortly.", retryable=True)
_DOWN = Failure("{host} has a fault at the moment. It will be asked again shortly.", retryable=True)
_REFUSED = Failure(
    "{host} refused the request. Check that the model {model} exists there and can answer in structured form.",
    retryable=False,
)

UNREACHABLE = Failure("{host} could not be reached. Check the address of the model's server.", retryable=True)
TOO_SLOW = Failure("{host} took too long to answer. It will be asked again shortly.", retryable=True)
UNUSABLE = Failure("The model {model} at {host} gave no usable answer twice.", retryable=True)

_BY_CODE: Mapping[str, Failure] = {
    "insufficient_quota": _NO_CREDIT,
    "billing_hard_limit_reached": _NO_CREDIT,
    "context_length_exceeded": _TOO_LONG,
    "rate_limit_exceeded": _BUSY,
}
_BY_STATUS: Mapping[int, Failure] = {
    401: Failure("{host} did not accept the API key. Enter a valid key for the model.", retryable=False),
    402: _NO_CREDIT,
    403: Failure("{host} does not allow this key to use the model {model}. Check the key's rights.", retryable=False),
    404: Failure("{host} does not know the model {model}. Check the model's name and the address.", retryable=False),
    408: TOO_SLOW,
    409: _BUSY,
    413: _TOO_LONG,
    429: _BUSY,
}
# Servers without codes say it in words only.
_TOO_LONG_WORDS = ("context length", "context window", "maximum context", "prompt is too long", "too many tokens")


def failure_of(status: int, error: Any) -> Failure:
    """The failure that an HTTP status and the `error` of the body tell together."""
    details = error if isinstance(error, dict) else {}
    for key in ("code", "type"):
        if str(details.get(key)) in _BY_CODE:
            return _BY_CODE[str(details[key])]
    said = str(details.get("message") or "").lower()
    if status in (400, 422) and any(words in said for words in _TOO_LONG_WORDS):
        return _TOO_LONG
    if status >= 500:
        return _DOWN
    return _BY_STATUS.get(status, _REFUSED)


def failure_inside(error: Any) -> Failure:
    """The failure in a body of status 200, as OpenRouter sends it: its `code` is the status."""
    code = error.get("code") if isinstance(error, dict) else None
    stated = str(code) if isinstance(code, int | str) else ""
    status = int(stated) if re.fullmatch("[1-5][0-9]{2}", stated) else 500
    return failure_of(status, error)


def as_error(failure: Failure, *, host: str, model: str) -> LLMError:
    """The error for people."""
    return LLMError(failure.text.format(host=host, model=model), retryable=failure.retryable)
