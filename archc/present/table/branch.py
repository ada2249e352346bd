"""The lines of a block, a stem or a head as papers print them: an operation each, a module as one."""

from collections.abc import Mapping, Sequence

from archc.ir.graph import Graph, Node, Scope
from archc.present.table.modules import Line, module_line
from archc.present.table.words import stride


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
                found.append(module_line(graph, module, held))
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


__all__ = ["Line", "grouped", "lines_of", "outermost"]
