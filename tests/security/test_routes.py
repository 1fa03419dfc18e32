"""Every address, every visitor, every method: the answer is the one in the table, and no address is without a row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.models import User
from tests.security.conftest import Furniture, again
from tests.security.routes import METHODS, OTHER_OWNER, PREFIXES, TABLES, VISITORS, address, patterns

Browser = Callable[[str | User], Client]


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves no row."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("urlconf", ["config.urls", "config.urls_workspace"])
def test_every_address_has_a_row_and_every_row_an_address(urlconf: str) -> None:
    assert sorted(patterns(urlconf)) == sorted(TABLES[urlconf])


def test_every_address_of_the_demo_has_a_row() -> None:
    assert sorted(f"demo/{pattern}" for pattern in patterns("sandbox.demo.urls")) == sorted(TABLES["sandbox.demo.urls"])


@pytest.mark.parametrize("visitor", VISITORS)
def test_everybody_gets_the_answer_in_the_table(
    acme: Furniture, theirs: Furniture, browser: Browser, settings: object, visitor: str
) -> None:
    settings.ROOT_URLCONF = "tests.security.urls_demo"  # type: ignore[attr-defined]
    client = browser(theirs.business.owner.user if visitor == OTHER_OWNER else visitor)
    wrong = []
    for urlconf, table in TABLES.items():
        for pattern, row in table.items():
            path = address(urlconf, pattern, slug="acme", ids=acme.ids)
            for method in METHODS:
                with undone():
                    given = row.data if method == "POST" else None
                    answer = again(client).generic(
                        method,
                        f"{path}?{row.query}",
                        **({"data": _form(given), "content_type": FORM} if given is not None else {}),
                    )
                if answer.status_code != row.expected(method)[visitor]:
                    wrong.append(f"{method} {path}: {answer.status_code} {answer.headers.get('Location', '')}")
                if visitor == "nobody" and PREFIXES[urlconf] != "/" and answer.status_code == 302:
                    assert answer.headers["Location"].startswith("/accounts/login/?next=%2Fw%2Facme%2F")
    assert wrong == []


FORM = "application/x-www-form-urlencoded"


def _form(data: object) -> str:
    return "&".join(f"{name}={value}" for name, value in dict(data).items())  # type: ignore[call-overload]


@pytest.mark.parametrize("state", ["suspended", "setting_up"])
@pytest.mark.parametrize("visitor", ["nobody", "stranger", "owner"])
def test_a_workspace_that_is_not_ready_shows_nothing_of_itself(
    acme: Furniture, browser: Browser, state: str, visitor: str
) -> None:
    workspace = acme.business.workspace
    client = browser(visitor)
    type(workspace).objects.filter(pk=workspace.pk).update(state=state)
    for pattern in TABLES["config.urls_workspace"]:
        answer = again(client).get(address("config.urls_workspace", pattern, slug="acme", ids=acme.ids))
        hidden = 302 if visitor == "nobody" else 404
        assert answer.status_code == {"suspended": hidden, "setting_up": 503}[state]
        assert acme.business.canary not in answer.content.decode()
