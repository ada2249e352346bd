"""The plan of a conversion says for every tensor of both sides what becomes of it."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from archc.diagnostics import Diagnostic
from archc.ir.ends import classifier, stem_convolution
from archc.ir.graph import Graph, Node
from archc.language.layouts.table import Layout
from archc.record import Record, replace
from archc.weights.errors import WeightsError, refused
from archc.weights.files import WeightsFile
from archc.weights.match import misfit, shape_text
from archc.weights.slots import Slot, slots

How: TypeAlias = Literal["same", "divided", "created", "begun", "summed", "repeated", "dropped", "replaced"]
"""What becomes of a tensor.

It is written with the same bytes, or divided by its factor; it is created as a new count or factor, or begun as a new
classifier's; the stem's is summed or repeated along its input channels. One that only the file has is dropped, or replaced by a
new classifier's.
"""

Stem: TypeAlias = Literal["sum", "repeat"]


class Side(Record):
    """A network with the layout of one of the two zoos."""

    graph: Graph
    layout: Layout


class Change(Record, kw_only=True):
    """The adaptations that were asked for."""

    classes: bool = False
    """Whether the classifier is made anew."""
    stem: Stem | None = None
    """How the stem's weight is adapted to other input channels."""


class Move(Record, kw_only=True):
    """One tensor's way from one file to the other."""

    how: How
    canonical: str
    sources: tuple[str, ...] = ()
    """The keys it is read from, where it is divided also its factor's; none where it is new."""
    target: str | None = None
    """The key it is written under, None where it is not written."""
    dtype: str = "F32"
    shape: tuple[int, ...] = ()

    @property
    def one_to_one(self) -> bool:
        return self.how == "same"


def plan(name: str, file: WeightsFile, source: Side, target: Side, change: Change) -> list[Move]:
    """Plan every tensor of the file and of the target, in order of execution.

    Raises WeightsError: E0584 where the file does not fit the source, E0586 and E0587 where it cannot be adapted.
    """
    read, written = slots(source.graph, source.layout, reading=True), slots(target.graph, target.layout)
    head = classifier(target.graph) if change.classes else None
    stem = stem_convolution(target.graph) if change.stem else None
    _check_change(name, source.graph, target.graph, change, head, stem)
    others = _other_shapes(head, stem)
    problem = misfit(f"`{file.path}` does not fit `{name}` in layout `{source.layout.name}`", file.tensors, read, others)
    if problem is not None:
        raise WeightsError((_hinted(problem, file, source.graph, read),))
    return _moves(file, read, written, _Adapted(head.name if head else "", stem.name if stem else "", change.stem or "sum"))


class _Adapted(Record):
    head: str
    stem: str
    how: Stem


def _moves(file: WeightsFile, read: list[Slot], written: list[Slot], adapted: _Adapted) -> list[Move]:
    stored = {slot.canonical: slot for slot in read if slot.key in file.tensors}
    wanted = {slot.canonical: slot for slot in written if slot.part != "constant"}
    factors = {slot.canonical.rpartition(".")[0]: slot for slot in read if slot.part == "factor"}
    kept_factors = {slot.canonical.rpartition(".")[0] for slot in written if slot.part == "factor"}
    moves: list[Move] = []
    for canonical, slot in wanted.items():
        node = canonical.rpartition(".")[0]
        factor = factors.get(node) if node not in kept_factors else None
        moves.append(_move(slot, stored.get(canonical), file, adapted, factor))
        if moves[-1].how == "created" and slot.part == "factor":
            statistics = file.tensors[stored[f"{node}.running_mean"].key]
            moves[-1] = replace(moves[-1], dtype=statistics.dtype)
    used = {key for move in moves for key in move.sources}
    for canonical, slot in stored.items():
        if slot.key not in used:
            tensor = file.tensors[slot.key]
            how: How = "replaced" if canonical in wanted else "dropped"
            moves.append(Move(how=how, canonical=canonical, sources=(slot.key,), dtype=tensor.dtype, shape=tensor.shape))
    return moves


def _move(slot: Slot, stored: Slot | None, file: WeightsFile, adapted: _Adapted, factor: Slot | None) -> Move:
    node, _, tensor = slot.canonical.rpartition(".")
    if stored is None:
        dtype = "I64" if slot.part == "count" else "F32"
        return Move(how="created", canonical=slot.canonical, target=slot.key, dtype=dtype, shape=slot.shape)
    data = file.tensors[stored.key]
    move = Move(how="same", canonical=slot.canonical, sources=(stored.key,), target=slot.key, dtype=data.dtype, shape=slot.shape)
    if data.shape != slot.shape:
        if node == adapted.head:
            return replace(move, how="begun", sources=())
        return replace(move, how="summed" if adapted.how == "sum" else "repeated")
    if factor is not None and tensor in ("running_mean", "running_var"):
        return replace(move, how="divided", sources=(stored.key, factor.key))
    return move


def _check_change(name: str, source: Graph, target: Graph, change: Change, head: Node | None, stem: Node | None) -> None:
    """Check that no tensor changes its shape but those of the classifier and the stem's convolution."""
    if change.classes and head is None:
        raise refused(
            "E0586", f"no single layer of `{name}` makes its classes, so that none can be made anew", "leave --classes out"
        )
    if change.stem and stem is None:
        message = f"no single ungrouped convolution of `{name}` reads the image, so that none can be adapted"
        raise refused("E0587", message, "leave --in-channels out")
    allowed = {f"{node.name}.{p.name}" for node in (head, stem) if node is not None for p in node.op.parameters()}
    before = {key: shape for key, _, shape, _ in source.parameters()}
    for key, _, shape, _ in target.parameters():
        if key not in allowed and before.get(key) != shape:
            code, option = ("E0587", "--in-channels") if change.stem else ("E0586", "--classes")
            old = shape_text(before[key]) if key in before else "absent"
            raise refused(
                code, f"`{key}` of `{name}` depends on {option} too: {old}, then {shape_text(shape)}", f"leave {option} out"
            )


def _other_shapes(head: Node | None, stem: Node | None) -> Mapping[str, list[tuple[int, ...]]]:
    """Return further shapes of the file's tensors: a classifier of any width is replaced, a stem of the new channels is kept."""
    shapes: dict[str, list[tuple[int, ...]]] = {}
    if head is not None:
        shapes.update({f"{head.name}.{parameter.name}": [(-1, *parameter.shape[1:])] for parameter in head.op.parameters()})
    if stem is not None:
        shapes.update({f"{stem.name}.{parameter.name}": [parameter.shape] for parameter in stem.op.parameters()})
    return shapes


def _hinted(problem: Diagnostic, file: WeightsFile, graph: Graph, read: list[Slot]) -> Diagnostic:
    """Add a help where the cause is plain: a prefix before every key, or a classifier of another width."""
    needed = [slot.key for slot in read if slot.required]
    for name in file.tensors:
        prefix = name.removesuffix(needed[0]) if needed and name.endswith(f".{needed[0]}") else ""
        if prefix and all(prefix + key in file.tensors for key in needed):
            return replace(problem, help=f"the keys begin with `{prefix}`: take it off with --prefix {prefix}")
    head = classifier(graph)
    weight = next((slot for slot in read if head and slot.canonical == f"{head.name}.weight"), None)
    stored = file.tensors.get(weight.key) if weight else None
    if weight and stored and len(problem.notes) <= 2 and stored.shape != weight.shape and stored.shape[1:] == weight.shape[1:]:
        return replace(problem, help=f"they are for {stored.shape[0]} classes: say --set classes={stored.shape[0]}")
    return problem
