"""How each operation's outputs depend on the input's size: the shape rules, on lengths, and where they do not hold."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, assert_never

from archc.ir import behaviour as does
from archc.ir.graph import Graph, Node
from archc.ir.lengths import ONE, Length, divides, through, widened
from archc.ir.types import AXIS_NAMES, along, places
from archc.record import Record

Axes: TypeAlias = tuple[Length, ...]
Form: TypeAlias = tuple[tuple[Axes, int], ...]
"""How a value depends on the input's size. A map: its length along each axis, once. Tokens and vectors: the products of lengths
their number is a sum of, with how often; () where it is the same at every size."""


class Failure(Record):
    """A rule that does not hold: of which node, on which inputs, what (`{}` stands for the lengths), the axis by its place and
    the lengths there; `fixed` where they may not change at all.
    """

    node: Node
    inputs: tuple[Form, ...]
    message: str
    axis: int
    lengths: tuple[Length, ...]
    fixed: bool = False


class Proof(Record):
    """The graph, the multiple that sizes are of, and what was found wrong so far."""

    graph: Graph
    multiple: int
    failures: list[Failure]

    @property
    def axes(self) -> int:
        """How many axes the maps of the graph have."""
        return len(self.graph.types[self.graph.input].spatial)

    def name(self, axis: int) -> str:
        return AXIS_NAMES[self.axes][axis]


def pooled(axes: int) -> Form:
    """The form of a map of one position."""
    return (((ONE,) * axes, 1),)


def rule(proof: Proof, node: Node, inputs: tuple[Form, ...]) -> Form:  # noqa: C901 -- one case for each behaviour
    """How the outputs depend on the input's size: the shape rule of each behaviour, on lengths."""
    first = inputs[0]
    type_ = proof.graph.types[node.inputs[0]]
    is_vector = type_.is_vector
    match node.op.behaviour():
        case does.Windowed(windows):
            return _slide(proof, node, first, along(windows, proof.axes))
        case does.Enlarged(factor, extra):
            return _widened(proof, node, first, along(factor, proof.axes), along(extra, proof.axes))
        case does.Pooled(over):
            return _reduced(first, places(over, proof.axes))
        case does.Resized(sizes):
            return ((tuple([(0, size) for size in along(sizes, proof.axes)]), 1),)
        case does.Pointwise(bound=True):
            return _constant(proof, node, first) if is_vector else first
        case does.Pointwise(parts=parts, split=split):
            return _parted(proof, node, first, parts, split=split) if is_vector else first
        case does.Joined(stacked=True) if not type_.is_map:
            return _collected([term for form in inputs for term in form])
        case does.Joined(spread):
            return _joined(proof, node, inputs, spread if type_.is_map else "nowhere")
        case does.Beside(axis):
            return _beside(proof, node, inputs, places(axis, proof.axes)[0] - 2)
        case does.Mixed(axis):
            return _mixed(proof, node, inputs, places(axis, proof.axes)[0] - 2)
        case does.Attended():
            _equal(proof, node, inputs, of=1)
            return first
        case does.Collected(channels):
            return _collected([(axes, times * (1 if is_vector or not channels else type_.channels)) for axes, times in first])
        case does.Taken():
            return ()
        case does.Fixed():
            return _constant(proof, node, first)
        case _ as never:
            assert_never(never)


def _slide(proof: Proof, node: Node, form: Form, windows: tuple[does.Window, ...]) -> Form:
    """The number of windows along each axis; a constant length stays one."""
    ((axes, _),) = form
    after = proof.graph.types[node.outputs[0]].spatial
    sides: list[Length] = []
    for axis, (before, window, size) in enumerate(zip(axes, windows, after, strict=True)):
        if window.exact and before[0] and not divides(window.stride, before, proof.multiple):
            message = f"squares of {window.stride} do not divide a {proof.name(axis)} of {{}}"
            proof.failures.append(Failure(node, (form,), message, axis, (before,)))
        sides.append(through(before, window.stride, window.offset, proof.multiple) if before[0] else (0, size))
    return ((tuple(sides), 1),)


def _reduced(form: Form, over: tuple[int, ...]) -> Form:
    ((axes, _),) = form
    return ((tuple([ONE if axis in over else side for axis, side in enumerate(axes, 2)]), 1),)


def _widened(proof: Proof, node: Node, form: Form, factors: tuple[int, ...], extra: tuple[int, ...]) -> Form:
    """Lengths times their factor and more, which must be lengths again."""
    ((axes, _),) = form
    sides: list[Length] = []
    for axis, (what, factor, more) in enumerate(zip(axes, factors, extra, strict=True)):
        found = widened(what, factor, proof.multiple, more)
        if found is None:
            message = (
                f"`{node.op.kind}` makes {factor} times a {proof.name(axis)} of {{}}, which follows no stride of the image's"
            )
            proof.failures.append(Failure(node, (form,), message, axis, (what,)))
        sides.append(found or what)
    return ((tuple(sides), 1),)


