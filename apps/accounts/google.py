"""What allauth asks Google with: the few words of a `requests` session that it uses, spoken through core.http."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from apps.core import http

#: A person waits for the answer.
SECONDS = 5.0
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """A whole answer, by the names that allauth reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status_code < 400

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body read as JSON. Raises OAuth2Error when it is none."""
        try:
            return http.Response(self.status_code, self.headers, self.content).json()
        except ValueError as error:
            raise OAuth2Error("Google's answer was no JSON.") from error

    def raise_for_status(self) -> None:
        """Raises OAuth2Error unless it was done."""
        if not self.ok:
            raise OAuth2Error(f"Google answered {self.status_code}.")


class Session:
    """Asks, once each, through the only way out; keeps nothing between two questions."""

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Asks for a page. Raises OAuth2Error when no whole answer comes."""
        return self.request("GET", url, headers=headers)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: None = None,
    ) -> Answer:
        """Sends a form, or asks. Raises OAuth2Error when no whole answer comes."""
        address = f"{url}?{urlencode(params)}" if params else url
        content = urlencode(data).encode() if data else None
        try:
            answer = http.request(
                method,
                address,
                headers={**(headers or {}), **(FORM if content else {})},
                content=content,
                timeout=SECONDS,
                max_bytes=200_000,
            )
        except http.OutsideError as error:
            raise OAuth2Error(str(error)) from error
        return Answer(answer.status, {"content-type": "", **answer.headers}, answer.body)
