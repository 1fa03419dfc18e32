"""Every command, kind of work and action is documented, and what is documented exists."""

import re

import pytest

from apps.core import actions
from apps.work import kinds
from tests.docs.pages import ROOT, code, rows, section, text_of

pytestmark = pytest.mark.docs


def programs() -> list[str]:
    """What a person runs from bin/."""
    return sorted(f"bin/{file.name}" for file in ROOT.glob("bin/*") if not file.name.startswith("_"))


def management_commands() -> list[str]:
    found = [*ROOT.glob("apps/*/management/commands/*.py"), *ROOT.glob("sandbox/*/management/commands/*.py")]
    return sorted(file.stem for file in found if not file.stem.startswith("_"))


def documented(page: str) -> list[str]:
    """The first word of each command in the page's tables of commands, `manage.py` left away."""
    cells = [code(row[0])[0] for row in rows(section(page, "## Commands"))]
    return sorted(cell.removeprefix("manage.py ").split()[0] for cell in cells)


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_tables_of_commands_are_complete_and_true(page: str) -> None:
    assert documented(page) == sorted([*programs(), *management_commands()])


def test_options_in_the_documentation_exist() -> None:
    """Each `--option` beside a management command's name stands in its source."""
    sources = {
        file.stem: file.read_text(encoding="utf-8")
        for pattern in ("apps/*/management/commands/*.py", "sandbox/*/management/commands/*.py")
        for file in ROOT.glob(pattern)
    }
    table = [row for row in rows(section("docs/operations.md", "## Commands")) if "manage.py " in row[0]]
    named = [
        (code(row[0])[0].split()[1], option) for row in table for option in re.findall(r"--[a-z-]+", " ".join(row))
    ]
    assert ("connect_inbox", "--app-secret") in named
    assert [(name, option) for name, option in named if f'"{option}"' not in sources[name]] == []


def test_every_kind_of_work_is_documented_with_its_queue() -> None:
    stated = [(code(row[0])[0], row[1]) for row in rows(section("docs/architecture.md", "### Kinds of work"))]
    assert sorted(stated) == [(kind.name, kind.queue) for kind in kinds.all_kinds()]


def test_every_action_is_documented() -> None:
    stated = [code(row[0])[0] for row in rows(section("docs/architecture.md", "### Actions"))]
    assert sorted(stated) == actions.names()


def test_every_app_has_its_room() -> None:
    rooms = [app for row in rows(section("docs/architecture.md", "## Rooms and layers")) for app in code(row[0])]
    assert sorted(rooms) == sorted(file.parent.name for file in ROOT.glob("apps/*/__init__.py"))


def test_functions_named_in_the_architecture_exist() -> None:
    """Dotted names such as `conversations.states.move` lead to a module that says that word."""
    named = [name for name in code(text_of("docs/architecture.md")) if re.fullmatch(r"[a-z_]+(\.\w+){2,}", name)]
    assert "conversations.states.move" in named
    assert [name for name in named if not _exists(name)] == []


def _exists(name: str) -> bool:
    *path, last = name.removeprefix("apps.").split(".")
    files = [ROOT.joinpath("apps", *path).with_suffix(".py"), *ROOT.joinpath("apps", *path).glob("*.py")]
    pattern = re.compile(rf"\b{last}\b")
    return any(pattern.search(file.read_text(encoding="utf-8")) for file in files if file.exists())
