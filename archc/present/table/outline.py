"""An outline of a network, as in papers, has stem, stages and head with output sizes, and in a stage the blocks, with ×N."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from archc.ir.graph import Graph, Node, Scope
from archc.ir.types import Sides, shown
from archc.present.table.branch import Line, grouped, lines_of, outermost
from archc.present.table.grid import Bracket, Part
from archc.present.table.words import spoken, with_stride
from archc.record import Record

Size: TypeAlias = tuple[int, ...]

AFTER, STEM = "conv2", "conv1"
"""Papers number stages after the stem: a network whose first stage is `conv2_x` has a stem called `conv1`."""


class Segment(Record):
    """A row of the paper's table for one network."""

    kind: Literal["stem", "stage", "head"]
    label: str
    size: Size
    """Height and width of the output, () where it is a vector."""
    parts: tuple[Part, ...]
    lead: tuple[str, ...] = ()
    """What stands before the blocks, such as the pool that a stage begins with."""
    strided: tuple[str, ...] = ()
    """What strides in a stage's first block."""
    shortcuts: tuple[str, ...] = ()
    """What is added to the branch where it is more than the block's input."""
    value: str = ""
    """The value that the segment gives."""

    @property
    def whole(self) -> tuple[Part, ...]:
        """Return the parts with what stands before the blocks."""
        return (*self.lead, *self.parts)


Blocks: TypeAlias = Sequence[tuple[str, tuple[Node, ...]]]
"""Paths of scopes, each with the nodes in it."""


def outline(graph: Graph) -> tuple[Segment, ...]:
    """Outline the stem, the stages and the head, those that have nodes."""
    scopes = {scope.path: scope for scope in graph.scopes}
    places = [(scopes[path], nodes) for path, nodes in grouped(graph.nodes, 1)]
    first = next(((scope, nodes) for scope, nodes in places if scope.kind == "stage"), None)
    outlined: list[Segment] = []
    lead: tuple[str, ...] = ()
    for scope, nodes in places:
        match scope.kind:
            case "stem":
                segments, lead = _stem(graph, scopes, scope, nodes, first)
                outlined += segments
            case "stage":
                outlined.append(stage(graph, scopes, scope, grouped(nodes, 2), lead))
                lead = ()
            case _:
                outlined.append(_head(graph, scopes, scope, nodes))
    return tuple(outlined)


def _size(graph: Graph, value: str) -> Size:
    return graph.types[value].spatial


def _stem(
    graph: Graph, scopes: dict[str, Scope], scope: Scope, nodes: Sequence[Node], first: tuple[Scope, tuple[Node, ...]] | None
) -> tuple[list[Segment], tuple[str, ...]]:
    """Return a segment for each output size, and the last pools, where they have the first stage's size and belong to it."""
    lines = lines_of(graph, scopes, scope, nodes)
    lead: list[Line] = []
    size = _size(graph, first[0].output or first[1][-1].outputs[0]) if first else ()
    while lines and lines[-1].pools and _size(graph, lines[-1].value) == size:
        lead.insert(0, lines.pop())
    runs: list[list[Line]] = []
    for line in lines:
        if runs and _size(graph, runs[-1][-1].value) == _size(graph, line.value):
            runs[-1].append(line)
        else:
            runs.append([line])
    label = scope.label or (STEM if first and first[0].label.startswith(AFTER) else scope.path)
    segments = [Segment("stem", label, _size(graph, run[-1].value), tuple(map(_text, run)), value=run[-1].value) for run in runs]
    return segments, tuple(map(_text, lead))


def stage(graph: Graph, scopes: dict[str, Scope], scope: Scope, blocks: Blocks, lead: tuple[str, ...] = ()) -> Segment:
    """Outline a stage: equal blocks in a row are one bracket; what strides in the first of them is apart, as in papers."""
    lines = [lines_of(graph, scopes, scopes[path], nodes) for path, nodes in blocks]
    ahead, behind = _apart(lines[0]), _apart(lines[-1][::-1])[::-1] if len(lines) > 1 else []
    lines[0] = lines[0][len(ahead) :]
    lines[-1] = lines[-1][: len(lines[-1]) - len(behind)]
    runs: list[tuple[tuple[str, ...], tuple[Sides, ...], int]] = []
    for number, block in enumerate(lines):
        texts, strides = tuple(line.text for line in block), tuple(line.stride for line in block)
        if runs and runs[-1][0] == texts and (number == 1 or runs[-1][1] == strides):
            runs[-1] = (texts, strides, runs[-1][2] + 1)
        else:
            runs.append((texts, strides, 1))
    # A block without a line of its own is called by its kind.
    brackets = [
        Bracket(tuple(map(with_stride, texts, strides)) or (spoken(scopes[blocks[0][0]].template),), times)
        for texts, strides, times in runs
    ]
    merged = lines[0] if runs[0][2] > 1 else []
    strided = tuple(
        f"{line.name} ({line.text.partition(',')[0]}) has stride {shown(line.stride)}" for line in merged if line.stride != 1
    )
    value = scope.output or blocks[-1][1][-1].outputs[0]
    return Segment(
        "stage",
        scope.label or scope.path,
        _size(graph, value),
        (*brackets, *map(_text, behind)),
        (*lead, *map(_text, ahead)),
        strided,
        tuple(_shortcuts(scopes, blocks)),
        value,
    )


def _head(graph: Graph, scopes: dict[str, Scope], scope: Scope, nodes: Sequence[Node]) -> Segment:
    """Outline a head, whose one or two lines are one, as in the paper."""
    lines = [_text(line) for line in lines_of(graph, scopes, scope, nodes)]
    parts = (", ".join(lines),) if len(lines) < 3 else tuple(lines)
    return Segment("head", "", (1, 1), parts, value=nodes[-1].outputs[0])


def _apart(lines: Sequence[Line]) -> list[Line]:
    """Return the pools that a block begins with, if it has other lines too."""
    count = next((number for number, line in enumerate(lines) if not line.pools), 0)
    return list(lines[:count])


def _text(line: Line) -> str:
    return with_stride(line.text, line.stride)


def _shortcuts(scopes: dict[str, Scope], blocks: Blocks) -> list[str]:
    """Name what is added to the branch where it is more than the block's input, in order of first use."""
    kinds: dict[str, None] = {}
    for path, nodes in blocks:
        for node in nodes:
            if node.role == "shortcut" and node.scope == path and node.op.kind != "identity":
                kinds[node.op.words()] = None
            elif node.scope != path:
                module = outermost(scopes, scopes[path], node)
                if module is not None and module.role == "shortcut":
                    kinds[spoken(module.template)] = None
    return list(kinds)
