"""A fix is made in one place: what makes an edit is imported by `archc.language.document.mends` and by `versions`."""

import ast
from pathlib import Path

import pytest

import archc

ROOT = Path(archc.__file__).parent
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")}


def users(name: str, module: str) -> set[str]:
    return {
        path
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module and any(alias.name == name for alias in node.names)
    }


@pytest.mark.parametrize("name", ["renamed", "moved", "begun"])
def test_only_mends_edit(name: str) -> None:
    assert users(name, "archc.language.document.edits") <= {"language/document/mends.py", "language/versions.py"}


def test_only_they_make_an_edit() -> None:
    makers = {
        path
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Edit"
    }
    renaming = "rendering/report.py"  # the same edit of a file under the name its user gave
    assert makers == {
        *("language/document/edits.py", "language/document/mends.py", "language/versions.py"),
        *("compile/renewing.py", renaming),
    }
