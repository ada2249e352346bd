"""The proof that a graph works at every input size, or at every multiple of one, and not only at the declared size.

It follows the lengths of `archc.ir.lengths` through the graph, so it holds for all sizes at which every window fits.
"""

from math import gcd, lcm

from archc.ir.forms import POOLED, Failure, Form, Proof, rule
from archc.ir.graph import Graph
from archc.ir.lengths import Length, at, length, next_change
from archc.ir.types import ShapeError, TensorType
from archc.record import Record


class SizeProblem(Record):
    """Where a graph fails at another input size than the declared one.

    `size` is the nearest (h, w) from the declared one up at which the node fails, or is not proven to work. `multiple`: the
    smallest number such that it works at every multiple of it, None where there is none; `fixed`: only the declared size can.
    """

    name: str
    message: str
    size: tuple[int, int]
    fixed: bool
    multiple: int | None


def prove_sizes(graph: Graph, multiple: int = 1) -> SizeProblem | None:
    """None where the graph works at every input size that is a multiple of `multiple` and that its windows fit.

    The graph has to be valid at its declared size. Linear in nodes.
    """
    proof = Proof(graph, multiple, [])
    forms = _follow(proof)
    if not proof.failures:
        return None
    failure = proof.failures[0]
    height, width = _failing_size(proof, failure)
    values = " and ".join(str(at(what, (height, width)[failure.axis])) for what in failure.lengths)
    message = f"{failure.message.replace('{}', values)} at an input of {height}x{width}"
    mended = None
    if not failure.fixed:
        strides = lcm(*{side[0] for form in forms.values() for axes, _ in form for side in axes if side[0]})
        # a multiple that mends it has to divide the declared size too
        common = gcd(strides, *graph.types[graph.input].shape[1:])
        mended = next((m for m in range(2, common + 1) if common % m == 0 and _holds(graph, m)), None)
    return SizeProblem(failure.node.name, message, (height, width), mended is None, mended)


def _failing_size(proof: Proof, failure: Failure) -> tuple[int, int]:
    """The first size at which the node refuses its inputs: along the failure's axis, the other, or both at once.

    Goes from one change of a length to the next, so that large strides take no longer than small ones. A length may pass for a
    pooled map's while it is 1, or be divided by chance: no size may be found, and after 4096 changes the first of them stands.
    """
    start = [-(-n // proof.multiple) * proof.multiple for n in proof.graph.types[proof.graph.input].shape[1:]]
    first = None
    for axes in ((failure.axis,), (1 - failure.axis,), (0, 1)):
        varying = {(axis, both[axis]) for form in failure.inputs for both, _ in form for axis in axes if both[axis][0]}
        size = list(start)
        for _ in range(4096 if varying else 0):
            step = min(next_change(what, size[axis], proof.multiple) for axis, what in varying)
            if not _fits(proof.graph, failure, (size[0], size[1])):
                return (size[0], size[1])
            for axis in axes:
                size[axis] += step
            first = first or (size[0], size[1])
    return first or (start[0], start[1])


def _fits(graph: Graph, failure: Failure, size: tuple[int, int]) -> bool:
    """Whether the node takes what it gets at this input size."""
    types = graph.types
    declared = types[graph.input].shape[1:]
    found = []
    for name, form in zip(failure.node.inputs, failure.inputs, strict=True):
        type_ = types[name]
        if type_.is_map:
            (((height, width), _),) = form
            found.append(TensorType((type_.channels, at(height, size[0]), at(width, size[1]))))
        else:
            # a number of tokens, or of a vector's channels, differs by what its varying terms do
            now, then = (sum(times * at(h, n) * at(w, m) for (h, w), times in form) for n, m in (size, declared))
            found.append(TensorType((type_.shape[0] + now - then, *type_.shape[1:]), type_.kind))
    try:
        failure.node.op.infer(*found)
    except ShapeError:
        return False
    return True


def _holds(graph: Graph, multiple: int) -> bool:
    proof = Proof(graph, multiple, [])
    _follow(proof)
    return not proof.failures


def pooled_values(graph: Graph) -> frozenset[str]:
    """The maps of one pixel at every size the graph works at, not only at the declared one."""
    types = graph.types
    small = [name for name, type_ in types.items() if type_.is_pixel]
    if not small or not graph.any_size:
        return frozenset(small)
    forms = _follow(Proof(graph, 1, []))
    return frozenset(name for name in small if forms.get(name) == POOLED)  # a part of a network keeps the types of all of it


def map_lengths(graph: Graph, multiple: int) -> tuple[set[Length], set[Length]]:
    """Every height and every width of a map that depends on the input's size, which is a multiple of `multiple`."""
    forms = _follow(Proof(graph, multiple, []))
    maps = [form[0][0] for name, form in forms.items() if graph.types[name].is_map]
    heights, widths = ({axes[axis] for axes in maps if axes[axis][0]} for axis in (0, 1))
    return heights, widths


def _follow(proof: Proof) -> dict[str, Form]:
    """The form of every value; fills `failures` in order of execution."""
    types = proof.graph.types
    start = length(1, 0, proof.multiple)
    forms: dict[str, Form] = {proof.graph.input: (((start, start), 1),)}
    known: dict[tuple[int, int, tuple[int, ...]], Form] = {}
    distinct: dict[Form, Form] = {}  # equal forms are one object
    for node in proof.graph.nodes:
        inputs = tuple([forms[name] for name in node.inputs])
        # operations, types and forms are told apart by identity: hashing them would cost more than the rule
        key = (id(node.op), id(types[node.inputs[0]]), tuple(map(id, inputs)))
        form = known.get(key)
        if form is None:
            form = rule(proof, node, inputs)
            form = known[key] = distinct.setdefault(form, form)
        for name in node.outputs:
            forms[name] = form
    return forms
