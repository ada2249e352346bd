"""Strides that leave pixels unread."""

from collections.abc import Iterator
from math import lcm, prod

from archc.compile.lint.subject import Finding, Subject, part_of, place
from archc.diagnostics import Note
from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.ops import Operation
from archc.ir.types import along, by_axis, shown

POINTWISE = (ops.Norm, ops.Act, ops.Dropout, ops.Scale)
"""What makes each value of one value: pixels that only it reads are read by nobody if what follows skips them."""


def lossy_stride(subject: Subject) -> Iterator[Finding]:
    """The first value of which nobody reads every pixel, as where a block's branch and its projection both begin with a 1×1
    convolution of stride 2: three pixels of four are computed in vain. Other stages are notes.
    """
    graph = subject.graph

    def size(value: str) -> tuple[int, ...]:
        return graph.types[value].spatial

    suspects = [node for node in graph.nodes if node.op.reduction != 1 and _unread([node.op], size(node.inputs[0]))]
    if not suspects:
        return
    source: dict[str, str] = {}
    readers: dict[str, list[Operation]] = {}
    for node in graph.nodes:
        if isinstance(node.op, POINTWISE):
            source[node.outputs[0]] = source.get(node.inputs[0], node.inputs[0])
        else:
            for value in node.inputs:
                readers.setdefault(source.get(value, value), []).append(node.op)
    given = {source.get(value, value) for value in graph.outputs}
    found: dict[str, Node] = {}
    for node in suspects:
        value = source.get(node.inputs[0], node.inputs[0])
        if value not in given and _unread(readers[value], size(value)):
            found.setdefault(part_of(node), node)
    places = [(place(subject, part, "stride_at", "stride"), node) for part, node in found.items()]
    if places:
        span, node = places[0]
        stride = node.op.reduction
        axes = len(size(node.inputs[0]))
        period = prod(along(stride, axes))
        read = prod(len(_read(node.op, axis, axes)[1]) for axis in range(axes))
        message = f"a stride of {shown(stride)} over {_window(node.op)} leaves {period - read} of {period} values unread"
        notes = tuple(Note(f"also at `{other.name}`", at) for at, other in places[1:] if at != span)
        yield Finding(message, span, f"at `{node.name}`", notes=notes)


def _unread(operations: list[Operation], size: tuple[int, ...]) -> bool:
    """Whether a column or a row of a map of this size has pixels that none of them reads."""
    axes = len(size)
    return any(_skips([_read(operation, axis, axes) for operation in operations], size[axis]) for axis in range(axes))


def _skips(reads: list[tuple[int, frozenset[int]]], length: int) -> bool:
    """Whether every period leaves out a place; a map shorter than a period may have no such place."""
    period = lcm(*(stride for stride, _ in reads))
    seen = {phase + stride * turn for stride, phases in reads for phase in phases for turn in range(period // stride)}
    return any(place not in seen for place in range(min(period, length)))


def _read(operation: Operation, axis: int, axes: int) -> tuple[int, frozenset[int]]:
    """An operation's stride along an axis of a map that has `axes`, and which pixels of as many it reads."""
    if isinstance(operation, ops.Subsample):
        return operation.stride, frozenset({0})
    if isinstance(operation, ops.Conv | ops.MaxPool | ops.AvgPool):
        stride, kernel, padding = (along(sides, axes)[axis] for sides in (operation.stride, operation.kernel, operation.padding))
        dilation = along(operation.dilation, axes)[axis] if isinstance(operation, ops.Conv) else 1
        return stride, frozenset((dilation * tap - padding) % stride for tap in range(kernel))
    return 1, frozenset({0})


def _window(operation: Operation) -> str:
    return by_axis(getattr(operation, "kernel", 1), getattr(operation, "axes", 2)).replace("×", "x")
