"""Every patch that removes a safeguard still finds what it removes, in code that Python understands."""

import ast
import re
from pathlib import Path

import pytest

from sandbox.chaos.mutations import MUTATIONS, Mutation, NoLongerThere, patched
from sandbox.memory import CHECKOUT

#: What the product promises to have a proof for.
PROMISED = {
    "unique key on messages",
    "fencing check",
    "commit of sending before the call",
    "epoch check of a send",
    "signature check",
    "tenancy guard",
    "redirect re-check",
    "quarantine of work",
}


def named(mutation: Mutation) -> str:
    return mutation.name.replace(" ", "-")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_the_patch_applies_once_and_leaves_code(mutation: Mutation) -> None:
    text = patched(mutation, CHECKOUT)
    assert text != (CHECKOUT / mutation.file).read_text()
    ast.parse(text)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_the_tests_that_must_notice_are_there(mutation: Mutation) -> None:
    for test in mutation.tests:
        file, _, name = test.partition("::")
        assert re.search(rf"^(async )?def {name}\(", (CHECKOUT / file).read_text(), re.M), test


def test_the_promised_safeguards_are_all_removed_once() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert len(set(names)) == len(names)
    assert set(names) >= PROMISED


@pytest.mark.parametrize("text", ["nothing of it", "if a:\nif a:\n"])
def test_a_patch_whose_text_is_gone_or_stands_twice_fails_loudly(tmp_path: Path, text: str) -> None:
    (tmp_path / "code.py").write_text(text)
    with pytest.raises(NoLongerThere, match="“a check”: what it replaces stands . times in code.py"):
        patched(Mutation("a check", "code.py", "if a:", "if False:", ()), tmp_path)


def test_nothing_is_changed_in_the_tree_itself(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("if a:\n")
    assert patched(Mutation("a check", "code.py", "if a:", "if False:", ()), tmp_path) == "if False:\n"
    assert (tmp_path / "code.py").read_text() == "if a:\n"
