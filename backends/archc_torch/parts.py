"""The graph cut at its scopes, scopes of one content made one: a network of 100,000 blocks has a handful of parts."""

from math import prod
from typing import Literal, NamedTuple, TypeAlias

from archc.ir import ops
from archc.ir.graph import Graph, Node, Role, Scope
from archc.ir.op import Init
from archc.ir.ops import Operation
from archc.ir.sizes import pooled_values
from archc.ir.types import Kind
from archc.language.layouts.lookup import Lookup
from archc.record import Record, field


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


class Applied(Record):
    """An operation, and what of its inputs' types its code depends on.

    `reads` is the kind of the first input where the code depends on it. `count` is the number of positions for `flatten`; for
    `add` it has a bit for each operand that is broadcast at some size.
    """

    op: Operation
    reads: Kind | Literal[""] = ""
    count: int = 0


class Part(Record, frozen=False, eq=False):
    """The content of all scopes alike; `scope` is the first, `inputs` its values from outside in the order it takes them."""

    scope: Scope
    items: tuple[Item, ...]
    inputs: tuple[int, ...]
    input_names: tuple[str, ...]
    outputs: tuple[int, ...]
    output_names: tuple[str, ...]
    by_name: tuple[str, ...] = ()
    """What the network calls its outputs, where it gives them by name."""


class Parts(Record, frozen=False, eq=False):
    """Every distinct part, inner ones first; the network is the last."""

    graph: Graph
    lookup: Lookup
    parts: list[Part] = field(factory=list)
    operations: list[Applied] = field(factory=list)
    counts: list[int] = field(factory=list)
    """How many scopes each part stands for."""


class _Open(Record, frozen=False, eq=False, compiled=True):
    """A scope being read."""

    scope: Scope
    values: dict[str, int] = field(factory=dict)
    outside: list[str] = field(factory=list)
    leaving: list[str] = field(factory=list)
    items: list[Item] = field(factory=list)

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


class _Cutter(Record, frozen=False, eq=False):
    """One pass over the nodes: the scopes that are open, and the parts by content."""

    found: Parts
    pooled: frozenset[str]
    reach: dict[str, str]
    open: list[_Open]
    known: dict[tuple[object, ...], int] = field(factory=dict)
    operations: dict[tuple[int, str, int], int] = field(factory=dict)
    distinct: dict[Applied, int] = field(factory=dict)
    closed: set[str] = field(factory=set)

    def enter(self, path: str) -> None:
        """Closes and opens scopes until the innermost open one is at `path`."""
        while path != self.open[-1].scope.path and not _inside(path, self.open[-1].scope.path):
            self.close()
        waiting = []
        if path in self.closed:
            raise ValueError(f"the scope `{path}` is entered twice")
        while path != self.open[-1].scope.path:
            waiting.append(path)
            path = self.found.lookup.parent(path)
        self.open.extend(_Open(self.found.lookup.scopes[inner]) for inner in reversed(waiting))

    def close(self) -> None:
        """The innermost open scope becomes a part, a known one where its content is, and a child of the scope around it."""
        inner = self.open.pop()
        self.closed.add(inner.scope.path)
        outer, scope = self.open[-1], inner.scope
        order = {name: place for place, name in enumerate(scope.inputs)}
        outside = sorted(inner.outside, key=lambda name: order.get(name, len(order)))
        leaving = [name for name in inner.leaving if len(self.reach[name]) < len(scope.path)]
        part = self.part(inner, outside, leaving)
        reads = tuple([outer.value(name) for name in outside])
        makes = tuple([outer.new(name) for name in leaving])
        outer.leaving += leaving
        local = scope.path[len(outer.scope.path) + 1 :] if outer.scope.path else scope.path
        passed = () if scope.kind == "block" else tuple([(a.name, a.passed) for a in scope.arguments])
        outer.items.append(Child(local, part, reads, makes, passed, scope.role))

    def part(self, inner: _Open, outside: list[str], leaving: list[str]) -> int:
        scope, items = inner.scope, tuple(inner.items)
        inputs = tuple([inner.values[name] for name in outside])
        outputs = tuple([inner.values[name] for name in leaving])
        first = outside.index(scope.inputs[0]) if scope.inputs and scope.inputs[0] in outside else -1
        key = (scope.kind, scope.template, items, inputs, outputs, first)
        found = self.known.setdefault(key, len(self.found.parts))
        if found == len(self.found.parts):
            self.found.parts.append(Part(scope, items, inputs, tuple(outside), outputs, tuple(leaving)))
            self.found.counts.append(0)
        self.found.counts[found] += 1
        return found

    def operation(self, node: Node) -> int:
        """The index of an operation; equal ones share it."""
        reads, count = _dependence(node, self.found.graph, self.pooled)
        index = self.operations.get((id(node.op), reads, count))
        if index is None:
            applied = Applied(node.op, reads, count)
            index = self.distinct.get(applied, -1)
            if index < 0 or not _same_kinds(self.found.operations[index].op, node.op):
                index = len(self.found.operations)
                self.found.operations.append(applied)
                self.distinct.setdefault(applied, index)
            self.operations[id(node.op), reads, count] = index
        return index


def cut(graph: Graph, lookup: Lookup) -> Parts:
    """Linear in the nodes: each scope's content is hashed once."""
    found = Parts(graph, lookup)
    cutter = _Cutter(found, pooled_values(graph), _reach(graph), [_Open(lookup.scopes[""])])
    at = ""
    for node in graph.nodes:
        if node.scope != at:
            at = node.scope
            cutter.enter(at)
        here = cutter.open[-1]
        reads = tuple([here.value(name) for name in node.inputs])
        makes = tuple([here.new(name) for name in node.outputs])
        here.leaving += [name for name in node.outputs if name in cutter.reach]
        here.items.append(Leaf(node.local, cutter.operation(node), reads, makes, node.arguments, node.init, node.role))
    while len(cutter.open) > 1:
        cutter.close()
    last = cutter.part(cutter.open[0], cutter.open[0].outside, list(graph.outputs))
    found.parts[last].by_name = graph.output_names
    return found


def _inside(path: str, scope: str) -> bool:
    return not scope or path.startswith(scope + ".")


_BY_KIND = (ops.Norm, ops.Linear, ops.Scale, ops.Concat)


def _dependence(node: Node, graph: Graph, pooled: frozenset[str]) -> tuple[Kind | Literal[""], int]:
    """What the code of a node depends on beside the operation, as `Applied` holds it."""
    op = node.op
    if isinstance(op, _BY_KIND):
        return graph.types[node.inputs[0]].kind, 0
    if isinstance(op, ops.Flatten):
        return "", prod(graph.types[node.inputs[0]].spatial)
    if isinstance(op, ops.Add):
        out = graph.types[node.outputs[0]]
        small = () if pooled.issuperset(node.inputs) else pooled
        return "", sum(1 << place for place, name in enumerate(node.inputs) if name in small or graph.types[name] != out)
    return "", 0


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
