"""A file of weights held against the keys and shapes a spec has under a layout: what is missing, unknown or of another shape."""

from collections.abc import Collection, Mapping, Sequence

from archc.diagnostics import Diagnostic, Note
from archc.suggest import nearest
from archc.weights.numbers import FLOATS
from archc.weights.safetensors import StoredTensor
from archc.weights.slots import Slot

SUGGESTED = 50
"""Beyond so many missing keys the layout is another; the nearest of each would say nothing."""


def misfit(
    what: str, tensors: Mapping[str, StoredTensor], slots: Sequence[Slot], other_shapes: Mapping[str, Collection[tuple[int, ...]]]
) -> Diagnostic | None:
    """E0584 with a note for each key, None where all fit. `what` names the spec and the layout.

    `other_shapes`: which further shapes a tensor may have, by canonical name, its lengths of -1 of any length.
    """
    known = {slot.key: slot for slot in slots}
    missing = [slot for slot in slots if slot.required and slot.key not in tensors]
    unknown = [tensor for name, tensor in tensors.items() if name not in known]
    wrong = [
        note
        for name, tensor in tensors.items()
        if name in known and (note := _wrong(tensor, known[name], other_shapes.get(known[name].canonical, ())))
    ]
    if not missing and not unknown and not wrong:
        return None
    notes = [_missing(slot, unknown, suggest=len(missing) <= SUGGESTED) for slot in missing]
    notes += [f"unknown: `{tensor.name}` {shape_text(tensor.shape)}" for tensor in unknown]
    notes += wrong
    counts = [(len(missing), "missing"), (len(unknown), "unknown"), (len(wrong), "of another shape or type")]
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    return Diagnostic("E0584", f"{what}: of {len(tensors)} tensors {said}", notes=tuple(map(Note, notes)))


def fitting(tensors: Collection[str], slots: Sequence[Slot]) -> int:
    """How many of a file's keys a layout knows."""
    return len({slot.key for slot in slots}.intersection(tensors))


def shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) if shape else "scalar"


def _missing(slot: Slot, unknown: Sequence[StoredTensor], *, suggest: bool) -> str:
    text = f"missing: `{slot.key}` {shape_text(slot.shape)}"
    if not suggest:
        return text
    alike = [tensor.name for tensor in unknown if tensor.shape == slot.shape]
    longer = [name for name in alike if name.endswith(f".{slot.key}") or slot.key.endswith(f".{name}")]
    guess = longer[0] if longer else nearest(slot.key, alike)
    return f"{text}; the file has `{guess}`" if guess else text


def _wrong(tensor: StoredTensor, slot: Slot, others: Collection[tuple[int, ...]]) -> str:
    if not any(_fits(tensor.shape, shape) for shape in (slot.shape, *others)):
        return f"shape: `{slot.key}` is {shape_text(tensor.shape)}, not {shape_text(slot.shape)}"
    wanted = ("I64",) if slot.part == "count" else tuple(FLOATS)
    if tensor.dtype not in wanted:
        return f"type: `{slot.key}` is {tensor.dtype}, not {' or '.join(wanted)}"
    return ""


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(shape) == len(wanted) and all(b in (a, -1) for a, b in zip(shape, wanted, strict=True))
