"""The canonical hash of a graph: what two specs are compared by. Equal for graphs that are one function up to names.

It does not see names, scopes, the order of the list, the order of operands of a sum or product, identities, initialisation and
origins. It sees every attribute, and whether a value is used twice or made twice.
"""

from hashlib import sha256
from itertools import pairwise

from archc.ir.arrange import Add, Identity, Mul
from archc.ir.ends import classifier
from archc.ir.freeze import thawed
from archc.ir.graph import Graph, Node
from archc.ir.op import Op, stated
from archc.record import Record

MASK = (1 << 64) - 1
FACTOR = 0x9E3779B97F4A7C15  # odd and spread: 2^64 divided by the golden ratio


class _Wiring(Record):
    """The graph as numbers. Value 0 is the input; a node's outputs are `first[node]`, `first[node] + 1`, ….

    Identities are gone: what they make is what they read.
    """

    ops: list[str]  # distinct operations, as text
    op: list[int]  # of each node, an index into `ops`
    commutes: list[bool]
    operands: list[list[int]]
    first: list[int]
    maker: list[int]  # of each value, its node; -1 of the input
    outputs: list[int]


def graph_hash(graph: Graph) -> str:
    """64 hexadecimal digits. Linear in nodes and without recursion.

    Colours computed from the operands up put the operands of sums and products in order; a walk from the outputs then numbers the
    values, and the hash is that of the numbered operations. Only the order hangs on colours: unlike graphs have unlike lines
    whatever their colours are.
    """
    return _digest(graph, _wired(graph), "archc graph 1")


def weights_hash(graph: Graph) -> str:
    """As graph_hash, of what weights are for: the width of the layer that makes the classes is left out, and whether norms learn.

    The size of the input is in neither, but where the network itself fixes it.
    """
    graph = thawed(graph)
    return _digest(graph, _wired(graph, classifier(graph)), "archc weights 1")


def _digest(graph: Graph, wiring: _Wiring, what: str) -> str:
    seeds = [int.from_bytes(sha256(text.encode()).digest()[:8], "big") for text in wiring.ops]
    _order_operands(wiring, [seeds[op] for op in wiring.op])
    digest = sha256(f"{what}\ninput {graph.types[graph.input].channels}\n".encode())
    digest.update("\n".join(_numbered(wiring)).encode())
    return digest.hexdigest()


def _wired(graph: Graph, any_width: Node | None = None) -> _Wiring:
    """`any_width`: a layer whose number of outputs is not looked at."""
    wiring = _Wiring([], [], [], [], [], [-1], [])
    values = {graph.input: 0}
    by_identity: dict[int, int] = {}
    by_value: dict[Op, int] = {}
    for node in graph.nodes:
        op = node.op
        operands = [values[name] for name in node.inputs]
        if isinstance(op, Identity):
            values[node.outputs[0]] = operands[0]
            continue
        index = len(wiring.ops) if node is any_width else by_identity.get(id(op))
        if index is None:
            index = by_identity[id(op)] = by_value.setdefault(op, len(wiring.ops))
        if index == len(wiring.ops):
            wiring.ops.append(_text(op, without="out_channels" if node is any_width else ""))
        number = len(wiring.op)
        wiring.op.append(index)
        wiring.commutes.append(isinstance(op, Add | Mul))
        wiring.operands.append(operands)
        wiring.first.append(len(wiring.maker))
        for name in node.outputs:
            values[name] = len(wiring.maker)
            wiring.maker.append(number)
    wiring.outputs.extend([values[name] for name in graph.outputs])
    return wiring


def _text(op: Op, without: str = "") -> str:
    """Equal for equal operations: 1, 1.0 and True are one value. Defaults are left out, so that an attribute may be added."""
    return op.kind + "".join(f" {name}={_number(value)}" for name, value in stated(op) if name != without)


def _number(value: object) -> str:
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    return str(int(value)) if isinstance(value, int | float) else repr(value)


def _order_operands(wiring: _Wiring, seeds: list[int]) -> None:
    """Sorts what commutes by colour; what ties is told apart by what reads it, until a round tells no more apart."""
    colours, tied = _colours(wiring, seeds)
    distinct = len(set(colours))
    while tied:
        uses = _uses(wiring, colours)
        seeds = [_mix(seed, uses[first]) for seed, first in zip(seeds, wiring.first, strict=True)]
        colours, tied = _colours(wiring, seeds)
        before, distinct = distinct, len(set(colours))
        if distinct == before:
            break


def _mix(state: int, value: int) -> int:
    state = (state + value) * FACTOR & MASK
    return state ^ state >> 29


def _colours(wiring: _Wiring, seeds: list[int]) -> tuple[list[int], bool]:
    """A number for each value that depends on what it is computed from, and whether two operands of a sum or product tie."""
    colours = [1] * len(wiring.maker)
    tied = False
    ends = [*wiring.first, len(colours)][1:]
    for seed, commutes, operands, first, end in zip(seeds, wiring.commutes, wiring.operands, wiring.first, ends, strict=True):
        if commutes:
            operands.sort(key=colours.__getitem__)
            for a, b in pairwise(operands):
                tied = tied or (a != b and colours[a] == colours[b])
        state = seed
        for operand in operands:
            state = (state + colours[operand]) * FACTOR & MASK
            state ^= state >> 29
        colours[first] = state
        for value in range(first + 1, end):
            state = colours[value] = _mix(state, value - first)
    return colours, tied


def _uses(wiring: _Wiring, colours: list[int]) -> list[int]:
    """A number for each value that depends on what reads it, and where among the operands."""
    uses = [0] * len(colours)
    for place, value in enumerate(wiring.outputs):
        uses[value] += _mix(place, 1)
    for node in range(len(wiring.op) - 1, -1, -1):
        first = wiring.first[node]
        end = wiring.first[node + 1] if node + 1 < len(wiring.first) else len(colours)
        for value in range(first + 1, end):
            uses[first] = _mix(uses[first], uses[value])
        reader = _mix(colours[first], uses[first] & MASK)
        for place, value in enumerate(wiring.operands[node]):
            uses[value] = uses[value] + _mix(reader, 0 if wiring.commutes[node] else place) & MASK
    return uses


def _numbered(wiring: _Wiring) -> list[str]:
    """One line a node, operands before what reads them, first operands first; an operation's text where it first occurs."""
    numbers = [0] * len(wiring.op)
    named = [0] * len(wiring.ops)
    maker, first, operands_of = wiring.maker, wiring.first, wiring.operands
    count = kinds = 0
    lines: list[str] = []

    def reference(value: int) -> str:
        node = maker[value]
        return "0" if node < 0 else f"{numbers[node]}.{value - first[node]}"

    for output in wiring.outputs:
        stack = [maker[output]] if maker[output] >= 0 else []
        while stack:
            node = stack[-1]
            if numbers[node]:
                stack.pop()
                continue
            waiting = [source for value in operands_of[node] if (source := maker[value]) >= 0 and not numbers[source]]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            stack.pop()
            count += 1
            numbers[node] = count
            op = wiring.op[node]
            if not named[op]:
                kinds += 1
                named[op] = kinds
                lines.append(wiring.ops[op])
            lines.append(f"{named[op]} " + " ".join([reference(value) for value in operands_of[node]]))
    lines.extend("output " + reference(value) for value in wiring.outputs)
    return lines
