"""A part of the graph while it is made: nodes, scopes and types under relative names, and its copy under real ones."""

from dataclasses import dataclass, field

from archc.diagnostics import Span
from archc.ir.graph import Init, Node, Role, Scope
from archc.ir.ops import Operation
from archc.ir.types import TensorType

INPUT = "@"
"""Stands for a fragment's input until it is placed."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A value: its name, its type (None after a reported problem: what reads it is not checked), and which of the scope's
    arguments its number of channels is."""

    name: str
    type: TensorType | None
    channels: str | None = None


@dataclass(slots=True, eq=False)
class Fragment:
    """Nodes in order of execution, with names relative to where they will stand."""

    nodes: list[Node] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    types: dict[str, TensorType] = field(default_factory=dict)
    interned: dict[Operation, Operation] = field(default_factory=dict)

    def add(
        self,
        name: str,
        scope: str,
        op: Operation,
        inputs: tuple[str, ...],
        types: tuple[TensorType, ...],
        arguments: tuple[tuple[str, str], ...] = (),
        init: tuple[tuple[str, Init], ...] = (),
        role: Role = "main",
        origin: Span | None = None,
    ) -> tuple[str, ...]:
        """A node; returns the names of its outputs."""
        op = self.interned.setdefault(op, op)
        outputs = (name,) if len(types) == 1 else tuple(f"{name}:{i}" for i in range(len(types)))
        self.nodes.append(Node(name, op, inputs, outputs, scope, arguments, init, role, origin))
        self.types.update(zip(outputs, types, strict=True))
        return outputs

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
                )
            )
        for name, type_ in part.types.items():
            self.types[dot + name] = type_
