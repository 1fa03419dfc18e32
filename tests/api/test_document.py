"""The OpenAPI document is valid, complete and true: every answer has the shape that it states."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client

from apps.accounts.api_keys import SCOPES
from apps.tenants.models import Workspace
from tests.api.calling import OPERATIONS, PROBLEM, Operation, Program, fill
from tests.docs.pages import code, rows, section


def test_it_is_valid_and_made_without_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(file))
    assert "openapi: 3.0.3" in file.read_text()


@pytest.fixture
def document(client: Client, db: None) -> dict[str, Any]:
    """As programs get it."""
    answer = client.get("/api/schema/")
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_every_operation_asks_for_a_key_and_says_how_it_refuses(document: dict[str, Any]) -> None:
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert len(operations) == len(OPERATIONS)
    for operation in operations:
        assert operation["security"] == [{"key": []}]
        assert operation["summary"] and operation["description"]
        assert {"401", "403", "429"} <= set(operation["responses"])


@pytest.fixture
def ids(standing_ids: dict[str, int], workspace: Workspace) -> dict[str, int]:
    """Each test finds the rows as they were made."""
    return standing_ids


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_answers_have_the_stated_shape(
    document: dict[str, Any], program: Program, ids: dict[str, int], operation: Operation
) -> None:
    stated = next(
        methods[operation.method.lower()]
        for path, methods in document["paths"].items()
        if same(path, "/api/v1/" + operation.path)
    )["responses"]
    good = program.call(operation.method, operation.path.format(**ids), fill(operation.body, ids))
    bad = Program(None, "x").call(operation.method, operation.path.format(**ids))
    for answer, kind in ((good, "application/json"), (bad, PROBLEM)):
        response = stated[str(answer.status_code)]
        if answer.status_code == 204:
            assert "content" not in response and answer.content == b""
            continue
        schema = {
            **as_json_schema(response["content"][kind]["schema"]),
            "components": as_json_schema(document["components"]),
        }
        jsonschema.Draft202012Validator(schema).validate(answer.json())
        assert answer.json()


def same(path: str, ours: str) -> bool:
    pairs = zip(path.split("/"), ours.split("/"), strict=False)
    return path.count("/") == ours.count("/") and all(
        one == two or (one[:1], two[:1]) == ("{", "{") for one, two in pairs
    )


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 says null in a way of its own, and that an object may have no others is ours to ask."""
    if isinstance(node, list):
        return [as_json_schema(one) for one in node]
    if not isinstance(node, Mapping):
        return node
    plain = {name: as_json_schema(value) for name, value in node.items() if name != "nullable"}
    if node.get("type") == "object" and "properties" in node and "additionalProperties" not in node:
        plain["additionalProperties"] = False
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


@pytest.mark.docs
def test_the_page_lists_the_scopes() -> None:
    stated = {code(row[0])[0]: row[1] for row in rows(section("docs/api.md", "## Keys"))}
    assert stated == {scope: str(words) for scope, words in SCOPES.items()}
