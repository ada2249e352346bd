"""The plan of a conversion: for every tensor of both sides, what becomes of it."""

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
"""What becomes of a tensor: the same bytes; divided by its factor; a new count or factor; a new classifier's; the stem's, its
input channels summed or repeated; and of those that only the file has: left out, or replaced by a new classifier.
"""

Stem: TypeAlias = Literal["sum", "repeat"]


class Side(Record):
    """A network as one of the two zoos has it."""

    graph: Graph
    layout: Layout


class Change(Record, kw_only=True):
    """What is adapted because it was asked for: the classifier, made anew, and how the stem takes other input channels."""

    classes: bool = False
    stem: Stem | None = None


class Move(Record, kw_only=True):
    """One tensor: read from `sources` (a divided one and its factor), written as `target`; either may be absent."""

    how: How
    canonical: str
    sources: tuple[str, ...] = ()
    target: str | None = None
    dtype: str = "F32"
    shape: tuple[int, ...] = ()

    @property
    def one_to_one(self) -> bool:
        return self.how == "same"


def plan(name: str, file: WeightsFile, source: Side, target: Side, change: Change) -> list[Move]:
    """Every tensor of the file and of the target, in order of execution.

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
    found = file.tensors[stored.key]
    made = Move(how="same", canonical=slot.canonical, sources=(stored.key,), target=slot.key, dtype=found.dtype, shape=slot.shape)
    if found.shape != slot.shape:
        if node == adapted.head:
            return replace(made, how="begun", sources=())
        return replace(made, how="summed" if adapted.how == "sum" else "repeated")
    if factor is not None and tensor in ("running_mean", "running_var"):
        return replace(made, how="divided", sources=(stored.key, factor.key))
    return made


def _check_change(name: str, source: Graph, target: Graph, change: Change, head: Node | None, stem: Node | None) -> None:
    """Nothing but the classifier and the stem's convolution may have another shape than before."""
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
    """A classifier of any width is replaced; a stem that reads as many channels already is kept."""
    found: dict[str, list[tuple[int, ...]]] = {}
    if head is not None:
        found.update({f"{head.name}.{one.name}": [(-1, *one.shape[1:])] for one in head.op.parameters()})
    if stem is not None:
        found.update({f"{stem.name}.{one.name}": [one.shape] for one in stem.op.parameters()})
    return found


def _hinted(problem: Diagnostic, file: WeightsFile, graph: Graph, read: list[Slot]) -> Diagnostic:
    """With a way out where one is plain: a prefix before every key, or a classifier of another width."""
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
