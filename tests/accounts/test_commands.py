"""The commands by which a business and its people come in."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts.models import Membership, Role, User
from apps.tenants.models import Workspace


def run(*words: str) -> str:
    said = io.StringIO()
    call_command(*words, stdout=said)
    return said.getvalue()


def test_a_workspace_is_made_with_its_schema_and_its_owner(workspace: Workspace) -> None:
    said = json.loads(run("create_workspace", "Luna Bakery", "--owner", "Luna@Example.org"))
    made = Workspace.objects.get(slug="luna-bakery")
    assert said == {"id": made.pk, "slug": "luna-bakery", "owner": "Luna@Example.org"}
    assert (made.name, made.state) == ("Luna Bakery", "ready")
    owner = Membership.objects.get(workspace=made)
    assert (owner.user.email, owner.role, owner.user.has_usable_password()) == ("luna@example.org", "owner", False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = %s AND table_name = %s",
            [made.schema_name, "conversations_message"],
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Luna", "--owner", "nobody"], "The owner's e-mail address is not one."),
        (["Luna", "--owner", "a@example.org", "--slug", "acme"], "exists"),
        (["Luna", "--owner", "a@example.org", "--slug", "admin"], "reserved"),
        (["Luna", "--owner", "a@example.org", "--slug", "pg-x"], "reserved"),
        (["Luna", "--owner", "a@example.org", "--slug", "No Slug"], "cannot be a workspace's address"),
        (["x" * 121, "--owner", "a@example.org"], "120"),
        (["", "--owner", "a@example.org"], "blank"),
    ],
)
def test_a_workspace_that_cannot_be_is_refused_and_nothing_is_left(
    workspace: Workspace, words: list[str], says: str
) -> None:
    before = Workspace.objects.count()
    with pytest.raises(CommandError, match=says):
        run("create_workspace", *words)
    assert (Workspace.objects.count(), User.objects.count()) == (before, 0)


def test_a_person_is_let_in_and_given_another_role(workspace: Workspace) -> None:
    assert run("add_member", "acme", "Vera@Example.org", "--name", "Vera") == "vera@example.org is vendor in acme\n"
    assert run("add_member", "acme", "vera@example.org", "--role", "admin") == "vera@example.org is admin in acme\n"
    vera = Membership.objects.get()
    assert (vera.user.email, vera.user.name, vera.role, vera.workspace) == (
        "vera@example.org",
        "Vera",
        Role.ADMIN,
        workspace,
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere", "vera@example.org"], "There is no workspace “nowhere”. `manage.py create_workspace` makes one."),
        (["acme", "vera"], "“vera” is not an e-mail address."),
        (["acme", "vera@example.org", "--role", "king"], "invalid choice: 'king'"),
    ],
)
def test_bad_words_let_nobody_in(workspace: Workspace, words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run("add_member", *words)
    assert (Membership.objects.count(), User.objects.count()) == (0, 0)
