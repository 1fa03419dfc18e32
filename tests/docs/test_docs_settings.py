"""Every setting is documented, and nothing is documented that is no setting."""

import ast
import re
from functools import cache
from typing import Any

import pytest

from tests.docs.pages import code, rows, section, text_of

pytestmark = pytest.mark.docs

#: `# NAME=value` or `NAME=value`; the explaining lines around it have words before the sign.
EXAMPLE = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
#: What a required setting is without DEBUG.
EMPTY = ("''", "[]")
VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::[-?]([^}]*))?\}")


@cache
def reads() -> list[tuple[str, ast.expr | None]]:
    """Every environment variable that settings.py reads, with the expression of its default."""
    found = []
    for node in ast.walk(ast.parse(text_of("config/settings.py"))):
        is_read = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_read and isinstance(node.func.value, ast.Name) and node.func.value.id == "env":
            name, default = (*node.args, None, None)[:2]
            if isinstance(name, ast.Constant):
                found.append((str(name.value), default))
    return found


def settings_read() -> dict[str, Any]:
    """Name of every setting with its default; None where that is computed."""
    return {name: default.value if isinstance(default, ast.Constant) else None for name, default in reversed(reads())}


def required() -> list[str]:
    """The settings that are empty unless DEBUG fills them."""
    return [
        name
        for name, default in reads()
        if isinstance(default, ast.IfExp)
        and ast.unparse(default.test) == "DEBUG"
        and ast.unparse(default.orelse) in EMPTY
    ]


def shown(value: Any) -> str:
    """A default as the documentation writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def example() -> dict[str, str]:
    return dict(EXAMPLE.findall(text_of(".env.example")))


def variables_of(file: str) -> dict[str, str]:
    """What a file of the installation takes from the environment, with the default it gives."""
    lines = [line for line in text_of(file).splitlines() if not line.lstrip().startswith("#")]
    return dict(VARIABLE.findall("\n".join(lines)))


def test_settings_are_read() -> None:
    assert {"DEBUG", "SECRET_KEY", "DATABASE_URL", "INTAKE_POOL"} <= set(settings_read())


def test_readme_names_every_setting_and_no_other() -> None:
    named = [code(row[0])[0] for row in rows(section("README.md", "## Settings"))]
    assert sorted(named) == sorted(settings_read())


def test_readme_states_the_defaults() -> None:
    stated = {code(row[0])[0]: row[1] for row in rows(section("README.md", "## Settings"))}
    constants = {name: shown(value) for name, value in settings_read().items() if value is not None}
    wrong = {
        name: (stated[name], value)
        for name, value in constants.items()
        if (stated[name] != "empty" if value == "" else f"`{value}`" not in stated[name])
    }
    assert wrong == {}


def test_example_names_every_setting_and_what_procfile_and_compose_read() -> None:
    others = {**variables_of("Procfile"), **variables_of("compose.yaml")}
    assert sorted(example()) == sorted({*settings_read(), *others})


def test_example_states_the_defaults() -> None:
    constants = {name: shown(value) for name, value in settings_read().items() if value is not None}
    processes = variables_of("Procfile")
    published = {"PUBLISH": variables_of("compose.yaml")["PUBLISH"]}
    expected = {**constants, **processes, **published}
    assert {name: example()[name] for name in expected} == expected


def test_example_sets_nothing_by_itself() -> None:
    lines = text_of(".env.example").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_operations_name_every_variable_of_the_procfile() -> None:
    table = section("docs/operations.md", "## Processes")
    named = [name for row in rows(table) for name in code(row[0]) if name.isupper()]
    assert sorted(named) == sorted(variables_of("Procfile"))


def test_operations_name_every_process_of_the_procfile() -> None:
    processes = re.findall(r"^([a-z-]+): ", text_of("Procfile"), re.MULTILINE)
    named = [name for row in rows(section("docs/operations.md", "## Processes")) for name in code(row[0])]
    assert sorted(name for name in named if name.islower()) == sorted(processes)


def test_what_production_insists_on_is_said() -> None:
    readme = {code(row[0])[0]: row[1] for row in rows(section("README.md", "## Settings"))}
    head = text_of(".env.example").split("# --- what kind")[0]
    assert {name for name, default in readme.items() if "else required" in default} == set(required())
    assert [name for name in required() if name not in head] == []
