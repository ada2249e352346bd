"""The source of a network: header, imports, helpers, classes, the network and its factory."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from archc.backend import BackendError
from archc.ir.graph import Graph
from archc.language.layouts.lookup import Levels, Lookup
from archc.language.layouts.table import Layout
from archc.record import Record
from archc_torch.body import all_bodies
from archc_torch.classes import write_class
from archc_torch.instances import Group, group
from archc_torch.library import HELPERS, Library
from archc_torch.network import write_network
from archc_torch.parts import Parts, cut
from archc_torch.plan import Plan
from archc_torch.printer import WIDTH
from archc_torch.tree import Tree, stands_alone
from archc_torch.words import SOURCE_NAMES, class_name, is_word, network_class, plain, unused, wrapped

NetworkWriter: TypeAlias = Callable[[Graph, Group, str, dict[int, Plan], Library, str, dict[str, Levels]], list[str]]
"""The lines of a network's class and factory: of its graph, its group, its name, the classes inside it, the functions it needs,
its title, and the attribute paths of its stages.
"""

ABOUT = (
    "For inference: its batch norms are folded into the convolutions before them. `fold` does",
    "the same to the weights of the network that has them.",
)
"""What the file of a folded network says of itself."""

FIRST_LINE = "# Written by archc: change the spec and build again, rather than this file."


class Meta(Record):
    """What the header says of a network."""

    name: str
    title: str = ""
    source: Sequence[tuple[str, str]] = ()
    hash: str = ""
    version: str = ""
    weights: str = ""
    """The hash of the function that its weights are made for (`archc.ir.hash.weights_hash`)."""


def emit_source(
    graph: Graph, layout: Layout, meta: Meta, fold: Sequence[str] = (), missing: Mapping[str, str] | None = None
) -> str:
    """A standalone module; `fold` are the lines of a function of that name, which folds weights for it, `missing` the arguments
    that its factory cannot have, and why.

    Raises BackendError where the network or its names cannot be Python or a tree of modules.
    """
    names = [graph.name, "fold"] if fold else [graph.name]
    text, network = definitions(graph, layout, meta, partial(write_network, missing=missing or {}), names[1:])
    text += "\n".join(["", "", *fold, ""]) if fold else ""
    source = f"{header(meta, ABOUT if fold else ())}\n{_imports(text)}\n\n{text}"
    _check(source, names, network)
    return source


def definitions(graph: Graph, layout: Layout, meta: Meta, write: NetworkWriter, names: Sequence[str] = ()) -> tuple[str, str]:
    """Every class and function of a network, its own class and factory as `write` has them; and the class's name.

    `names` are those of further functions of the file.
    """
    if layout.keys_only:
        raise BackendError(
            "E0504", f"the keys of layout `{layout.name}` are those of no module tree", "build with --layout canonical"
        )
    if not is_word(graph.name) or graph.name in {*SOURCE_NAMES, *names}:
        raise BackendError("E0505", f"a factory cannot be called `{graph.name}`", "rename the spec")
    lookup = Lookup(layout, graph.scopes)
    parts = cut(graph, lookup)
    bodies = all_bodies(parts, stands_alone)
    groups, of_part = group(bodies)
    library = Library(len(graph.types[graph.input].spatial))
    network = network_class(graph.name, meta.title)
    taken = {*SOURCE_NAMES, *HELPERS, *names, graph.name, network}
    wanted = _wanted(groups, of_part)
    classes = [found for number, found in enumerate(groups[:-1]) if number in wanted]
    functions = {place for place, found in enumerate(classes) if Tree(found.bodies[0]).is_chain}
    plans: dict[int, Plan] = {}
    for found, name in zip(classes, _names(parts, classes, taken, functions), strict=True):
        plan = write_class(graph, found, name, plans, library)
        plans.update(dict.fromkeys(found.parts, plan))
    stages = {scope.path: lookup.own(scope) for scope in graph.scopes if scope.kind == "stage"}
    main = "\n".join(write(graph, groups[-1], network, plans, library, plain(meta.title) or meta.name, stages)) + "\n"
    text = _with_classes(main, list(dict.fromkeys(plans.values())))
    if "make_divisible(" in text:  # of a formula
        library.use("make_divisible")
    return "\n\n".join([*(helper for name, helper in library.sources() if name in text), text]), network


def _with_classes(text: str, plans: list[Plan]) -> str:
    """The network after its classes, inner ones first, without functions of dissolved blocks that it could not use."""
    for plan in reversed(plans):
        if f"{plan.name}(" in text:
            text = "\n".join(plan.source) + "\n\n\n" + text
    return text


def _wanted(groups: list[Group], of_part: dict[int, int]) -> set[int]:
    """The classes the network is made of; a scope that the layout dissolves everywhere has none."""
    found: set[int] = set()
    waiting = [len(groups) - 1]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            members = [m for body in groups[number].bodies for m in body.members]
            waiting += {of_part[m.part] for m in members if m.applied is None}
            waiting += {
                of_part[m.block] for m in members if m.block in of_part and Tree(groups[of_part[m.block]].bodies[0]).is_chain
            }
    return found


def _names(parts: Parts, groups: list[Group], taken: set[str], functions: set[int]) -> list[str]:
    """A name for each class or function: its template's; of several kinds of one template the most used has it alone."""
    found: dict[int, str] = {}
    plainly: dict[str, Group] = {}
    for place in sorted(range(len(groups)), key=lambda place: -groups[place].uses):
        scope = groups[place].bodies[0].scope
        name = class_name(scope.template)
        if scope.kind == "block" and name != "Bottleneck":
            name += "Block"
        first = plainly.setdefault(name, groups[place])
        if first is not groups[place]:
            before, after = _unlike(parts, first, groups[place])
            name = before + name + after
        if place in functions:
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        found[place] = unused(name, taken)
        taken.add(found[place])
    return [found[place] for place in range(len(groups))]


