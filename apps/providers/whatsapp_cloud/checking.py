"""Whether what a person pasted is right, asked of Meta part by part; and telling Meta where to post."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from apps.providers import meta
from apps.providers.base import Checked, CheckFailed, Failure, Pasted, SendError, Setup, Trouble
from apps.providers.payloads import as_id, as_text

_NUMBER_FIELDS = "display_phone_number,verified_name"


def check(setup: Setup) -> Checked:
    """The number's name and address, when token, app secret, number and account belong together.

    The app secret is proven by `appsecret_proof`, which Meta refuses when it is wrong, on every call. Which part
    a refusal is about follows from asking in an order: token and number first, then the proof, then the account.
    Raises CheckFailed.
    """
    number = _asked(setup, setup.credentials.external_key, Pasted.KEY, fields=_NUMBER_FIELDS)
    if as_id(number.get("id")) != setup.credentials.external_key:
        raise CheckFailed(Pasted.KEY, Failure(Trouble.BAD_REQUEST, detail="Meta knows this id for something else."))
    proven = {"fields": "id", "appsecret_proof": meta.proof(setup.credentials.token, setup.secret)}
    _asked(setup, setup.credentials.external_key, Pasted.SECRET, **proven)
    _asked(setup, f"{setup.account}/subscribed_apps", Pasted.ACCOUNT)
    return Checked(name=as_text(number.get("verified_name")), address=as_text(number.get("display_phone_number")))


def subscribe(setup: Setup, *, url: str, verify_token: str) -> None:
    """Makes Meta post what happens in the account to this address, which it calls to see that it is ours.

    Raises SendError, e.g. when Meta cannot reach the address.
    """
    body = {"override_callback_uri": url, "verify_token": verify_token}
    meta.call(f"{quote(setup.account, safe='')}/subscribed_apps", token=setup.credentials.token, json=body)


def _asked(setup: Setup, path: str, about: Pasted, **query: str) -> Mapping[str, Any]:
    """What Meta answers to a GET. A refusal is about the token, or else about what was asked for."""
    address = quote(path, safe="/") + (f"?{urlencode(query)}" if query else "")
    try:
        return meta.call(address, token=setup.credentials.token, method="GET")
    except SendError as error:
        raise CheckFailed(_wrong(error.failure, about), error.failure) from error


def _wrong(failure: Failure, about: Pasted) -> Pasted | None:
    """Whom a refusal is about: Meta's account codes mean the token, anything it did not clearly refuse nobody."""
    if failure.trouble is Trouble.ACCOUNT:
        return Pasted.TOKEN
    return about if failure.trouble is Trouble.BAD_REQUEST else None
