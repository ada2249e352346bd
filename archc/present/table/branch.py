"""A block, a stem or a head has the lines that papers print: one for each operation, one for a whole module."""

from collections.abc import Mapping, Sequence

from archc.ir.graph import Graph, Node, Scope
from archc.ir.ops import Conv, ConvTranspose, Linear
from archc.ir.types import Sides, along, by_axis
from archc.present.table.words import spoken, stride
from archc.record import Record

_WORDED = ("in", "out", "stride", "dilation", "groups", "kernel")
"""Arguments for which the line has words of its own."""


class Line(Record):
    """A line of a block."""

    text: str
    stride: Sides
    name: str
    """The name of the operation or module in the block."""
    value: str
    """The value that it gives."""
    pools: bool = False
    """Whether it only pools."""


def grouped(nodes: Sequence[Node], depth: int) -> list[tuple[str, tuple[Node, ...]]]:
    """Group nodes by the first `depth` names of their scopes, in order."""
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(".".join(node.scope.split(".")[:depth]), []).append(node)
    return [(path, tuple(group)) for path, group in groups.items()]


def lines_of(graph: Graph, scopes: Mapping[str, Scope], home: Scope, nodes: Sequence[Node]) -> list[Line]:
    """Return a line for each operation that papers print, one for each module, and none for the shortcut."""
    lines: list[Line] = []
    inside = ""
    for place, node in enumerate(nodes):
        if inside and (node.scope == inside or node.scope.startswith(inside + ".")):
            continue
        module = outermost(scopes, home, node)
        if module is not None:
            inside = module.path
            members = [n for n in nodes[place:] if n.scope == inside or n.scope.startswith(inside + ".")]
            if module.role != "shortcut":
                lines.append(_module_line(graph, module, members))
        elif node.role != "shortcut" and node.op.row != "none":
            lines.append(Line(node.op.words(), stride(node.op), node.local, node.outputs[0], node.op.row == "pool"))
    return lines


def outermost(scopes: Mapping[str, Scope], home: Scope, node: Node) -> Scope | None:
    """Return the outermost module in `home` that a node is in, through loops too."""
    names = node.scope.split(".")
    depth = home.path.count(".") + 1 if home.path else 0
    for end in range(depth + 1, len(names) + 1):
        scope = scopes.get(".".join(names[:end]))
        if scope is not None and scope.kind == "module":
            return scope
    return None


def _module_line(graph: Graph, module: Scope, nodes: Sequence[Node]) -> Line:
    """Write a module in place of a convolution as `res2 3×3, 104, scales=4`, an inserted one as Hu et al. 2018, Table 1, do."""
    arguments = {argument.name: argument.value for argument in module.arguments}
    value = module.output or nodes[-1].outputs[0]
    convs = [node.op for node in nodes if isinstance(node.op, Conv | ConvTranspose)]
    kernel = max((along(op.kernel, op.axes) for op in convs), default=())
    widths = [node.op.out_channels for node in nodes if isinstance(node.op, Conv | ConvTranspose | Linear)]
    parts = [spoken(module.template)]
    if module.role == "insert" and widths:
        parts.append(f"[{', '.join(map(str, widths))}]")
    else:
        if max(kernel, default=0) > 1:
            parts[0] += f" {by_axis(kernel)}"
        if module.role == "main":
            parts.append(str(graph.types[value].channels))
        groups = arguments.get("groups", 1)
        parts += [f"C={groups}"] if groups != 1 else []
        parts += _arguments(module, nodes)
    return Line(", ".join(parts), _stride(graph, module, value), module.path.rpartition(".")[2], value)


def _stride(graph: Graph, module: Scope, value: str) -> int:
    """Return how often its output goes into its first input; a gate that joins two paths has no stride."""
    before, after = (graph.types[name].spatial for name in (module.inputs[0] if module.inputs else value, value))
    return -(-before[0] // after[0]) if before and after else 1


def _arguments(module: Scope, nodes: Sequence[Node]) -> list[str]:
    """Write the whole numbers among its arguments that are not channels of a layer in it."""
    channels = {name for node in nodes for attribute, name in node.arguments if attribute.endswith("channels")}
    return [
        f"{argument.name}={argument.value}"
        for argument in module.arguments
        if argument.name not in (*_WORDED, *channels) and isinstance(argument.value, int) and not isinstance(argument.value, bool)
    ]
