"""What Meta's error codes mean for us: one table, and the one reading of an answer or a failed status.

Shared by the three kinds that speak the Graph API. Codes: Meta's "error codes" page for WhatsApp Cloud, as of
May 2026. Decisions stand on the code alone; titles and texts change without notice.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from apps.providers.base import Failure, Trouble
from apps.providers.payloads import as_id, as_object, as_objects, as_text

_MEANINGS: Mapping[Trouble, tuple[int, ...]] = {
    # 4: the app's calls; 80007: the business account's; 130429: the number's; 133016: registrations.
    Trouble.THROTTLED: (4, 80007, 130429, 133016),
    Trouble.PAIR_THROTTLED: (131056,),
    Trouble.SPAM_LIMITED: (131048, 131064),
    # 131053: Meta could not fetch our link; 131057: the account is being maintained.
    Trouble.TRANSIENT: (1, 2, 131000, 131016, 131053, 131057),
    Trouble.WINDOW_CLOSED: (131047,),
    # 131049: Meta holds back for the health of the ecosystem; 130472: the person is in an experiment;
    # 130497: not to the person's country, which says nothing of other people's.
    Trouble.NOT_ALLOWED: (131049, 130472, 130497),
    Trouble.OPTED_OUT: (131050,),
    # 131030: a test number that may write to listed numbers only; 131062: not to a user id.
    Trouble.UNDELIVERABLE: (131026, 131021, 131030, 131051, 131052, 131062),
    Trouble.BAD_REQUEST: (
        *(100, 131008, 131009, 132000, 132001, 132005, 132007, 132008),
        *(132012, 132015, 132016, 132068, 132069),
    ),
    # 190: the token. 200 to 299 are permissions. 131045: the number's registration.
    Trouble.ACCOUNT: (0, 3, 10, 190, *range(200, 300), 131005, 131045),
    # 368: blocked for a while; 131031: locked; 131037: its name is not approved yet.
    Trouble.RESTRICTED: (368, 131031, 131037),
    Trouble.UNPAID: (131042,),
}

#: code -> trouble
TROUBLE_OF: Mapping[int, Trouble] = {code: trouble for trouble, codes in _MEANINGS.items() for code in codes}

_LONGEST_DETAIL = 300
_LONGEST_WAIT = 86_400.0  # seconds

#: What may name or unlock somebody: message ids (they hold the number in base64), user ids, e-mail
#: addresses, tokens and other long runs.
_PRIVATE = (
    (re.compile(r"wamid\.\S+"), "[message]"),
    (re.compile(r"\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{6,}"), "[person]"),
    (re.compile(r"[^\s@<>]+@[^\s@<>]+"), "[address]"),
    (re.compile(r"\bEAA\w{8,}|\b[Bb]earer\s+\S+|[\w+/=|~-]{32,}"), "[token]"),
)
_NUMBER = re.compile(r"\+?\d[\d\s().\-/\u00a0]{5,}\d")


def failure_of_answer(status: int, headers: Mapping[str, str], body: Any, secrets: Iterable[str] = ()) -> Failure:
    """Why a Graph call that got an answer did not succeed; `body` is its JSON, or None when it had none.

    Surely refused are 429 and a 4xx with a code of Meta's. Everything else, a 5xx above all, may have been
    carried out: AMBIGUOUS. `secrets` are blotted out of the detail.
    """
    error = as_object(as_object(body).get("error"))
    code = _code(error)
    if not 400 <= status < 500:
        trouble = Trouble.AMBIGUOUS
    elif code is not None:
        fallback = Trouble.TRANSIENT if error.get("is_transient") is True else Trouble.BAD_REQUEST
        trouble = TROUBLE_OF.get(code, Trouble.THROTTLED if status == 429 else fallback)
    else:
        trouble = Trouble.THROTTLED if status == 429 else Trouble.AMBIGUOUS
    return Failure(trouble, _shown_code(code, status), _detail(error, secrets), _wait(headers))


def failure_of_status(errors: Any) -> Failure:
    """Why a message that had been accepted failed, from the `errors` of its status. Never AMBIGUOUS."""
    given = as_objects(errors)
    error = next((error for error in given if _code(error) is not None), given[0] if given else {})
    code = _code(error)
    trouble = Trouble.UNDELIVERABLE if code is None else TROUBLE_OF.get(code, Trouble.UNDELIVERABLE)
    return Failure(trouble, "" if code is None else str(code), _detail(error))


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The vendor's words without what names or unlocks somebody, at most 300 characters."""
    text = text[: 10 * _LONGEST_DETAIL]
    for secret in filter(None, secrets):
        text = text.replace(secret, "[hidden]")
    for pattern, label in _PRIVATE:
        text = pattern.sub(label, text)
    text = _NUMBER.sub(lambda found: _masked_number(found.group()), text)
    return text[:_LONGEST_DETAIL]


def _masked_number(written: str) -> str:
    return "[number]" if sum(character.isdigit() for character in written) >= 7 else written


def _code(error: Mapping[str, Any]) -> int | None:
    digits = as_id(error.get("code"))
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _shown_code(code: int | None, status: int) -> str:
    return f"HTTP {status}" if code is None else str(code)


def _detail(error: Mapping[str, Any], secrets: Iterable[str] = ()) -> str:
    details = as_text(as_object(error.get("error_data")).get("details"))
    return masked(details or as_text(error.get("message")) or as_text(error.get("title")), secrets)


def _wait(headers: Mapping[str, str]) -> float | None:
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT) if math.isfinite(seconds) and seconds > 0 else None
