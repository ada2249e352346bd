"""A short way to write a graph in a test: operations are added one by one, types and names follow."""

from collections.abc import Sequence

from archc.ir.graph import Graph, Node, Role, Scope, ScopeArgument, ScopeKind
from archc.ir.op import Init
from archc.ir.ops import Operation
from archc.ir.types import Kind, TensorType
from archc.record import replace


def typed(shape: Sequence[int]) -> TensorType:
    """A vector of one length, tokens of two, a map of more."""
    kinds: dict[int, Kind] = {1: "vector", 2: "tokens"}
    return TensorType(tuple(shape), kinds.get(len(shape), "map"))


class Builder:
    """A graph under construction, whose input is the map `x`. `inside` opens a scope that holds until the next is opened."""

    def __init__(self, channels: int = 3, *lengths: int) -> None:
        self.types = {"x": TensorType((channels, *(lengths or (8, 8))))}
        self.nodes: list[Node] = []
        self.scopes = [Scope("", "network", "net")]
        self.scope = ""

    def inside(
        self,
        path: str,
        kind: ScopeKind = "block",
        template: str = "unit",
        arguments: Sequence[ScopeArgument] = (),
        role: Role = "main",
    ) -> None:
        self.scopes.append(Scope(path, kind, template, tuple(arguments), role=role))
        self.scope = path

    def outside(self, path: str = "") -> None:
        """Back in a scope that was opened before."""
        self.scope = path

    def add(
        self,
        op: Operation,
        *inputs: str,
        name: str = "",
        arguments: tuple[tuple[str, str], ...] = (),
        init: tuple[tuple[str, Init], ...] = (),
        role: Role = "main",
    ) -> str:
        """The first output's name. Without inputs it reads the last node's first output."""
        return self.add_all(op, *inputs, name=name, arguments=arguments, init=init, role=role)[0]

    def add_all(
        self,
        op: Operation,
        *inputs: str,
        name: str = "",
        arguments: tuple[tuple[str, str], ...] = (),
        init: tuple[tuple[str, Init], ...] = (),
        role: Role = "main",
    ) -> tuple[str, ...]:
        operands = inputs or (self.nodes[-1].outputs[0] if self.nodes else "x",)
        types = op.infer(*(self.types[value] for value in operands))
        local = name or f"{op.kind}{len(self.nodes)}"
        full = f"{self.scope}.{local}" if self.scope else local
        outputs = (full,) if len(types) == 1 else tuple(f"{full}:{i}" for i in range(len(types)))
        self.types.update(zip(outputs, types, strict=True))
        self.nodes.append(Node(full, op, operands, outputs, self.scope, arguments, init, role))
        return outputs

    def graph(self, *outputs: str) -> Graph:
        """With these outputs, or the last node's."""
        return Graph(
            name="net",
            input="x",
            outputs=outputs or (self.nodes[-1].outputs[0],),
            nodes=tuple(self.nodes),
            scopes=tuple(self.scopes),
            types=self.types,
        )


def renamed(graph: Graph, prefix: str) -> Graph:
    """Every value, node and scope called otherwise."""

    def new(name: str) -> str:
        return prefix + name

    nodes = [
        replace(
            node,
            name=new(node.name),
            inputs=tuple(map(new, node.inputs)),
            outputs=tuple(map(new, node.outputs)),
            scope="",
            arguments=(),
        )
        for node in graph.nodes
    ]
    return replace(
        graph,
        name="other",
        input=new(graph.input),
        outputs=tuple(map(new, graph.outputs)),
        nodes=tuple(nodes),
        scopes=(Scope("", "network", "other"),),
        types={new(name): type_ for name, type_ in graph.types.items()},
    )
