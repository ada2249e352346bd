"""The proof that a graph works at every input size, or at every multiple of one, and not only at the declared size.

It follows the lengths of `archc.ir.lengths` through the graph, so it holds for all sizes at which every window fits.
"""

from collections.abc import Callable, Iterable
from math import gcd, lcm
from typing import TypeAlias, assert_never

from archc.ir.graph import Graph, Node
from archc.ir.lengths import ONE, Length, at, divides, first_failure, length, through, window_offset
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    Add,
    Affine,
    Attention,
    AvgPool,
    BlurPool,
    ChannelConv,
    Concat,
    Conv,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Linear,
    MaxPool,
    Mul,
    Norm,
    Pad,
    PadChannels,
    Position,
    Scale,
    Shuffle,
    Softmax,
    SpaceToDepth,
    Split,
    Subsample,
    Sum,
    Take,
    Tokens,
)
from archc.record import Record

Axes: TypeAlias = tuple[Length, Length]
Form: TypeAlias = tuple[tuple[Axes, int], ...]
"""How a value depends on the input's size. A map: its height and width, once. Tokens and vectors: the height-by-width products
their number is a sum of, with how often; () where it is the same at every size."""

POOLED: Form = (((ONE, ONE), 1),)
SIDES = ("height", "width")


class SizeProblem(Record):
    """Where a graph fails at another input size than the declared one.

    `size` is the nearest (h, w) from the declared one up at which the node fails: along one axis, or along both. `multiple`: the
    smallest number such that it works at every multiple of it, None where there is none; `fixed`: only the declared size can work.
    """

    name: str
    message: str
    size: tuple[int, int]
    fixed: bool
    multiple: int | None


class _Failure(Record):
    """A rule that does not hold: of which node, on which inputs, what (`{}` stands for the lengths), the axis (0 height, 1 width)
    and the lengths there; `fixed` where they may not change at all.
    """

    node: Node
    inputs: tuple[Form, ...]
    message: str
    axis: int
    lengths: tuple[Length, ...]
    fixed: bool = False


class _Proof(Record):
    """The graph, the multiple that sizes are of, and what was found wrong so far."""

    graph: Graph
    multiple: int
    failures: list[_Failure]


def prove_sizes(graph: Graph, multiple: int = 1) -> SizeProblem | None:
    """None where the graph works at every input size that is a multiple of `multiple` and that its windows fit.

    The graph has to be valid at its declared size. Linear in nodes.
    """
    proof = _Proof(graph, multiple, [])
    strides = _follow(proof)
    if not proof.failures:
        return None
    failure = proof.failures[0]
    height, width = _failing_size(proof, failure)
    values = " and ".join(str(at(what, (height, width)[failure.axis])) for what in failure.lengths)
    message = f"{failure.message.replace('{}', values)} at an input of {height}x{width}"
    mended = None
    if not failure.fixed:
        # a multiple that mends it has to divide the declared size too
        common = gcd(strides, *graph.types[graph.input].shape[1:])
        mended = next((m for m in range(2, common + 1) if common % m == 0 and _holds(graph, m)), None)
    return SizeProblem(failure.node.name, message, (height, width), mended is None, mended)


def _failing_size(proof: _Proof, failure: _Failure) -> tuple[int, int]:
    """The first size at which the node refuses its inputs: along the failure's axis, the other, or both.

    Goes from one change of a length to the next, so that large strides take no longer than small ones. A length may pass for a
    pooled map's while it is 1, or be divided by chance: then it can take many changes, and after 4096 the first stands.
    """
    types = proof.graph.types
    declared = types[proof.graph.input].shape[1:]
    before = tuple(types[name] for name in failure.node.inputs)
    ways = ((1, 0), (0, 1), (1, 1))
    changing = [axes for form in failure.inputs for axes, _ in form]
    for way in (ways[failure.axis], *ways):
        lengths = {axes[axis] for axes in changing for axis in (0, 1) if way[axis] and axes[axis][0]}
        size = (declared[0], declared[1])
        for _ in range(4096 if lengths else 0):
            shapes = (_type_at(*which, declared, size) for which in zip(before, failure.inputs, strict=True))
            try:
                failure.node.op.infer(*shapes)
            except ShapeError:
                return size
            step = min(next_change(what, size[0] if way[0] else size[1], proof.multiple) for what in lengths)
            size = (step if way[0] else size[0], step if way[1] else size[1])
    return declared


def _holds(graph: Graph, multiple: int) -> bool:
    proof = _Proof(graph, multiple, [])
    _follow(proof)
    return not proof.failures


def _follow(proof: _Proof) -> int:
    """Fills `failures` in order of execution; returns the least common multiple of the strides of all lengths."""
    types = proof.graph.types
    start = length(1, 0, proof.multiple)
    forms: dict[str, Form] = {proof.graph.input: (((start, start), 1),)}
    known: dict[tuple[int, tuple[int, ...], tuple[Form, ...]], Form] = {}
    for node in proof.graph.nodes:
        inputs = tuple([forms[name] for name in node.inputs])
        # operations are told apart by identity: hashing their attributes would cost more than the rule
        key = (id(node.op), types[node.inputs[0]].shape, inputs)
        form = known.get(key)
        if form is None:
            form = known[key] = _rule(proof, node, inputs)
        for name in node.outputs:
            forms[name] = form
    return lcm(*{what[0] for form in known.values() for axes, _ in form for what in axes if what[0]})


