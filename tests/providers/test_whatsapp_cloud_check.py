"""What was pasted is asked of Meta part by part, and a refusal is told of the part it is about."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.core import http
from apps.providers import registry
from apps.providers.base import Checked, CheckFailed, Credentials, Pasted, SendError, Setup, Trouble

SETUP = Setup(Credentials("106540352242922", "EAAGtoken"), "102290129340398", "app-secret")
NUMBER = {"id": "106540352242922", "verified_name": "Acme", "display_phone_number": "+44 20 7946 0958"}


def refused(code: int, status: int = 400) -> http.Response:
    return answer({"error": {"message": "Meta's own words", "code": code}}, status)


def answer(body: Any, status: int = 200) -> http.Response:
    return http.Response(status, {}, json.dumps(body).encode())


@dataclass
class Meta:
    """Answers from a script, first to last."""

    script: list[http.Response | Exception]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def request(self, method: str, url: str, *, headers: dict[str, str], json: Any = None, **_: Any) -> http.Response:
        self.asked.append((method, url, json))
        self.tokens.append(headers["authorization"])
        given = self.script[len(self.asked) - 1]
        if isinstance(given, Exception):
            raise given
        return given


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch) -> Meta:
    fake = Meta([answer(NUMBER), answer({"id": "106540352242922"}), answer({"data": []})])
    monkeypatch.setattr(http, "request", fake.request)
    return fake


def failed() -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        registry.connectable("whatsapp_cloud").check(SETUP)
    return caught.value


def test_all_parts_are_asked_about_and_the_secret_never_leaves(meta: Meta) -> None:
    assert registry.connectable("whatsapp_cloud").check(SETUP) == Checked("Acme", "+44 20 7946 0958")
    paths = [urlsplit(url) for _, url, _ in meta.asked]
    assert [path.path for path in paths] == [
        "/v26.0/106540352242922",
        "/v26.0/106540352242922",
        "/v26.0/102290129340398/subscribed_apps",
    ]
    proof = hmac.new(b"app-secret", b"EAAGtoken", hashlib.sha256).hexdigest()
    assert parse_qs(paths[1].query)["appsecret_proof"] == [proof]
    assert "appsecret_proof" not in paths[0].query
    assert {method for method, _, _ in meta.asked} == {"GET"}
    assert set(meta.tokens) == {"Bearer EAAGtoken"}
    assert not any("app-secret" in url or "EAAGtoken" in url for _, url, _ in meta.asked)


@pytest.mark.parametrize(
    ("place", "given", "wrong"),
    [
        (0, refused(190, 401), Pasted.TOKEN),
        (0, refused(100), Pasted.KEY),
        (0, answer({**NUMBER, "id": "1"}), Pasted.KEY),
        (1, refused(100), Pasted.SECRET),
        (1, refused(190, 401), Pasted.TOKEN),
        (2, refused(100), Pasted.ACCOUNT),
        (2, refused(200, 403), Pasted.TOKEN),
        (0, refused(4, 429), None),
        (1, answer({}, 500), None),
        (2, http.NoAnswer("cut off"), None),
        (0, http.NotReached("no route"), None),
    ],
)
def test_a_refusal_is_about_its_part(meta: Meta, place: int, given: Any, wrong: Pasted | None) -> None:
    meta.script[place] = given
    assert failed().wrong == wrong
    assert len(meta.asked) == place + 1  # nothing further is asked once something is wrong


def test_metas_own_words_are_kept_and_the_token_is_not(meta: Meta) -> None:
    meta.script[0] = answer({"error": {"message": "The token EAAGtoken has expired", "code": 190}}, 401)
    error = failed()
    assert (error.failure.code, error.failure.detail) == ("190", "The token [hidden] has expired")
    assert "EAAGtoken" not in str(error)


def test_subscribing_names_address_and_verify_token(meta: Meta) -> None:
    meta.script[0] = answer({"success": True})
    registry.connectable("whatsapp_cloud").subscribe(SETUP, url="https://l.example/webhook/", verify_token="word")
    ((method, url, body),) = meta.asked
    assert (method, urlsplit(url).path) == ("POST", "/v26.0/102290129340398/subscribed_apps")
    assert body == {"override_callback_uri": "https://l.example/webhook/", "verify_token": "word"}


def test_a_refused_subscription_is_an_error(meta: Meta) -> None:
    meta.script[0] = refused(2200)
    with pytest.raises(SendError) as caught:
        registry.connectable("whatsapp_cloud").subscribe(SETUP, url="https://l.example/", verify_token="word")
    assert caught.value.failure.trouble is Trouble.BAD_REQUEST


def test_a_setup_shows_no_secret() -> None:
    assert "app-secret" not in repr(SETUP) and "EAAGtoken" not in repr(SETUP)


def test_what_is_not_connected_by_pasting_says_so() -> None:
    with pytest.raises(registry.UnknownProvider, match="Nothing is pasted to connect Web chat."):
        registry.connectable("web_chat")
