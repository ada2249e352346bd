"""Sets of operations, activations or norms that stand in the code are partitions of all there are, which one file lists.

Whoever adds an operation is told here each place that asks which operations it is, and says of each whether the new one belongs.
A `match` that ends in `assert_never` is no such place, since the type checker names it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from archc.ir.norms import ACTIVATIONS, NORMS
from archc.ir.ops import OPERATIONS

ROOT = Path(__file__).parents[2]
LISTED = Path(__file__).parent / "golden" / "sets.txt"
CLASSES = {cls.__name__: kind for kind, cls in OPERATIONS.items()}
VOCABULARIES = {"operations": set(OPERATIONS), "activations": set(ACTIVATIONS), "norms": set(NORMS)}
DEFINITIONS = {"archc/ir/ops.py", "archc/ir/norms.py"}
"""The lists of all of them."""


def _class(node: ast.AST) -> str | None:
    """The kind of the operation whose class an expression is."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return CLASSES.get(name)


def _members(node: ast.AST) -> list[str | None]:
    """What an expression or a pattern lists: kinds of classes, texts, and None for anything else."""
    match node:
        case ast.BinOp(left, ast.BitOr(), right):
            return [*_members(left), *_members(right)]
        case ast.MatchOr(patterns):
            return [_class(pattern.cls) if isinstance(pattern, ast.MatchClass) else None for pattern in patterns]
        case ast.Tuple(elements) | ast.List(elements) | ast.Set(elements):
            return [element for each in elements for element in _members(each)]
        case ast.Dict(keys):
            return [element for key in keys if key is not None for element in _members(key)]
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "split"), []):
            return [*text.split()]
        case ast.Constant(str(text)):
            return [text]
        case _:
            return [_class(node)]


def _is_closed(node: ast.Match) -> bool:
    return "assert_never" in ast.unparse(node.cases[-1])


def _sets(node: ast.AST, place: str) -> Iterator[tuple[str, list[str]]]:
    """The sets inside of a node with the functions, classes or names they stand in, the outermost alone."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        place = f"{place} {node.name}"
    elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(
        name := getattr(node, "target", None) or node.targets[0], ast.Name
    ):  # type: ignore[union-attr]
        place = f"{place} {name.id}"
    if isinstance(node, ast.BinOp | ast.MatchOr | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Call):
        members = _members(node)
        names = [name for name in members if name is not None]
        if len(names) > 1 and len(names) == len(members) and any(known.issuperset(names) for known in VOCABULARIES.values()):
            yield place, names
            return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.Match) and isinstance(child, ast.match_case) and _is_closed(node):
            for statement in child.body:
                yield from _sets(statement, place)
        else:
            yield from _sets(child, place)


def _found() -> dict[str, list[str]]:
    """The places of each set, and what there is in all."""
    found = {f"{vocabulary}: {' '.join(sorted(known))}": ["all"] for vocabulary, known in VOCABULARIES.items()}
    for path in sorted(path for folder in ("archc", "backends") for path in (ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name not in DEFINITIONS:
            for place, names in _sets(ast.parse(path.read_text(encoding="utf-8")), name):
                found.setdefault(" ".join(sorted(set(names))), []).append(place)
    return found


def test_every_set_is_listed() -> None:
    found = _found()
    places = [f"{members}: {', '.join(dict.fromkeys(places))}" for members, places in found.items()]
    assert LISTED.read_text(encoding="utf-8").splitlines() == sorted(found), "\n".join(places)
