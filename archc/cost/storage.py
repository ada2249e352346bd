"""Values share memory where one is a view of another or is written over it, by the rules of the emitted module."""

from archc.ir import ops
from archc.ir.graph import Graph, Node, enclosing
from archc.ir.norms import ACTIVATIONS
from archc.record import Record


class Storage(Record):
    """The memories of a graph's values."""

    root: dict[str, str]
    """By value, the value whose memory it is in."""
    written: dict[str, int]
    """By node, the operand that it writes over."""
    elements: dict[str, int]
    """By root, the elements of its memory."""


def storage_of(graph: Graph) -> Storage:
    """Return the memories in inference; in training dropout has an output of its own (`archc.cost.saved`)."""
    written = overwritten(graph)
    root = {graph.input: graph.input}
    elements = {graph.input: graph.types[graph.input].elements}
    for node in graph.nodes:
        operand = written.get(node.name)
        if operand is None and node.op.is_view(len(node.inputs)):
            operand = 0
        for name in node.outputs:
            if operand is None:
                root[name] = name
                elements[name] = graph.types[name].elements
            else:
                root[name] = root[node.inputs[operand]]
    return Storage(root, written, elements)


def overwritten(graph: Graph) -> dict[str, int]:
    """Return the operand that each node writes over: an activation its input, an addition its residual before its shortcut.

    A value may be written over if it has one use, and if a convolution, norm, linear layer or addition made it in the class that
    uses it or in a class inside of that. Other operations keep their output for the backward pass.
    """
    renamed = {node.outputs[0]: node.inputs[0] for node in graph.nodes if isinstance(node.op, ops.Identity)}
    makers = {name: node for node in graph.nodes for name in node.outputs}
    uses: dict[str, int] = {}
    for name in [*(name for node in graph.nodes if node.outputs[0] not in renamed for name in node.inputs), *graph.outputs]:
        name = _behind(name, renamed)  # noqa: PLW2901
        uses[name] = uses.get(name, 0) + 1
    homes = _homes(graph)

    def safe(reader: Node, value: str) -> bool:
        value = _behind(value, renamed)
        maker = makers.get(value)
        if maker is None or uses[value] != 1 or not maker.op.is_spare(of_map=graph.types[maker.inputs[0]].is_map):
            return False
        home = homes[reader.scope]
        return not home or homes[maker.scope] == home or homes[maker.scope].startswith(home + ".")

    operands: dict[str, int] = {}
    for node in graph.nodes:
        op = node.op
        if isinstance(op, ops.Act) and ACTIVATIONS[op.act].in_place != "no" and safe(node, node.inputs[0]):
            operands[node.name] = 0
        elif isinstance(op, ops.Add) and len(node.inputs) == 2:
            whole = graph.types[node.outputs[0]]
            fit = [place for place, name in enumerate(node.inputs) if graph.types[name] == whole and safe(node, name)]
            if fit:
                operands[node.name] = min(fit, key=lambda place: makers[_behind(node.inputs[place], renamed)].role == "shortcut")
    return operands


def _behind(name: str, renamed: dict[str, str]) -> str:
    """Return the value that identities pass on under another name."""
    while name in renamed:
        name = renamed[name]
    return name


def _homes(graph: Graph) -> dict[str, str]:
    """Return the path of the class that each scope is emitted in: a block's, a module's, or the network's."""
    homes: dict[str, str] = {}
    for scope in graph.scopes:
        homes[scope.path] = scope.path if scope.kind in ("block", "module") else homes.get(enclosing(scope, homes), "")
    return homes
