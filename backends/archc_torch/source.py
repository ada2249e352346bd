"""The source of a network: header, imports, helpers, classes, the network and its factory."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from archc.backend import BackendError
from archc.ir.graph import Graph
from archc.layouts.lookup import Lookup
from archc.layouts.table import Layout
from archc_torch.body import all_bodies
from archc_torch.classes import write_class
from archc_torch.instances import Group, group
from archc_torch.library import Library
from archc_torch.network import write_network
from archc_torch.parts import cut
from archc_torch.plan import Plan
from archc_torch.helpers import HELPERS
from archc_torch.words import SOURCE_NAMES, class_name, is_word, network_class, unused

FIRST_LINE = "# Written by archc: change the spec and build again, rather than this file."


@dataclass(frozen=True, slots=True)
class Meta:
    """What the header says of a network."""

    name: str
    title: str = ""
    source: Sequence[tuple[str, str]] = ()
    hash: str = ""
    version: str = ""


def emit_source(graph: Graph, layout: Layout, meta: Meta) -> str:
    """A standalone module. Raises BackendError where the network or its names cannot be Python or a tree of modules."""
    if layout.keys_only:
        raise BackendError("E0504", f"the keys of layout `{layout.name}` are those of no module tree", "build with --layout canonical")
    if not is_word(graph.name) or graph.name in SOURCE_NAMES:
        raise BackendError("E0505", f"a factory cannot be called `{graph.name}`", "rename the spec")
    lookup = Lookup(layout, graph.scopes)
    bodies = all_bodies(cut(graph, lookup))
    groups, of_part = group(bodies)
    library = Library()
    network = network_class(graph.name, meta.title)
    taken = {*SOURCE_NAMES, *HELPERS, graph.name, network}
    names = _names(groups[:-1], taken)
    plans: dict[int, Plan] = {}
    sections: list[str] = []
    for found, name in zip(groups[:-1], names, strict=True):
        plan = write_class(graph, found, name, plans, library)
        plans.update(dict.fromkeys(found.parts, plan))
        sections.append("\n".join(plan.source) + "\n")
    title = _title(meta)
    stages = {scope.path: lookup.own(scope) for scope in graph.scopes if scope.kind == "stage"}
    main = "\n".join(write_network(graph, groups[-1], network, plans, library, title, stages)) + "\n"
    text = "\n\n".join([*library.source(), *sections, main])
    source = f"{_header(meta, title)}\n{_imports(text)}\n\n{text}"
    _check(source, graph.name, network)
    return source


def _names(groups: list[Group], taken: set[str]) -> list[str]:
    """A name for each class or function: its template's, the most used of several kinds of it first."""
    found: dict[int, str] = {}
    for place in sorted(range(len(groups)), key=lambda place: -len(groups[place].parts)):
        name = class_name(groups[place].bodies[0].scope.template)
        found[place] = unused(name, taken)
        taken.add(found[place])
    return [found[place] for place in range(len(groups))]


def plain(text: str) -> str:
    """Free text as it may stand in a docstring or comment: one line, printable ASCII, no quotes or backslashes."""
    kept = re.sub(r"\s+", " ", text).strip()
    kept = "".join(c if " " <= c <= "~" and c not in '"\\' else "'" if c == '"' else "?" for c in kept)
    return kept[:200]


def _title(meta: Meta) -> str:
    title = plain(meta.title) or meta.name
    words = dict(meta.source)
    where = ", ".join(plain(words[key]) for key in ("paper", "where", "variant", "code") if key in words)
    return f"{title} ({where})" if where else title


def _header(meta: Meta, title: str) -> str:
    lines = [FIRST_LINE, "#", f"# spec   {meta.name}", f"# graph  {meta.hash}", f"# archc  {meta.version}", f'"""{title}."""', ""]
    return "\n".join(lines)


def _imports(text: str) -> str:
    found = ["from collections import OrderedDict", ""] if "OrderedDict(" in text else []
    found.append("import torch")
    if "F." in text:
        found.append("import torch.nn.functional as F")
    return "\n".join([*found, "from torch import nn", ""])


def _check(source: str, factory: str, network: str) -> None:
    """The text parses, and holds nothing at its top but imports, classes and functions, the factory last."""
    tree = ast.parse(source)
    kinds = {type(statement) for statement in tree.body[1:]}
    last = tree.body[-1]
    whole = kinds <= {ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef}
    if not whole or not isinstance(last, ast.FunctionDef) or last.name != factory or not isinstance(tree.body[0], ast.Expr):
        raise AssertionError(f"the source of `{network}` has an unexpected form")
