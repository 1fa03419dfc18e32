"""The page of API keys: a token is shown once and kept nowhere; only owner and admins come in."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from apps import tenants
from apps.accounts.api_keys import MOST_KEYS, SCOPES, create_key, digest
from apps.accounts.models import ApiKey, Membership, Role
from apps.tenants.models import Workspace
from tests.api.calling import Program, program_of

PAGE = "/w/acme/api-keys/"
FORM = {"name": "CRM", "scopes": ["bots:read", "leads:read"]}
TOKEN = re.compile(r"ll_[0-9a-f]{8}_[\w-]{43}")


@pytest.fixture
def owner(client_for: Callable[..., Client]) -> Client:
    """The owner's browser."""
    return client_for(Role.OWNER)


def token_in(page: object) -> list[str]:
    return TOKEN.findall(page.content.decode())  # type: ignore[attr-defined]


def test_a_key_is_made_shown_once_and_works(owner: Client, workspace: Workspace) -> None:
    made = owner.post(PAGE, FORM)
    assert made.status_code == 201
    (token,) = token_in(made)
    key = ApiKey.objects.get()
    assert (key.workspace, key.name, key.scopes) == (workspace, "CRM", ["bots:read", "leads:read"])
    assert (key.digest, key.prefix, key.last_four) == (digest(token), token[:11], token[-4:])
    assert token not in str(ApiKey.objects.values())
    after = owner.get(PAGE)
    assert token_in(after) == []
    assert f"{token[:11]}…{token[-4:]}" in after.content.decode()
    assert Program(key, token).get("leads/").status_code == 200
    assert Program(key, token).get("contacts/").status_code == 403


def test_two_keys_are_never_the_same(workspace: Workspace) -> None:
    assert program_of(workspace).token != program_of(workspace).token


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scopes": ["bots:read"]},
        {"name": "  \t", "scopes": ["bots:read"]},
        {"name": "a" * 81, "scopes": ["bots:read"]},
        {"name": "CRM"},
        {"name": "CRM", "scopes": []},
        {"name": "CRM", "scopes": ["everything"]},
        {"name": "CRM", "scopes": ["bots:read", "admin"]},
        {},
    ],
)
def test_a_key_without_name_or_scope_is_not_made(owner: Client, form: dict[str, object]) -> None:
    answer = owner.post(PAGE, form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert token_in(answer) == []
    assert ApiKey.objects.count() == 0


def test_there_are_so_many_keys_and_no_more(owner: Client, workspace: Workspace, program: Program) -> None:
    maker = program.key.maker  # type: ignore[union-attr]
    for number in range(MOST_KEYS - 1):
        create_key(workspace, name=f"Key {number}", scopes=["bots:read"], maker=maker)  # type: ignore[arg-type]
    answer = owner.post(PAGE, FORM)
    assert answer.status_code == 422
    assert "Revoke one first" in answer.content.decode()
    assert ApiKey.objects.count() == MOST_KEYS
    owner.post(f"{PAGE}{ApiKey.objects.latest('pk').pk}/revoke/")
    assert owner.post(PAGE, FORM).status_code == 201


def test_a_key_is_revoked_after_asking(owner: Client, program: Program) -> None:
    path = f"{PAGE}{program.key.pk}/revoke/"  # type: ignore[union-attr]
    assert "Revoke CRM?" in owner.get(path).content.decode()
    assert program.get("bots/").status_code == 200
    assert owner.post(path).headers["Location"] == PAGE
    assert program.get("bots/").status_code == 401
    first = ApiKey.objects.get().revoked_at
    owner.post(path)
    assert ApiKey.objects.get().revoked_at == first
    assert "Revoked" in owner.get(PAGE).content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OWNER, Role.ADMIN)])
def test_others_neither_see_make_nor_revoke(client_for: Callable[..., Client], program: Program, role: Role) -> None:
    client = client_for(role)
    revoking = f"{PAGE}{program.key.pk}/revoke/"  # type: ignore[union-attr]
    answers = [client.get(PAGE), client.post(PAGE, FORM), client.get(revoking), client.post(revoking)]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert b"ll_" not in b"".join(answer.content for answer in answers)
    assert ApiKey.objects.get().revoked_at is None
    assert "API keys" not in client.get("/w/acme/").content.decode()


def test_the_menu_leads_there(owner: Client) -> None:
    assert f'href="{PAGE}"' in owner.get("/w/acme/").content.decode()


def test_keys_of_another_workspace_are_neither_seen_nor_revoked(owner: Client, other: Workspace) -> None:
    theirs = program_of(other, name="Bakery")
    assert "Bakery" not in owner.get(PAGE).content.decode()
    path = f"{PAGE}{theirs.key.pk}/revoke/"  # type: ignore[union-attr]
    assert (owner.get(path).status_code, owner.post(path).status_code) == (404, 404)
    with tenants.enter(None):
        assert theirs.get("bots/").status_code == 200


def test_a_key_whose_maker_left_is_marked(owner: Client, program: Program) -> None:
    assert "Stopped" not in owner.get(PAGE).content.decode()
    Membership.objects.filter(user=program.key.maker).update(role=Role.EDITOR)  # type: ignore[union-attr]
    assert "Stopped" in owner.get(PAGE).content.decode()


def test_the_page_costs_the_same_queries_whatever_the_keys(
    owner: Client, workspace: Workspace, django_assert_max_num_queries: Callable[..., object]
) -> None:
    program_of(workspace)
    with django_assert_max_num_queries(30) as one:  # type: ignore[attr-defined]
        owner.get(PAGE)
    for _ in range(5):
        program_of(workspace)
    with django_assert_max_num_queries(len(one)):  # type: ignore[attr-defined]
        assert owner.get(PAGE).content.decode().count("ll_") == 6


def test_an_empty_page_says_what_to_do(owner: Client) -> None:
    page = owner.get(PAGE).content.decode()
    assert "No key yet" in page
    assert all(scope in page for scope in SCOPES)
