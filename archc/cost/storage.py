"""Which values share memory: views, and what is written over, by the rules of the emitted module."""

from archc.ir import ops
from archc.ir.graph import Graph, Node, enclosing
from archc.ir.norms import ACTIVATIONS
from archc.record import Record


class Storage(Record):
    """`root`: by value, the value whose memory it is in. `written`: by node, the operand it writes over. `elements`: by root."""

    root: dict[str, str]
    written: dict[str, int]
    elements: dict[str, int]


def storage_of(graph: Graph) -> Storage:
    """Where each value lies. Outside of training; in training dropout has an output of its own (`archc.cost.saved`)."""
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
    """By node, the operand that it writes over: an activation its input, an addition its residual rather than its shortcut.

    A value may be written over if it has one use and a convolution, norm, linear layer or addition made it, in the class that
    uses it or as the output of one inside that class: anything else keeps its output for the backward pass.
    """
    same = {node.outputs[0]: node.inputs[0] for node in graph.nodes if isinstance(node.op, ops.Identity)}
    makers = {name: node for node in graph.nodes for name in node.outputs}
    uses: dict[str, int] = {}
    for name in [*(name for node in graph.nodes if node.outputs[0] not in same for name in node.inputs), *graph.outputs]:
        name = _behind(name, same)  # noqa: PLW2901
        uses[name] = uses.get(name, 0) + 1
    homes = _homes(graph)

    def safe(reader: Node, value: str) -> bool:
        value = _behind(value, same)
        maker = makers.get(value)
        if maker is None or uses[value] != 1 or not maker.op.is_spare(of_map=graph.types[maker.inputs[0]].is_map):
            return False
        home = homes[reader.scope]
        return not home or homes[maker.scope] == home or homes[maker.scope].startswith(home + ".")

    found: dict[str, int] = {}
    for node in graph.nodes:
        op = node.op
        if isinstance(op, ops.Act) and ACTIVATIONS[op.act].in_place != "no" and safe(node, node.inputs[0]):
            found[node.name] = 0
        elif isinstance(op, ops.Add) and len(node.inputs) == 2:
            whole = graph.types[node.outputs[0]]
            fit = [at for at, name in enumerate(node.inputs) if graph.types[name] == whole and safe(node, name)]
            if fit:
                found[node.name] = min(fit, key=lambda at: makers[_behind(node.inputs[at], same)].role == "shortcut")
    return found


def _behind(name: str, same: dict[str, str]) -> str:
    while name in same:
        name = same[name]
    return name


def _homes(graph: Graph) -> dict[str, str]:
    """By scope, the path of the class it is emitted in: a block's, a module's, or the network's."""
    found: dict[str, str] = {}
    for scope in graph.scopes:
        found[scope.path] = scope.path if scope.kind in ("block", "module") else found.get(enclosing(scope, found), "")
    return found