def _unlike(parts: Parts, first: Group, other: Group) -> tuple[str, str]:
    """What tells one kind of a block from the most used, before and after its name.

    It stands at the network's beginning, its shortcut is a module of its own, or it has a step more.
    """
    scope = other.bodies[0].scope
    blocks = (each.path for each in parts.graph.scopes if each.kind == "block")
    if scope.kind == "block" and other.uses == 1 and scope.path == next(blocks):
        return "First", ""
    known = {member.name for member in first.bodies[0].members}
    for place, member in enumerate(other.bodies[0].members):
        side = parts.lookup.scopes.get(f"{scope.path}.{member.name.partition('.')[0]}")
        if side is not None and side.role == "shortcut" and not first.slots and place not in other.slots:
            return class_name(side.template.removesuffix("_shortcut")), ""
    more = [member.name for member in other.bodies[0].members if member.name not in known and "." not in member.name]
    return "", class_name(more[0]) if len(more) == 1 else ""


def title_line(meta: Meta) -> str:
    """`ResNet-152: arXiv:1512.03385, Table 1, v1.5.`, as a docstring's lines."""
    words = dict(meta.source)
    where = [plain(words[key]) for key in ("paper", "where", "variant", "code") if key in words]
    return (plain(meta.title) or meta.name) + (": " + ", ".join(where) if where else "") + "."


def _docstring(text: str, indent: int) -> str:
    """The text between quotes, broken at 88 columns."""
    pad = " " * indent
    if indent + len(text) + 6 <= WIDTH:
        return f'{pad}"""{text}"""'
    return "\n".join([f'{pad}"""' + "\n".join(wrapped(text, WIDTH - indent - 6, pad)), f'{pad}"""'])


def header(meta: Meta, more: Sequence[str] = ()) -> str:
    """Where the file comes from, and its docstring: the title, and `more` lines below it."""
    title = _docstring(title_line(meta), 0)
    written = [
        FIRST_LINE,
        "#",
        f"# spec     {meta.name}",
        f"# graph    {meta.hash}",
        *([f"# weights  {meta.weights}"] if meta.weights else []),
        f"# archc    {meta.version}",
        *([title] if not more else [title.removesuffix('"""').rstrip("\n"), "", *more, '"""']),
        "",
    ]
    return "\n".join(written)


def _imports(text: str) -> str:
    found = ["from collections import OrderedDict", ""] if "OrderedDict(" in text else []
    found.append("import torch")
    if "F." in text:
        found.append("import torch.nn.functional as F")
    return "\n".join([*found, "from torch import nn", ""])


def _check(source: str, functions: list[str], network: str) -> None:
    """The text parses, and holds nothing at its top but imports, classes and functions, the factory and what folds last."""
    tree = ast.parse(source)
    kinds = {type(statement) for statement in tree.body[1:]}
    last = [statement.name for statement in tree.body[-len(functions) :] if isinstance(statement, ast.FunctionDef)]
    whole = kinds <= {ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef}
    if not whole or last != functions or not isinstance(tree.body[0], ast.Expr):
        raise AssertionError(f"the source of `{network}` has an unexpected form")