def _mixed(proof: Proof, node: Node, inputs: tuple[Form, ...], axis: int) -> Form:
    """As many blocks at every size as the matrices are for, which must not change."""
    changing = [(side, what) for side, what in enumerate(inputs[1][0][0]) if what[0]]
    for side, what in changing[:1]:
        message = "`mix` with matrices of a size that depends on the input's and is another one"
        proof.failures.append(Failure(node, inputs, message, side, (what,), fixed=True))
    rows = proof.graph.types[node.inputs[1]].shape[1]
    ((axes, _),) = inputs[0]
    if axes[axis][0] and not divides(rows, axes[axis], proof.multiple):
        message = f"{rows} blocks do not divide a {proof.name(axis)} of {{}}"
        proof.failures.append(Failure(node, inputs, message, axis, (axes[axis],)))
    return inputs[0]


def _beside(proof: Proof, node: Node, inputs: tuple[Form, ...], axis: int) -> Form:
    """Maps side by side along an axis: constant there, as a sum of lengths is none; equal along the others."""
    lengths = [form[0][0] for form in inputs]
    varying = [axes[axis] for axes in lengths if axes[axis][0]]
    if varying and len(inputs) > 1:
        message = f"`{node.op.kind}` along a {proof.name(axis)} of {{}} that depends on the input's size"
        proof.failures.append(Failure(node, inputs, message, axis, (varying[0],), fixed=True))
    for other in range(proof.axes):
        if other != axis:
            _same(proof, node, inputs, other, dict.fromkeys(axes[other] for axes in lengths))
    sides = [*lengths[0]]
    if len(inputs) > 1:
        sides[axis] = (0, sum(axes[axis][1] for axes in lengths))
    return ((tuple(sides), 1),)


def _collected(terms: Iterable[tuple[Axes, int]]) -> Form:
    """A sum in one order, equal products together, constants left out."""
    found: dict[Axes, int] = {}
    for axes, times in terms:
        if any(stride for stride, _ in axes):
            found[axes] = found.get(axes, 0) + times
    return tuple(sorted(found.items()))


def _constant(proof: Proof, node: Node, form: Form) -> Form:
    """`form`, which must not depend on the input's size."""
    for axes, _ in form:
        for axis, what in enumerate(axes):
            if what[0]:
                message = f"`{node.op.kind}` reads a shape that depends on the input's size and is another one"
                proof.failures.append(Failure(node, (form,), message, axis, (what,), fixed=True))
                return form
    return form


def _parted(proof: Proof, node: Node, form: Form, parts: int, *, split: bool) -> Form:
    """A vector in equal parts, which must divide every term of its length."""
    if any(times % parts for _, times in form):
        return _constant(proof, node, form)
    return tuple((axes, times // parts) for axes, times in form) if split else form


def _joined(proof: Proof, node: Node, inputs: tuple[Form, ...], spread: Literal["nowhere", "pixels", "axes"]) -> Form:
    """Equal forms, but for what is spread over the others: maps of one pixel, or axes of length one."""
    if spread != "axes":
        return _equal(proof, node, inputs, but=pooled(proof.axes) if spread == "pixels" else None)
    sides: list[Length] = []
    for axis in range(proof.axes):
        whole = dict.fromkeys(form[0][0][axis] for form in inputs if form[0][0][axis] != ONE)
        _same(proof, node, inputs, axis, whole)
        sides.append(next(iter(whole), ONE))
    return ((tuple(sides), 1),)


def _equal(proof: Proof, node: Node, inputs: tuple[Form, ...], *, of: int = 0, but: Form | None = None) -> Form:
    """The one form that the inputs from `of` on are, leaving aside those that are `but`."""
    forms = [form for form in inputs[of:] if form != but] or [inputs[of]]
    first = forms[0]
    if any(form != first for form in forms):
        before = len(proof.failures)
        if all(len(form) == 1 for form in forms):
            for axis in range(proof.axes):
                _same(proof, node, inputs, axis, dict.fromkeys(form[0][0][axis] for form in forms))
        if len(proof.failures) == before:
            axis, what = next((a, side) for form in forms for axes, _ in form for a, side in enumerate(axes) if side[0])
            message = f"`{node.op.kind}` of shapes that depend on the input's size and are unlike"
            proof.failures.append(Failure(node, inputs, message, axis, (what,), fixed=True))
    return first


def _same(proof: Proof, node: Node, inputs: tuple[Form, ...], axis: int, lengths: dict[Length, None]) -> None:
    if len(lengths) > 1:
        proof.failures.append(Failure(node, inputs, f"`{node.op.kind}` of unlike {proof.name(axis)}s {{}}", axis, tuple(lengths)))
