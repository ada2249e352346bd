"""The lines of a block, a stem or a head as papers print them: an operation each, a module as one."""

from collections.abc import Mapping, Sequence

from archc.ir.graph import Graph, Node, Scope
from archc.ir.ops import Conv, Linear
from archc.ir.types import Sides, pair
from archc.present.table.words import spoken, stride
from archc.record import Record

_SAID = ("in", "out", "stride", "dilation", "groups", "kernel")
"""Arguments that the line has words of its own for."""


class Line(Record):
    """One line of a block: its words, its stride, what it is called there, the value it makes, and whether it only pools."""

    text: str
    stride: Sides
    name: str
    value: str
    pools: bool = False


def grouped(nodes: Sequence[Node], depth: int) -> list[tuple[str, tuple[Node, ...]]]:
    """By the first `depth` names of their scope, in order."""
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault(".".join(node.scope.split(".")[:depth]), []).append(node)
    return [(path, tuple(group)) for path, group in found.items()]


def lines_of(graph: Graph, scopes: Mapping[str, Scope], home: Scope, nodes: Sequence[Node]) -> list[Line]:
    """A line for each operation papers print, one for each module; what is on the shortcut has none."""
    found: list[Line] = []
    inside = ""
    for place, node in enumerate(nodes):
        if inside and (node.scope == inside or node.scope.startswith(inside + ".")):
            continue
        module = outermost(scopes, home, node)
        if module is not None:
            inside = module.path
            held = [n for n in nodes[place:] if n.scope == inside or n.scope.startswith(inside + ".")]
            if module.role != "shortcut":
                found.append(_module_line(graph, module, held))
        elif node.role != "shortcut" and node.op.row != "none":
            found.append(Line(node.op.words(), stride(node.op), node.local, node.outputs[0], node.op.row == "pool"))
    return found


def outermost(scopes: Mapping[str, Scope], home: Scope, node: Node) -> Scope | None:
    """The module in `home` that a node is in, through loops too."""
    names = node.scope.split(".")
    depth = home.path.count(".") + 1 if home.path else 0
    for end in range(depth + 1, len(names) + 1):
        scope = scopes.get(".".join(names[:end]))
        if scope is not None and scope.kind == "module":
            return scope
    return None


def _module_line(graph: Graph, module: Scope, nodes: Sequence[Node]) -> Line:
    """In place of a convolution: `res2 3×3, 104, scales=4`; inserted: `squeeze excite, [16, 256]`, as Hu et al. 2018, Table 1."""
    given = {argument.name: argument.value for argument in module.arguments}
    value = module.output or nodes[-1].outputs[0]
    kernel = max((pair(node.op.kernel) for node in nodes if isinstance(node.op, Conv)), default=(0, 0))
    widths = [node.op.out_channels for node in nodes if isinstance(node.op, Conv | Linear)]
    parts = [spoken(module.template)]
    if module.role == "insert" and widths:
        parts.append(f"[{', '.join(map(str, widths))}]")
    else:
        if max(kernel) > 1:
            parts[0] += f" {kernel[0]}×{kernel[1]}"
        if module.role == "main":
            parts.append(str(graph.types[value].channels))
        groups = given.get("groups", 1)
        parts += [f"C={groups}"] if groups != 1 else []
        parts += _arguments(module, nodes)
    return Line(", ".join(parts), _stride(graph, module, value), module.path.rpartition(".")[2], value)


def _stride(graph: Graph, module: Scope, value: str) -> int:
    """By how much its output is smaller than its first input; a gate that joins two paths strides on neither."""
    before, after = (graph.types[name].spatial for name in (module.inputs[0] if module.inputs else value, value))
    return -(-before[0] // after[0]) if before and after else 1


def _arguments(module: Scope, nodes: Sequence[Node]) -> list[str]:
    """Whole numbers it was made with, but those that are channels of a layer in it."""
    channels = {name for node in nodes for attribute, name in node.arguments if attribute.endswith("channels")}
    return [
        f"{argument.name}={argument.value}"
        for argument in module.arguments
        if argument.name not in (*_SAID, *channels) and isinstance(argument.value, int) and not isinstance(argument.value, bool)
    ]
