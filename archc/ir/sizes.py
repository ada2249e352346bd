"""The proof that a graph works at every input size, or at every multiple of one, and not only at the declared size.

It follows the lengths of `archc.ir.lengths` through the graph, so it holds for all sizes at which every window fits.
"""

from collections.abc import Sequence
from math import gcd, lcm, prod

from archc.ir.forms import Failure, Form, Proof, pooled, rule
from archc.ir.graph import Graph
from archc.ir.lengths import Length, at, length, next_change
from archc.ir.types import ShapeError, TensorType
from archc.record import Record


class SizeProblem(Record):
    """Where a graph fails at another input size than the declared one.

    `size` is the nearest one from the declared one up at which the node fails, or is not proven to work. `multiple`: the
    smallest number such that it works at every multiple of it, None where there is none; `fixed`: only the declared size can.
    """

    name: str
    message: str
    size: tuple[int, ...]
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
    size = _failing_size(proof, failure)
    values = " and ".join(str(at(side, size[failure.axis])) for side in failure.lengths)
    message = f"{failure.message.replace('{}', values)} at an input of {'x'.join(map(str, size))}"
    mended = None
    if not failure.fixed:
        strides = lcm(*{side[0] for form in forms.values() for axes, _ in form for side in axes if side[0]})
        # a multiple that mends it has to divide the declared size too
        common = gcd(strides, *graph.types[graph.input].spatial)
        mended = next((m for m in range(2, common + 1) if common % m == 0 and _holds(graph, m)), None)
    return SizeProblem(failure.node.name, message, size, mended is None, mended)


def _failing_size(proof: Proof, failure: Failure) -> tuple[int, ...]:
    """The first size at which the node refuses its inputs: along the failure's axis, along another, or along all at once.

    Goes from one change of a length to the next, so that large strides take no longer than small ones. A length may pass for a
    pooled map's while it is 1, or be divided by chance: no size may be found, and after 4096 changes the first of them stands.
    """
    start = [-(-n // proof.multiple) * proof.multiple for n in proof.graph.types[proof.graph.input].spatial]
    first = None
    others = [(axis,) for axis in range(proof.axes) if axis != failure.axis]
    for axes in ((failure.axis,), *others, tuple(range(proof.axes))):
        varying = {(axis, both[axis]) for form in failure.inputs for both, _ in form for axis in axes if both[axis][0]}
        size = list(start)
        for _ in range(4096 if varying else 0):
            step = min(next_change(what, size[axis], proof.multiple) for axis, what in varying)
            if not _fits(proof.graph, failure, size):
                return tuple(size)
            for axis in axes:
                size[axis] += step
            first = first or tuple(size)
    return first or tuple(start)


def _fits(graph: Graph, failure: Failure, size: Sequence[int]) -> bool:
    """Whether the node takes what it gets at this input size."""
    types = graph.types
    declared = types[graph.input].spatial
    found = []
    for name, form in zip(failure.node.inputs, failure.inputs, strict=True):
        type_ = types[name]
        if type_.is_map:
            ((axes, _),) = form
            found.append(TensorType((type_.channels, *map(at, axes, size))))
        else:
            # a number of tokens, or of a vector's channels, differs by what its varying terms do
            now, then = (sum(times * prod(map(at, axes, lengths)) for axes, times in form) for lengths in (size, declared))
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
    proof = Proof(graph, 1, [])
    forms, one = _follow(proof), pooled(proof.axes)
    return frozenset(name for name in small if forms.get(name) == one)  # a part of a network keeps the types of all of it


def map_lengths(graph: Graph, multiple: int) -> list[set[Length]]:
    """For each axis every length of a map that depends on the input's size, which is a multiple of `multiple`."""
    proof = Proof(graph, multiple, [])
    forms = _follow(proof)
    maps = [form[0][0] for name, form in forms.items() if graph.types[name].is_map]
    return [{axes[axis] for axes in maps if axes[axis][0]} for axis in range(proof.axes)]


def _follow(proof: Proof) -> dict[str, Form]:
    """The form of every value; fills `failures` in order of execution."""
    types = proof.graph.types
    start = length(1, 0, proof.multiple)
    forms: dict[str, Form] = {proof.graph.input: (((start,) * proof.axes, 1),)}
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
