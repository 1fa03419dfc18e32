"""The world's Google, as any application meets it: what it asks, grants and refuses."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import jwt
import pytest
from cryptography import x509

from sandbox.world.client import World, WorldError
from sandbox.world.google import CALLBACK, CLIENT_ID, CLIENT_SECRET

REDIRECT = f"http://127.0.0.1:8000{CALLBACK}"
VERIFIER = "v" * 60
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASK = {
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT,
    "response_type": "code",
    "scope": "profile email",
    "state": "s1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False) as client:
        yield client


def asking(world: World, **changes: str) -> str:
    return f"{world.url}/google/o/oauth2/v2/auth?{urlencode({**ASK, **changes})}"


def code_of(world: World, **account: Any) -> str:
    back = world.decide_at_google(asking(world), "luna@luna-bakery.example", name="Luna Marsh", **account)
    return parse_qs(urlsplit(back).query)["code"][0]


def exchanging(world: World, http: httpx2.Client, code: str, **changes: str) -> httpx2.Response:
    form = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "code": code,
    }
    return http.post(f"{world.url}/google/token", data={**form, **changes})


def test_allowing_leads_back_with_the_state_and_a_code(world: World) -> None:
    back = urlsplit(world.decide_at_google(asking(world), "luna@luna-bakery.example"))
    answer = dict(parse_qsl(back.query))
    assert f"{back.scheme}://{back.netloc}{back.path}" == REDIRECT
    assert (answer.pop("code")[:4], answer) == ("4/0A", {"state": "s1", "scope": "profile email", "authuser": "0"})


def test_denying_leads_back_with_the_reason(world: World) -> None:
    back = urlsplit(world.decide_at_google(asking(world), "luna@luna-bakery.example", answer="deny"))
    assert dict(parse_qsl(back.query)) == {"state": "s1", "error": "access_denied"}


def test_the_token_says_who_it_is_and_the_certificate_proves_it(world: World, http: httpx2.Client) -> None:
    given = exchanging(world, http, code_of(world)).json()
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 3599, "profile email")
    certificates = http.get(f"{world.url}/google/oauth2/v1/certs").json()
    pem = certificates[jwt.get_unverified_header(given["id_token"])["kid"]]
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    claims = jwt.decode(given["id_token"], key, algorithms=["RS256"], audience=CLIENT_ID, issuer=f"{world.url}/google")
    assert {name: claims[name] for name in ("email", "email_verified", "name", "given_name", "family_name")} == {
        "email": "luna@luna-bakery.example",
        "email_verified": True,
        "name": "Luna Marsh",
        "given_name": "Luna",
        "family_name": "Marsh",
    }
    assert len(claims["sub"]) == 21
    who = http.get(
        f"{world.url}/google/oauth2/v2/userinfo", headers={"Authorization": f"Bearer {given['access_token']}"}
    ).json()
    assert (who["id"], who["email"], who["verified_email"]) == (claims["sub"], claims["email"], True)


def test_the_same_address_is_the_same_account_and_an_id_stays(world: World, http: httpx2.Client) -> None:
    subs = []
    for account in ({}, {}, {"id": "100000000000000000007"}, {"verified": False}):
        token = exchanging(world, http, code_of(world, **account)).json()["id_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        subs.append((claims["sub"], claims["email_verified"]))
    assert subs[0] == subs[1] == (subs[3][0], True)
    assert (subs[2][0], subs[3][1]) == ("100000000000000000007", False)


def test_a_code_is_good_once(world: World, http: httpx2.Client) -> None:
    code = code_of(world)
    assert exchanging(world, http, code).status_code == 200
    again = exchanging(world, http, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "4/0Amade-up"}, (400, "invalid_grant")),
        ({"code_verifier": "x" * 60}, (400, "invalid_grant")),
        ({"code_verifier": ""}, (400, "invalid_grant")),
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_id": "another"}, (401, "invalid_client")),
        ({"redirect_uri": "http://127.0.0.1:9/accounts/google/login/callback/"}, (400, "redirect_uri_mismatch")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ],
)
def test_a_wrong_exchange_gets_googles_error(
    world: World, http: httpx2.Client, changes: dict[str, str], error: tuple[int, str]
) -> None:
    answer = exchanging(world, http, **{"code": code_of(world), **changes})
    assert (answer.status_code, answer.json()["error"]) == error


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/accounts/google/login/callback/"},
        {"redirect_uri": "http://127.0.0.1:8000/elsewhere/"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_wrong_question_is_shown_on_a_page_and_sent_nowhere(
    world: World, http: httpx2.Client, changes: dict[str, str]
) -> None:
    page = http.get(asking(world, **changes))
    assert (page.status_code in (400, 401), "Access blocked" in page.text) == (True, True)
    with pytest.raises(WorldError, match="did not send"):
        world.decide_at_google(asking(world, **changes), "luna@luna-bakery.example")


def test_who_was_here_can_be_chosen_again_until_a_reset(world: World, http: httpx2.Client) -> None:
    world.decide_at_google(asking(world), 'luna"><script>@x.example', name="<b>Luna</b>")
    page = http.get(asking(world)).text
    assert ["<script>" in page, "<b>Luna" in page, "&lt;b&gt;Luna&lt;/b&gt;" in page] == [False, False, True]
    world.reset()
    assert "&lt;b&gt;" not in http.get(asking(world)).text


def test_the_pages_form_may_lead_back_to_the_application_alone(world: World, http: httpx2.Client) -> None:
    policy = http.get(asking(world)).headers["content-security-policy"]
    assert policy.endswith("form-action 'self' http://127.0.0.1:8000")


def test_a_made_up_token_says_nothing_of_anybody(world: World, http: httpx2.Client) -> None:
    answer = http.get(f"{world.url}/google/oauth2/v2/userinfo", headers={"Authorization": "Bearer ya29.made-up"})
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
