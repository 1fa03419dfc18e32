"""The OpenAPI document is kept: whatever a program sends, no error of ours, no answer that it does not state.

Examples are derived from the document, the same in every run.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.accounts.models import Membership, Role
from apps.tenants.models import Workspace
from tests.api.calling import OPERATIONS, program_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests stay on the test's connection, as with Django's own client."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


def token_of(visitor: str, workspace: Workspace) -> str:
    """The key of an owner, of somebody who has become a vendor since, or none."""
    if visitor == "nobody":
        return ""
    program = program_of(workspace)
    if visitor == "vendor":
        Membership.objects.filter(workspace=workspace, user=program.key.maker).update(role=Role.VENDOR)  # type: ignore[union-attr]
    return program.token


def problems_of(operation: Any, call: Callable[[Any], Any], times: int) -> list[str]:
    """What was found wrong with this operation's answers, as shortest example."""

    @examples(
        max_examples=times,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        with transaction.atomic():
            answer = call(case)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)

    try:
        run()
    except Exception as error:  # schemathesis raises groups of its own failures
        found = getattr(error, "exceptions", [error])
        return [f"{operation.label}: {type(one).__name__} {one}" for one in found]
    return []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("visitor", "times", "statuses"), [("owner", 12, None), ("vendor", 2, {401}), ("nobody", 2, {401})]
)
def test_every_answer_is_one_that_the_document_states(
    workspace: Workspace,
    ids: dict[str, int],
    settings: Any,
    visitor: str,
    times: int,
    statuses: set[int] | None,
) -> None:
    settings.API_REQUESTS_PER_MINUTE = settings.API_REQUESTS_PER_HOUR = 1_000_000
    token, seen, every_other = token_of(visitor, workspace), set(), cycle((True, False))
    document = schemathesis.openapi.from_wsgi("/api/schema/", WSGIHandler())

    def call(case: Any) -> Any:
        if "id" in (case.path_parameters or {}) and next(every_other):
            case.path_parameters["id"] = ids[_noun(case.path)]
        answer = case.call(headers={"Authorization": f"Bearer {token}"} if token else {})
        seen.add(answer.status_code)
        return answer

    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == len(OPERATIONS)
    problems = [problem for operation in operations for problem in problems_of(operation, call, times)]
    assert problems == [], "\n".join(problems)
    assert seen == statuses if statuses else seen >= {200, 400, 404}


def _noun(path: str) -> str:
    """Which of the rows an address names: `/api/v1/knowledge/sources/{id}/` a source."""
    return path.split("/{")[0].rpartition("/")[2].removesuffix("s").replace("inboxe", "inbox")
