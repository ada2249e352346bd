"""How large each package is: as docs/architecture.md says, so that growth is a decision and shrinking is seen."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `([a-z_/]+)` \| ([\d,]+) \| (.+) \|$", re.MULTILINE)
SPARE = 0.1
"""A package may be this much smaller than it says before the table has to say so."""


def code_lines(path: Path) -> int:
    """Lines that hold code: no blank line, no comment, no docstring or text that stands by itself."""
    text = path.read_text(encoding="utf-8")
    texts = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return sum(1 for number, line in lines if number not in texts and line.strip() and not line.lstrip().startswith("#"))


def stated() -> dict[str, int]:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {name: int(most.replace(",", "")) for name, most, _ in ROW.findall(page)}


def size(name: str) -> int:
    folder = ROOT / name
    modules = folder.glob("*.py") if name == "archc" else folder.rglob("*.py")
    return sum(map(code_lines, modules))


def test_every_package_is_in_the_table() -> None:
    rooms = {f"archc/{path.parent.name}" for path in (ROOT / "archc").glob("*/__init__.py")}
    backends = {f"backends/{path.parent.name}" for path in (ROOT / "backends").glob("*/__init__.py")}
    assert stated().keys() == {"archc", *rooms, *backends}


@pytest.mark.parametrize("name", stated())
def test_a_package_is_as_large_as_it_says(name: str) -> None:
    most = stated()[name]
    assert most * (1 - SPARE) <= size(name) <= most
