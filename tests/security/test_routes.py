"""Every address, every visitor, every method: the answer is the one in the table, and no address is without a row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from apps.accounts.models import User
from apps.tenants.models import Workspace
from tests.security.conftest import Furniture, again, words_of
from tests.security.routes import METHODS, OTHER_OWNER, PREFIXES, TABLES, VISITORS, WORKSPACE, address, patterns

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


@pytest.mark.slow
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


def every_address(slug: str, acme: Furniture) -> list[str]:
    return [address("config.urls_workspace", pattern, slug=slug, ids=acme.ids) for pattern in WORKSPACE]


@pytest.mark.parametrize("visitor", ["nobody", "stranger", OTHER_OWNER])
@pytest.mark.parametrize("method", METHODS)
def test_who_does_not_belong_cannot_tell_a_workspace_from_none(
    acme: Furniture, theirs: Furniture, browser: Browser, visitor: str, method: str
) -> None:
    client = browser(theirs.business.owner.user if visitor == OTHER_OWNER else visitor)
    for here, nowhere in zip(every_address("acme", acme), every_address("nowhere", acme), strict=True):
        answers = [again(client).generic(method, path) for path in (here, nowhere)]
        assert [answer.status_code for answer in answers] == [302 if visitor == "nobody" else 404] * 2
        assert answers[0].content.replace(b"acme", b"nowhere") == answers[1].content
        assert acme.business.canary not in words_of(answers[0])


@pytest.mark.parametrize("visitor", ["nobody", "stranger", "owner"])
def test_a_suspended_workspace_is_as_if_it_were_none(acme: Furniture, browser: Browser, visitor: str) -> None:
    client = browser(visitor)
    Workspace.objects.filter(slug="acme").update(state=Workspace.State.SUSPENDED)
    for path in every_address("acme", acme):
        assert again(client).get(path).status_code == (302 if visitor == "nobody" else 404)


@pytest.mark.parametrize(("visitor", "seen"), [("nobody", (302, 302)), ("stranger", (404, 404)), ("owner", (200, 503))])
def test_a_workspace_being_set_up_shows_members_a_page_and_nobody_its_rows(
    acme: Furniture, browser: Browser, visitor: str, seen: tuple[int, int]
) -> None:
    client = browser(visitor)
    Workspace.objects.filter(slug="acme").update(state=Workspace.State.SETTING_UP)
    for path in every_address("acme", acme):
        answer, changed = again(client).get(path), again(client).post(path)
        assert (answer.status_code, changed.status_code) == seen
        assert acme.business.canary not in words_of(answer)
