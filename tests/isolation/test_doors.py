"""Each door has one place: who else reached for the schema, the commit hook, the queue or a socket is found here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)

#: What may be named in these files only, by what it would let past.
DOORS = {
    "the schema": (
        {"set_tenant", "set_schema", "set_schema_to_public", "schema_context", "tenant_context"},
        {"apps/tenants/door.py"},
    ),
    "the commit": ({"on_commit"}, {"apps/core/events.py"}),
    "the queue": ({"delay", "apply_async", "send_task"}, {"apps/work/relay.py"}),
    "CSRF": ({"csrf_exempt"}, set()),
    "markup": ({"mark_safe", "SafeString"}, set()),
    "code from text": ({"eval", "exec", "pickle", "marshal"}, set()),
}
#: Modules of the standard library that open connections.
WIRES = {"urllib.request", "http.client", "smtplib", "ftplib", "telnetlib", "socketserver", "xmlrpc"}


def sources(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    for folder in folders:
        for path in sorted((BASE / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(BASE)), ast.parse(path.read_text())


def names_used(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def modules_imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("door", DOORS)
def test_only_the_door_itself_touches(door: str) -> None:
    names, allowed = DOORS[door]
    users = {path for path, tree in sources("apps", "config") if names & set(names_used(tree))}
    assert users == allowed


def test_nothing_but_core_opens_a_connection_of_its_own() -> None:
    users = {path for path, tree in sources("apps", "config") if WIRES & set(modules_imported(tree))}
    assert users == set()


def test_sockets_are_known_to_the_address_guard_and_for_the_hosts_name_only() -> None:
    users = {path for path, tree in sources("apps", "config") if "socket" in set(modules_imported(tree))}
    assert users == {"apps/core/addresses.py", "apps/work/tasks.py"}


def test_providers_and_models_of_language_know_no_database() -> None:
    forbidden = ("django.db", "django.apps", "django.contrib")
    users = {
        path
        for path, tree in sources("apps/providers", "apps/llm")
        if any(module.startswith(forbidden) for module in modules_imported(tree))
    }
    assert users == set()


def test_no_template_lets_markup_through() -> None:
    loud = ("|safe", "autoescape off", "|safeseq")
    found = {
        f"{path.relative_to(BASE)}: {word}"
        for path in (BASE / "templates").rglob("*.*")
        for word in loud
        if word in path.read_text() and not (path.suffix == ".txt" and word == "autoescape off")
    }
    assert found == set()
