"""Google's sign-in as far as a web application needs it: people, codes, tokens and the key that signs them.

Owns what is remembered of a sign-in between its steps. The shapes are those of Google's "OpenID Connect" page.
"""

import base64
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

#: The one application that is registered, and the path at which its redirect address must end.
CLIENT_ID = "leadline-sandbox.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-sandbox-of-leadline"  # noqa: S105  # opens nothing but this sandbox
CALLBACK = "/accounts/google/login/callback/"
LOOPBACK = ("127.0.0.1", "localhost")
CODE_SECONDS = 600.0
TOKEN_SECONDS = 3599


class Refused(Exception):
    """What Google answers to a request that is wrong: its code, its words, its status."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code, self.description, self.status = code, description, status


@dataclass(frozen=True)
class Account:
    """A person with a Google account. `id` stays when the address changes; empty means made from the address."""

    email: str
    name: str
    email_verified: bool = True
    id: str = ""

    @property
    def sub(self) -> str:
        """The 21 digits by which Google knows them."""
        return self.id or str(int(hashlib.sha256(self.email.lower().encode()).hexdigest(), 16))[:21]


@dataclass(frozen=True)
class Asked:
    """What an application asked for when it sent somebody to Google."""

    redirect_uri: str
    scope: str
    state: str
    code_challenge: str
    nonce: str


@dataclass(frozen=True)
class Granted:
    """A code: who allowed what, and until when it can be exchanged."""

    account: Account
    asked: Asked
    until: float


@dataclass
class Google:
    """What is remembered. One per world; a reset forgets all but the key."""

    accounts: OrderedDict[str, Account] = field(default_factory=OrderedDict)
    codes: dict[str, Granted] = field(default_factory=dict)
    tokens: dict[str, Account] = field(default_factory=dict)

    def clear(self) -> None:
        """Forgets people, codes and tokens."""
        for kept in (self.accounts, self.codes, self.tokens):
            kept.clear()

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The key that signs, made when it is first needed."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def key_id(self) -> str:
        """Its name in the list of certificates."""
        return secrets.token_hex(20)

    @cached_property
    def certificates(self) -> dict[str, str]:
        """What /oauth2/v1/certs shows: the key's name to a self-signed certificate."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox")])
        today = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=30))
            .sign(self.key, hashes.SHA256())
        )
        return {self.key_id: certificate.public_bytes(serialization.Encoding.PEM).decode()}


def read_asked(query: Mapping[str, str]) -> Asked:
    """What an application asks for. Raises Refused, which Google shows on a page of its own and sends nowhere."""
    if query.get("client_id") != CLIENT_ID:
        raise Refused("invalid_client", "The OAuth client was not found.", 401)
    address = urlsplit(query.get("redirect_uri", ""))
    if address.hostname not in LOOPBACK or address.scheme != "http" or address.path != CALLBACK:
        raise Refused("redirect_uri_mismatch", "The redirect address is none that was registered for this client.")
    if query.get("response_type") != "code" or "email" not in query.get("scope", "").split():
        raise Refused("invalid_request", "response_type must be code, and scope must have email in it.")
    if query.get("code_challenge_method", "S256") != "S256":
        raise Refused("invalid_request", "Only the code challenge method S256 is supported.")
    names = ("redirect_uri", "scope", "state", "code_challenge", "nonce")
    return Asked(**{name: query.get(name, "") for name in names})


def allow(google: Google, account: Account, asked: Asked) -> str:
    """The person allows it: a code, good once and for ten minutes."""
    google.accounts[account.email] = account
    code = f"4/0A{secrets.token_urlsafe(48)}"
    google.codes[code] = Granted(account, asked, time.monotonic() + CODE_SECONDS)
    return code


def exchange(google: Google, form: Mapping[str, str], issuer: str) -> dict[str, Any]:
    """The tokens for a code. Raises Refused; a code that was shown once is gone, whatever the answer."""
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise Refused("invalid_client", "Unauthorized", 401)
    if form.get("grant_type") != "authorization_code":
        raise Refused("unsupported_grant_type", "Invalid grant_type")
    granted = google.codes.pop(form.get("code", ""), None)
    if granted is None or granted.until < time.monotonic():
        raise Refused("invalid_grant", "Bad Request")
    if form.get("redirect_uri") != granted.asked.redirect_uri:
        raise Refused("redirect_uri_mismatch", "Bad Request")
    if granted.asked.code_challenge and _challenge(form.get("code_verifier", "")) != granted.asked.code_challenge:
        raise Refused("invalid_grant", "Invalid code verifier.")
    token = f"ya29.{secrets.token_urlsafe(64)}"
    google.tokens[token] = granted.account
    return {
        "access_token": token,
        "expires_in": TOKEN_SECONDS,
        "scope": granted.asked.scope,
        "token_type": "Bearer",
        "id_token": _id_token(google, granted, token, issuer),
    }


def profile(account: Account) -> dict[str, Any]:
    """A person as an id token tells of them; /oauth2/v2/userinfo has two other names for the first fields."""
    given, _, family = account.name.partition(" ")
    known = {"name": account.name, "given_name": given, "family_name": family}
    return {
        "sub": account.sub,
        "email": account.email,
        "email_verified": account.email_verified,
        **{name: value for name, value in known.items() if value},
    }


def _id_token(google: Google, granted: Granted, token: str, issuer: str) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer,
        "azp": CLIENT_ID,
        "aud": CLIENT_ID,
        **profile(granted.account),
        "at_hash": _base64(hashlib.sha256(token.encode()).digest()[:16]),
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        **({"nonce": granted.asked.nonce} if granted.asked.nonce else {}),
    }
    return jwt.encode(claims, google.key, algorithm="RS256", headers={"kid": google.key_id})


def _challenge(verifier: str) -> str:
    return _base64(hashlib.sha256(verifier.encode()).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
