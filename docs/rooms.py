"""The picture of docs/architecture.md: which room of archc imports which, read off the import statements."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
SECTION = re.compile(r"(<!-- rooms -->\n).*?(<!-- /rooms -->\n)", re.DOTALL)
CONTENTS = {
    "cli": "arguments to calls",
    "api": "networks and values in Python",
    "present": "tables, figures, pages of the codes",
    "analyse": "differences, other programs, checks of files",
    "backends": "torch, ONNX, timm, hub",
    "compile": "a document to a checked graph",
    "weights": "files of tensors",
    "rendering": "diagnostics in seven formats",
    "language": "text to a resolved document",
    "cost": "what is counted of a graph",
    "ir": "operations, graph, sizes, hash",
}
"""The rooms from top to bottom, and what is in them."""


def pages() -> Iterator[tuple[Path, str]]:
    """The page with its picture drawn anew."""
    text = PAGE.read_text(encoding="utf-8")
    yield PAGE, SECTION.sub(lambda match: match[1] + picture() + match[2], text)


def picture() -> str:
    """A graph in Mermaid: an arrow from a room to each that it imports, those left out that another way of arrows shows."""
    imported = {room: rooms_imported_by(room) for room in CONTENTS}
    boxes = [f'    {room}["{room}: {words}"]' for room, words in CONTENTS.items()]
    arrows = [f"    {room} --> {other}" for room in CONTENTS for other in CONTENTS if other in nearest(room, imported)]
    return "\n".join(["```mermaid", "graph TD", *boxes, *arrows, "```", ""])


def rooms_imported_by(room: str) -> set[str]:
    """The other rooms whose modules a room's import anywhere, at the top or inside a function."""
    folder = ROOT / "backends" if room == "backends" else ROOT / "archc" / room
    modules = [
        node.module
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    ]
    return {parts[1] for module in modules if len(parts := module.split(".")) > 1 and parts[0] == "archc"} & CONTENTS.keys() - {
        room
    }


def nearest(room: str, imported: dict[str, set[str]]) -> set[str]:
    """What a room imports and reaches by no other room that it imports."""

    def reached(start: str) -> set[str]:
        return imported[start].union(*(reached(other) for other in imported[start]))

    return {other for other in imported[room] if all(other not in reached(middle) for middle in imported[room] - {other})}
