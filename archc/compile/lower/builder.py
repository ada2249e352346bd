"""A part of the graph while it is made: nodes, scopes and types under relative names, and its copy under real ones."""

from archc.diagnostics import Span
from archc.ir.graph import Node, Scope
from archc.ir.ops import Operation
from archc.ir.types import TensorType
from archc.record import Record, field

INPUT = "@"
"""Stands for a fragment's input until it is placed."""


class Ref(Record, compiled=True):
    """A value: its name, its type (None after a reported problem: what reads it is not checked), and which of the scope's
    arguments its number of channels is.
    """

    name: str
    type: TensorType | None
    channels: str | None = None


class Fragment(Record, frozen=False, eq=False):
    """Nodes in order of execution, with names relative to where they will stand; `taken` are the names and who has
    them, `placed` how many nodes and scopes are copies.
    """

    nodes: list[Node] = field(factory=list)
    scopes: list[Scope] = field(factory=list)
    types: dict[str, TensorType] = field(factory=dict)
    taken: dict[str, Span] = field(factory=dict)
    placed: int = 0
    _operations: dict[Operation, Operation] = field(factory=dict)

    def interned(self, op: Operation) -> Operation:
        """The same object for equal operations: a third less memory in a deep network."""
        return self._operations.setdefault(op, op)

    def add(self, node: Node, types: tuple[TensorType, ...]) -> None:
        """The next node in order of execution, and the types of its outputs."""
        self.nodes.append(node)
        self.types.update(zip(node.outputs, types, strict=True))

    def place(self, part: "Fragment", prefix: str, value: str) -> None:
        """A copy of `part` under `prefix`, reading `value` as its input."""
        dot = prefix + "."

        def named(name: str) -> str:
            return value if name == INPUT else dot + name

        for scope in part.scopes:
            path = dot + scope.path if scope.path else prefix
            inputs = tuple(map(named, scope.inputs))
            self.scopes.append(
                Scope(
                    path,
                    scope.kind,
                    scope.template,
                    scope.arguments,
                    inputs,
                    named(scope.output) if scope.output else "",
                    scope.role,
                    scope.label,
                    scope.origin,
                    scope.settings,
                )
            )
        nodes = self.nodes
        for node in part.nodes:
            nodes.append(
                Node(
                    dot + node.name,
                    node.op,
                    tuple([value if i == INPUT else dot + i for i in node.inputs]),
                    tuple([dot + o for o in node.outputs]),
                    dot + node.scope if node.scope else prefix,
                    node.arguments,
                    node.init,
                    node.role,
                    node.origin,
                    node.unit,
                )
            )
        for name, type_ in part.types.items():
            self.types[dot + name] = type_
        self.placed += len(part.nodes) + len(part.scopes)
