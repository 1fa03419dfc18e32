"""The visitor's token: who a browser is to one chat, signed with the secret of that chat's hook.

It names a visitor that we made up; without a token there is none. Holds nothing about a person, and lives in
their browser alone. Only letters, digits, `-`, `_` and `.` stand in it, so that it fits every header.
"""

import re
import secrets as random
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

#: A browser that does not come back for so long is a new visitor.
MAX_AGE = timedelta(days=180)
SCHEME = "Visitor "
_VISITOR = re.compile(r"[0-9a-f]{32}")
_LONGEST = 200  # characters of a token; ours have 84


def new_visitor() -> str:
    """A visitor nobody can guess."""
    return random.token_hex(16)


def issue(secret: str, key: str, visitor: str) -> str:
    """The visitor's token for the chat with this key, good for MAX_AGE from now."""
    return _signer(secret, key).sign(visitor)


def read(secrets: tuple[str, ...], key: str, token: str) -> str:
    """Whose token it is; "" for one that is forged, too old, or of another chat. An empty secret signs nothing."""
    for secret in secrets if len(token) <= _LONGEST else ():
        try:
            visitor = _signer(secret, key).unsign(token, max_age=MAX_AGE) if secret else ""
        except BadSignature:
            continue
        if _VISITOR.fullmatch(visitor):
            return visitor
    return ""


def bearer(authorization: str) -> str:
    """The token in an Authorization header, "" when there is none."""
    return authorization.removeprefix(SCHEME) if authorization.startswith(SCHEME) else ""


def _signer(secret: str, key: str) -> TimestampSigner:
    return TimestampSigner(key=secret, sep=".", salt=f"web_chat.visitor.{key}")
