"""What every kind of Meta has in common: the signature, the handshake, and calling the Graph API.

Owns nothing but the rules of the wire. The meaning of error codes is in `meta_errors`.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from apps.core import http
from apps.providers.base import ADMITTED, Admission, Answer, Failure, SendError, Trouble
from apps.providers.meta_errors import failure_of_answer, masked

_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,2000}")  # what a header can carry

#: Meta posts deliveries and GETs the handshake.
METHODS = frozenset({"GET", "POST"})

_REFUSED = Answer(403, b"The verify token does not match.")


def admit(method: str, headers: Mapping[str, str], origins: tuple[str, ...], network: str) -> Admission:
    """Everybody: who may deliver is decided by the signature."""
    return ADMITTED


def slow_down(headers: Mapping[str, str], body: bytes) -> Answer | None:
    """Nobody: what Meta signed is taken."""
    return None


def verify(secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> bool:
    """True when any of the app secrets signed exactly these bytes. An empty secret signs nothing."""
    found = _SIGNATURE.fullmatch(headers.get("x-hub-signature-256", ""))
    if found is None:
        return False
    given = found.group(1)
    return any([hmac.compare_digest(given, _signature(secret, body)) for secret in secrets if secret])


def _signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def handshake(query: Mapping[str, str], verify_token: str) -> Answer:
    """Meta's GET: the challenge back as plain text when mode and verify token are right, else 403."""
    given = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    matches = hmac.compare_digest(given, verify_token.encode())
    challenge = query.get("hub.challenge", "")
    if not (verify_token and matches and query.get("hub.mode") == "subscribe"):
        return _REFUSED
    if not _CHALLENGE.fullmatch(challenge):
        return Answer(403, b"The challenge holds characters that are not echoed.")
    return Answer(200, challenge.encode())


def proof(token: str, secret: str) -> str:
    """`appsecret_proof`: shows Meta that who has the token has the app's secret too (Meta, "Secure requests")."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def call(
    path: str, *, token: str, json: Mapping[str, Any] | None = None, method: str = "POST", timeout: float = 10.0
) -> Mapping[str, Any]:
    """Asks the Graph API and returns the answer's JSON object. `path` comes without the version.

    Raises SendError; its trouble says whether the call may have been carried out.
    """
    if not _TOKEN.fullmatch(token):
        raise SendError(Failure(Trouble.ACCOUNT, detail="The access token is empty or holds odd characters."))
    url = f"{settings.WHATSAPP_GRAPH_URL}/{settings.WHATSAPP_GRAPH_VERSION}/{path}"
    headers = {"authorization": f"Bearer {token}"}
    try:
        answer = http.request(method, url, headers=headers, json=json, timeout=timeout, redact=(token,))
    except http.NotReached as error:
        raise SendError(Failure(Trouble.NOT_REACHED, detail=masked(str(error), (token,)))) from error
    except http.OutsideError as error:
        raise SendError(Failure(Trouble.AMBIGUOUS, detail=masked(str(error), (token,)))) from error
    body = _json(answer)
    if answer.status != 200 or not isinstance(body, dict):
        raise SendError(failure_of_answer(answer.status, answer.headers, body, (token,)))
    return body


def _json(answer: http.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
