"""A graph as its parts: stem, stages and head, and in them units, which are compared as wholes: blocks, the stem, the head."""

from archc.analyse.diff.words import op_text
from archc.ir.arrange import Identity
from archc.ir.graph import Graph, Node, Role, Scope, enclosing
from archc.record import Record, field

OUTSIDE = "@"
"""Stands for what a unit reads from before it."""


JOIN = "add"
"""What a block calls the addition, or the module, that joins its branch and its shortcut: no step of its own is called so."""


class Item(Record, eq=False):
    """A node of a unit: its name in it, the role of what it is part of, and the items it reads, identities looked through."""

    node: Node
    local: str
    role: Role
    text: str
    reads: tuple[str, ...]

    @property
    def step(self) -> str:
        """The name of the unit's step that it is, or is a part of."""
        return self.local.partition(".")[0]

    @property
    def conv_unit(self) -> str:
        """The convolution unit it is a part of, named as an item is; "" for none."""
        path, dot, _ = self.local.rpartition(".")
        return f"{path}{dot}{self.node.unit}" if self.node.unit else ""


class Unit(Record):
    """A block, the stem or the head. `scopes` are those in it by their path from it; equal `key`s are equal functions."""

    scope: Scope
    items: tuple[Item, ...]
    scopes: dict[str, Scope]
    key: str

    @property
    def path(self) -> str:
        return self.scope.path

    def local(self, name: str) -> str:
        """A name within the unit."""
        return name[len(self.path) + 1 :]


class Part(Record):
    """The stem, a stage or the head; of a stage its blocks in order, of the others themselves."""

    scope: Scope
    units: tuple[Unit, ...]
    shape: str

    @property
    def is_stage(self) -> bool:
        return self.scope.kind == "stage"


class _Open(Record, frozen=False, eq=False):
    """A unit while it is read; `values` are the names of values by what they are called in it."""

    scope: Scope
    items: list[Item] = field(factory=list)
    scopes: dict[str, Scope] = field(factory=dict)
    values: dict[str, str] = field(factory=dict)


def parts(graph: Graph) -> list[Part]:
    """Return the parts in order. Every node is in one unit."""
    owners, roles, tops = _owners(graph)
    texts: dict[int, str] = {}
    for node in graph.nodes:
        unit = owners[node.scope]
        start = len(unit.scope.path) + 1
        reads = tuple([unit.values.get(name, OUTSIDE) for name in node.inputs])
        if isinstance(node.op, Identity):
            unit.values[node.outputs[0]] = reads[0]
            continue
        local = node.name[start:]
        for output in node.outputs:
            unit.values[output] = output[start:]
        text = texts.get(id(node.op))
        if text is None:
            text = texts[id(node.op)] = op_text(node.op)
        role = node.role if node.role != "main" else roles[node.scope]
        unit.items.append(Item(node, local, role, text, reads))
    return [_part(graph, scope, units) for scope, units in tops]


def _owners(graph: Graph) -> tuple[dict[str, _Open], dict[str, Role], list[tuple[Scope, list[_Open]]]]:
    """Map each scope to the unit it is in and to its role, and list the parts with their units."""
    owners: dict[str, _Open] = {}
    roles: dict[str, Role] = {}
    tops: list[tuple[Scope, list[_Open]]] = []
    stages: dict[str, list[_Open]] = {}
    known = {scope.path for scope in graph.scopes}
    for scope in graph.scopes:
        around = enclosing(scope, known)
        match scope.kind:
            case "stage":
                stages[scope.path] = []
                tops.append((scope, stages[scope.path]))
                roles[scope.path] = "main"
            case "network":
                roles[scope.path] = "main"
            case "stem" | "head" | "block":
                unit = owners[scope.path] = _Open(scope)
                roles[scope.path] = "main"
                if scope.kind == "block":
                    stages[around].append(unit)
                else:
                    tops.append((scope, [unit]))
            case "module" | "turn":
                unit = owners[scope.path] = owners[around]
                roles[scope.path] = scope.role if scope.role != "main" else roles[around]
                unit.scopes[scope.path[len(unit.scope.path) + 1 :]] = scope
    return owners, roles, tops


def _part(graph: Graph, scope: Scope, units: list[_Open]) -> Part:
    whole = tuple(Unit(unit.scope, tuple(unit.items), unit.scopes, _key(unit)) for unit in units)
    return Part(scope, whole, str(graph.types[scope.output]) if scope.output else "")


def _key(unit: _Open) -> str:
    """The operations and what they read, by number, so that names do not matter."""
    numbers = {OUTSIDE: 0}
    lines = []
    for number, item in enumerate(unit.items, 1):
        for output in item.node.outputs:
            numbers[unit.values[output]] = number
        lines.append(f"{item.text}({' '.join([str(numbers[name]) for name in item.reads])})")
    return "\n".join(lines)
