"""Acme's key in a workspace without rows of its own, with the ids of Other Bakery's."""

from apps.tenants.models import Workspace
from tests.api.calling import Operation, Program
from tests.api.test_access import call, each, refused
from tests.furnished import rows


@each
def test_a_key_of_another_workspace_meets_none_of_our_rows(
    workspace: Workspace, other: Workspace, program: Program, foreign_ids: dict[str, int], operation: Operation
) -> None:
    """Acme's key, Other's ids: as if nobody had them, in addresses and in bodies."""
    ours, theirs = rows(workspace), rows(other)
    answer = call(program, operation, foreign_ids)
    if operation.names_a_row:
        refused(answer, 404)
        assert rows(workspace) == ours
    elif operation.body and any(isinstance(value, str) and value.startswith("{") for value in operation.body.values()):
        refused(answer, 400)
        assert rows(workspace) == ours
    else:
        assert answer.status_code == operation.status  # type: ignore[attr-defined]
        assert operation.method == "POST" or answer.json() == {"results": [], "next": None}  # type: ignore[attr-defined]
    assert rows(other) == theirs
