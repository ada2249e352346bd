"""The graph cut at its scopes, scopes of one content made one: a network of 100,000 blocks has a handful of parts."""

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from archc.ir.arrange import Add, Concat, Flatten
from archc.ir.convolutions import Linear
from archc.ir.graph import Graph, Init, Node, Role, Scope
from archc.ir.norms import Norm, Scale
from archc.ir.ops import Operation
from archc.layouts.lookup import Lookup


class Leaf(NamedTuple):
    """One operation in a part. Values are numbered by first appearance; `operation` is an index into `Parts.operations`."""

    local: str
    operation: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    arguments: tuple[tuple[str, str], ...]
    init: tuple[tuple[str, Init], ...]
    role: Role


class Child(NamedTuple):
    """One scope in a part. `passed`: which argument of the part each of the scope's arguments came from."""

    local: str
    part: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    passed: tuple[tuple[str, str | None], ...]
    role: Role


Item: TypeAlias = Leaf | Child


@dataclass(frozen=True, slots=True)
class Applied:
    """An operation, and what of its inputs' types its code depends on.

    `rank`: the first input's without the batch; H times W for `flatten`; for `add` a bit for each operand that is broadcast.
    """

    op: Operation
    rank: int = 0


@dataclass(slots=True, eq=False)
class Part:
    """The content of all scopes alike; `scope` is the first of them, `inputs` its values from outside in the order it takes them."""

    scope: Scope
    items: tuple[Item, ...]
    inputs: tuple[int, ...]
    input_names: tuple[str, ...]
    outputs: tuple[int, ...]
    output_names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Parts:
    """Every distinct part, inner ones first; the network is the last."""

    graph: Graph
    lookup: Lookup
    parts: list[Part] = field(default_factory=list)
    operations: list[Applied] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    """How many scopes each part stands for."""


@dataclass(slots=True, eq=False)
class _Open:
    """A scope being read."""

    scope: Scope
    values: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    leaving: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def value(self, name: str) -> int:
        """The number of a value that is read here."""
        found = self.values.get(name)
        if found is None:
            found = self.values[name] = len(self.values)
            self.outside.append(name)
        return found

    def new(self, name: str) -> int:
        """The number of a value that is made here."""
        number = self.values[name] = len(self.values)
        return number


_RANKED = (Norm, Linear, Scale, Concat)


def cut(graph: Graph, lookup: Lookup) -> Parts:
    """One pass over the nodes; each scope's content is hashed once."""
    found = Parts(graph, lookup)
    reach = _reach(graph)
    known: dict[tuple[object, ...], int] = {}
    operations: dict[tuple[int, int], int] = {}
    distinct: dict[Applied, int] = {}
    open_: list[_Open] = [_Open(lookup.scopes[""])]

    def operation(node: Node) -> int:
        op = node.op
        rank = 0
        if isinstance(op, _RANKED):
            rank = len(graph.types[node.inputs[0]].shape)
        elif isinstance(op, Flatten):
            shape = graph.types[node.inputs[0]].shape
            rank = shape[1] * shape[2] if len(shape) == 3 else 1
        elif isinstance(op, Add):
            types = [graph.types[name] for name in node.inputs]
            out = graph.types[node.outputs[0]]
            rank = sum(1 << place for place, type_ in enumerate(types) if type_ is not out and type_ != out)
        index = operations.get((id(op), rank))
        if index is None:
            applied = Applied(op, rank)
            index = distinct.get(applied)
            if index is None or found.operations[index].op != op or not _same_kinds(found.operations[index].op, op):
                index = len(found.operations)
                found.operations.append(applied)
                distinct.setdefault(applied, index)
            operations[id(op), rank] = index
        return index

    def close() -> None:
        inner = open_.pop()
        scope = inner.scope
        order = {name: place for place, name in enumerate(scope.inputs)}
        outside = sorted(inner.outside, key=lambda name: order.get(name, len(order)))
        leaving = [name for name in inner.leaving if len(reach[name]) < len(scope.path)]
        inputs = tuple([inner.values[name] for name in outside])
        outputs = tuple([inner.values[name] for name in leaving])
        items = tuple(inner.items)
        key = (scope.kind, scope.template, items, inputs, outputs, outside.index(scope.inputs[0]) if order and scope.inputs[0] in outside else -1)
        part = known.get(key)
        if part is None:
            part = known[key] = len(found.parts)
            found.parts.append(Part(scope, items, inputs, tuple(outside), outputs, tuple(leaving)))
            found.counts.append(0)
        found.counts[part] += 1
        outer = open_[-1]
        reads = tuple([outer.value(name) for name in outside])
        makes = tuple([outer.new(name) for name in leaving])
        outer.leaving += leaving
        local = scope.path[len(outer.scope.path) + 1 :] if outer.scope.path else scope.path
        passed = () if scope.kind == "block" else tuple([(a.name, a.passed) for a in scope.arguments])
        outer.items.append(Child(local, part, reads, makes, passed, scope.role))

    def enter(path: str) -> None:
        while path != open_[-1].scope.path and not path.startswith(open_[-1].scope.path + "." if open_[-1].scope.path else ""):
            close()
        waiting = []
        while path != open_[-1].scope.path:
            waiting.append(path)
            path = lookup.parent(path)
        open_.extend(_Open(lookup.scopes[inner]) for inner in reversed(waiting))

    at = ""
    for node in graph.nodes:
        if node.scope != at:
            enter(node.scope)
            at = node.scope
        here = open_[-1]
        reads = tuple([here.value(name) for name in node.inputs])
        makes = tuple([here.new(name) for name in node.outputs])
        here.leaving += [name for name in node.outputs if name in reach]
        here.items.append(Leaf(node.local, operation(node), reads, makes, node.arguments, node.init, node.role))
    while len(open_) > 1:
        close()
    network = open_[0]
    network.leaving = list(graph.outputs)
    outputs = tuple([network.values[name] for name in graph.outputs])
    inputs = tuple([network.values[name] for name in network.outside])
    found.counts.append(1)
    found.parts.append(Part(network.scope, tuple(network.items), inputs, tuple(network.outside), outputs, graph.outputs))
    return found


def _same_kinds(first: Operation, second: Operation) -> bool:
    """Whether attributes agree in type too: True == 1, but they are not one literal."""
    return all(type(getattr(first, name)) is type(getattr(second, name)) for name in first.record_fields)


def _reach(graph: Graph) -> dict[str, str]:
    """Of each value that is read outside its scope, the innermost scope around all its readers."""
    reach: dict[str, str] = dict.fromkeys(graph.outputs, "")
    for node in graph.nodes:
        scope = node.scope
        for name in node.inputs:
            home = name.rpartition(".")[0]
            if home != scope:
                around = _common(reach.get(name, home), scope)
                if len(around) < len(home) or name in reach:
                    reach[name] = around
    return reach


def _common(first: str, second: str) -> str:
    """The innermost scope around two."""
    while first and second != first and not second.startswith(first + "."):
        first = first.rpartition(".")[0]
    return first
