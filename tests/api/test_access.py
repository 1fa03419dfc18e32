"""Every operation of the API, and everybody who may not call it."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps import tenants
from apps.accounts.api_keys import SCOPES, revoke
from apps.accounts.models import ApiKey, Membership, Role
from apps.inboxes.models import Inbox
from apps.tenants.models import Workspace
from tests.api.calling import OPERATIONS, PROBLEM, Operation, Program, fill, program_of
from tests.furnished import rows

each = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


@pytest.fixture
def ids(standing_ids: dict[str, int], workspace: Workspace) -> dict[str, int]:
    """Each test finds the rows as they were made."""
    return standing_ids


def call(program: Program, operation: Operation, ids: dict[str, int]) -> object:
    return program.call(operation.method, operation.path.format(**ids), fill(operation.body, ids))


def refused(answer: object, status: int) -> str:
    """Asserts the problem document and returns what it says."""
    assert answer.status_code == status, answer.content  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == PROBLEM  # type: ignore[attr-defined]
    said = answer.json()  # type: ignore[attr-defined]
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert said["title"] and said["detail"]
    return str(said["detail"])


def test_every_address_of_the_document_is_called_here(client: Client, db: None) -> None:
    paths = client.get("/api/schema/").json()["paths"]
    stated = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert {(one.method, "/api/v1/" + one.path) for one in OPERATIONS} == {
        (method, path if "{id}" not in path else path.replace("{id}", f"{{{_noun(path)}}}")) for method, path in stated
    }
    assert {one.scope for one in OPERATIONS} == set(SCOPES)


def _noun(path: str) -> str:
    return path.split("/{id}")[0].rsplit("/", 1)[1].removesuffix("s").replace("inboxe", "inbox")


@each
def test_a_key_with_the_scope_is_served(
    make_program: Callable[..., Program], ids: dict[str, int], operation: Operation
) -> None:
    answer = call(make_program(operation.scope), operation, ids)
    assert answer.status_code == operation.status, answer.content  # type: ignore[attr-defined]


@each
def test_without_a_key_nothing_is_served(workspace: Workspace, ids: dict[str, int], operation: Operation) -> None:
    before = rows(workspace)
    answer = call(Program(None, ""), operation, ids)
    assert "Send your key" in refused(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'  # type: ignore[attr-defined]
    assert rows(workspace) == before


@each
def test_an_unknown_key_opens_nothing(
    workspace: Workspace, program: Program, ids: dict[str, int], operation: Operation
) -> None:
    before = rows(workspace)
    assert "opens nothing" in refused(call(Program(None, program.token[:-1] + "?"), operation, ids), 401)
    assert rows(workspace) == before


@each
def test_a_revoked_key_opens_nothing(
    workspace: Workspace, program: Program, ids: dict[str, int], operation: Operation
) -> None:
    assert program.key is not None and program.key.maker is not None
    revoke(program.key, by=program.key.maker)
    before = rows(workspace)
    assert "opens nothing" in refused(call(program, operation, ids), 401)
    assert rows(workspace) == before


@each
def test_a_key_with_all_other_scopes_is_refused(
    workspace: Workspace, make_program: Callable[..., Program], ids: dict[str, int], operation: Operation
) -> None:
    program = make_program(*(set(SCOPES) - {operation.scope}))
    before = rows(workspace)
    assert operation.scope in refused(call(program, operation, ids), 403)
    assert rows(workspace) == before


@each
def test_an_id_of_nobody_is_not_found(program: Program, ids: dict[str, int], operation: Operation) -> None:
    if operation.names_a_row:
        nobodys = program.call(
            operation.method, operation.path.format(**dict.fromkeys(ids, 10**30)), fill(operation.body, ids)
        )
        refused(nobodys, 404)


def test_a_key_stops_with_the_role_of_its_maker(program: Program) -> None:
    maker = Membership.objects.get(user=program.key.maker)  # type: ignore[union-attr]
    for role in Role:
        Membership.objects.filter(pk=maker.pk).update(role=role)
        assert program.get("bots/").status_code == (200 if role in (Role.OWNER, Role.ADMIN) else 401)


def test_a_key_stops_when_its_maker_leaves_or_is_switched_off(program: Program) -> None:
    maker = program.key.maker  # type: ignore[union-attr]
    maker.is_active = False
    maker.save()
    assert program.get("bots/").status_code == 401
    maker.is_active = True
    maker.save()
    assert program.get("bots/").status_code == 200
    Membership.objects.filter(user=maker).delete()
    assert program.get("bots/").status_code == 401
    maker.delete()
    assert program.get("bots/").status_code == 401


@pytest.mark.parametrize("state", [Workspace.State.SUSPENDED, Workspace.State.SETTING_UP])
def test_a_key_of_a_workspace_that_may_not_work_opens_nothing(program: Program, state: str) -> None:
    Workspace.objects.filter(slug="acme").update(state=state)
    assert program.get("bots/").status_code == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {token}", "{token}", "Bearer {token} x", "bearer\t{token}", "Token {token}"],
)
def test_only_a_bearer_token_is_a_key(program: Program, header: str) -> None:
    answer = program.client.get("/api/v1/bots/", headers={"Authorization": header.format(token=program.token)})
    assert answer.status_code == 401


def test_a_session_opens_nothing(client_for: Callable[..., Client], workspace: Workspace) -> None:
    assert client_for(Role.OWNER).get("/api/v1/bots/").status_code == 401


def test_the_key_decides_the_workspace_of_each_request(program: Program, other: Workspace, ids: dict[str, int]) -> None:
    theirs = program_of(other)
    for _ in range(2):
        assert [row["id"] for row in program.get("bots/").json()["results"]] == [ids["bot"]]
        assert theirs.get("bots/").json()["results"] == []


def test_use_is_noted_to_the_minute(program: Program) -> None:
    assert program.key.last_used_at is None  # type: ignore[union-attr]
    program.get("bots/")
    first = ApiKey.objects.get().last_used_at
    program.get("bots/")
    assert first is not None and ApiKey.objects.get().last_used_at == first


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/bots", "/api/v1/bots/x/", "/api/v2/bots/", "/api/v1/bots//"]
)
def test_other_addresses_are_nothing(program: Program, path: str, method: str) -> None:
    assert "nothing at this address" in refused(program.call(method, path), 404)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "bots/"), ("DELETE", "leads/1/"), ("OPTIONS", "bots/"), ("GET", "knowledge/ask/")]
)
def test_other_methods_are_not_allowed(program: Program, method: str, path: str) -> None:
    refused(program.call(method, path), 405)


def test_the_workspace_is_left_after_each_request(program: Program) -> None:
    with tenants.enter(None):
        assert program.get("bots/").status_code == 200
        assert tenants.schema() == "public"


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if not one.path.startswith(("bots/", "knowledge/"))], ids=str
)
def test_what_hangs_on_a_hidden_inbox_is_nowhere(program: Program, ids: dict[str, int], operation: Operation) -> None:
    """A bot's test conversation is no customer's."""
    Inbox.objects.update(hidden=True)
    answer = call(program, operation, ids)
    if operation.names_a_row:
        refused(answer, 404)
    elif operation.method == "GET":
        assert answer.json() == {"results": [], "next": None}  # type: ignore[attr-defined]
    else:
        refused(answer, 400)
