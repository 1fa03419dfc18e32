"""S50: a secret that was saved is shown to nobody again: by no page and no address of the API, to no role."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps import tenants
from apps.accounts.models import Role
from tests.api.calling import OPERATIONS, program_of
from tests.security.conftest import Furniture, again, words_of
from tests.security.routes import TABLES, address

Browser = Callable[[str], Client]


def secrets_of(acme: Furniture) -> dict[str, str]:
    """What was saved, and the ciphertext of it."""
    business = acme.business
    with tenants.enter(business.workspace):
        business.bot.api_key = f"sk-{business.canary}-secret"
        business.bot.save()
    return {"token": business.token, "app secret": business.secret, "model's key": f"sk-{business.canary}-secret"}


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_one(acme: Furniture, browser: Browser, role: Role) -> None:
    secrets, client, shown = secrets_of(acme), browser(role.value), []
    for urlconf in ("config.urls", "config.urls_workspace"):
        for pattern, row in TABLES[urlconf].items():
            path = address(urlconf, pattern, slug="acme", ids=acme.ids)
            words = words_of(again(client).get(f"{path}?{row.query}"))
            shown += [(path, name) for name, secret in secrets.items() if secret in words or "gAAAAA" in words]
    assert shown == []


def test_the_api_shows_none(acme: Furniture) -> None:
    secrets, program = secrets_of(acme), program_of(acme.business.workspace)
    names = {"bot": "bots", "inbox": "inboxes", "contact": "contacts", "lead": "leads", "source": "sources"}
    names |= {"conversation": "conversations", "handoff": "handoffs"}
    ids = {name: acme.ids[plural] for name, plural in names.items()}
    for operation in OPERATIONS:
        if operation.method == "GET":
            answer = program.get(operation.path.format(**ids))
            assert answer.status_code == 200
            words = words_of(answer)
            assert not [name for name, secret in secrets.items() if secret in words or "gAAAAA" in words], operation


def test_a_key_of_the_api_is_shown_once(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    made = client.post("/w/acme/api-keys/", {"name": "Mine", "scopes": "bots:read"})
    token = made.content.decode().split("ll_", 1)[1][:40]
    assert len(token) == 40
    assert token not in client.get("/w/acme/api-keys/").content.decode()