def _rule(proof: _Proof, node: Node, inputs: tuple[Form, ...]) -> Form:  # noqa: C901 -- one case for each kind of operation
    """How the outputs depend on the input's size: the shape rule of each operation, on lengths."""
    op = node.op
    first = inputs[0]
    shape = proof.graph.types[node.inputs[0]].shape
    match op:
        case Conv():
            offset = window_offset(op.kernel, op.stride, op.padding, op.dilation)
            return _slide(proof, node, first, op.stride, (offset, offset))
        case MaxPool() | AvgPool():
            offset = window_offset(op.kernel, op.stride, op.padding, ceil=op.ceil)
            return _slide(proof, node, first, op.stride, (offset, offset))
        case BlurPool():
            offset = window_offset(op.kernel, op.stride, op.padding)
            return _slide(proof, node, first, op.stride, (offset, offset))
        case Subsample():
            return _slide(proof, node, first, op.stride, (op.stride - 1, op.stride - 1))
        case Pad():
            return _slide(proof, node, first, 1, (op.top + op.bottom, op.left + op.right))
        case SpaceToDepth():
            _divisible(proof, node, first, op.block)
            return _slide(proof, node, first, op.block, (0, 0))
        case GlobalPool() | Sum():
            return POOLED
        case AdaptiveAvgPool():
            return ((((0, op.size), (0, op.size)), 1),)
        case Add() | Mul():
            return _joined(proof, node, inputs, len(shape))
        case Concat():
            return _equal(proof, node, inputs) if len(shape) == 3 else _collected([term for form in inputs for term in form])
        case Attention():
            _equal(proof, node, inputs[1:])
            return first
        case Flatten():
            channels = proof.graph.types[node.inputs[0]].channels if len(shape) > 1 else 1
            return _collected([(axes, times * channels) for axes, times in first])
        case Tokens():
            return _collected(first)
        case Take():
            return ()
        case Position() | ChannelConv():
            return _constant(proof, node, first)
        case Linear() | Norm() | Scale() | Softmax() | Split():
            return _constant(proof, node, first) if len(shape) == 1 else first
        case Act() | Affine() | Dropout() | Identity() | PadChannels() | Shuffle():
            return first
        case _:
            assert_never(op)


def _slide(proof: _Proof, node: Node, form: Form, stride: int, offsets: tuple[int, int]) -> Form:
    """A window or a stride, with its offsets along both axes; a constant length stays one."""
    ((axes, _),) = form
    after = proof.graph.types[node.outputs[0]].shape
    height, width = (
        through(what, stride, offset, proof.multiple) if what[0] else (0, size)
        for what, offset, size in zip(axes, offsets, after[1:], strict=True)
    )
    return (((height, width), 1),)


def _collected(terms: Iterable[tuple[Axes, int]]) -> Form:
    """A sum in one order, equal products together, constants left out."""
    found: dict[Axes, int] = {}
    for axes, times in terms:
        if axes[0][0] or axes[1][0]:
            found[axes] = found.get(axes, 0) + times
    return tuple(sorted(found.items()))


def _constant(proof: _Proof, node: Node, form: Form) -> Form:
    """`form`, which must not depend on the input's size."""
    for axes, _ in form:
        for axis, what in enumerate(axes):
            if what[0]:
                message = f"`{node.op.kind}` reads a shape that depends on the input's size and is another one"
                proof.failures.append(_Failure(node.name, message, axis, (what,), None))
                return form
    return form


def _divisible(proof: _Proof, node: Node, form: Form, block: int) -> None:
    ((axes, _),) = form
    for axis, what in enumerate(axes):
        if what[0] and not divides(block, what, proof.multiple):
            message = f"squares of {block} do not divide a {SIDES[axis]} of {{}}"
            proof.failures.append(_Failure(node.name, message, axis, (what,), lambda values: values[0] % block != 0))


def _joined(proof: _Proof, node: Node, inputs: tuple[Form, ...], rank: int) -> Form:
    """Of a sum or product: equal, but for what is one pixel at every size."""
    if rank != 3:
        return _equal(proof, node, inputs)
    if isinstance(node.op, Add):
        return _equal(proof, node, tuple(form for form in inputs if form != POOLED) or inputs)
    sides: list[Length] = []
    for axis in (0, 1):
        whole = dict.fromkeys(form[0][0][axis] for form in inputs if form[0][0][axis] != ONE)
        _same(proof, node, axis, whole)
        sides.append(next(iter(whole), ONE))
    return (((sides[0], sides[1]), 1),)


def _equal(proof: _Proof, node: Node, forms: tuple[Form, ...]) -> Form:
    """The one form that all are."""
    first = forms[0]
    if any(form != first for form in forms):
        before = len(proof.failures)
        if all(len(form) == 1 for form in forms):
            for axis in (0, 1):
                _same(proof, node, axis, dict.fromkeys(form[0][0][axis] for form in forms))
        if len(proof.failures) == before:
            varying = next(form for form in forms if form)
            _constant(proof, node, varying)
    return first


def _same(proof: _Proof, node: Node, axis: int, lengths: dict[Length, None]) -> None:
    if len(lengths) > 1:
        message = f"`{node.op.kind}` of unlike {SIDES[axis]}s {{}}"
        proof.failures.append(_Failure(node.name, message, axis, tuple(lengths), lambda values: len(set(values)) > 1))
