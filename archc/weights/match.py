"""A file of weights is compared with the keys and shapes of a spec under a
layout: keys may be missing, unknown or of other shapes.
"""

from collections.abc import Collection, Mapping, Sequence

from archc.diagnostics import Diagnostic, Note
from archc.suggest import nearest
from archc.weights.numbers import FLOATS
from archc.weights.safetensors import StoredTensor
from archc.weights.slots import Slot

SUGGESTED = 50
"""How many missing keys may be few enough to suggest another for each; with more, the file is of another layout."""


def misfit(
    text: str, tensors: Mapping[str, StoredTensor], slots: Sequence[Slot], other_shapes: Mapping[str, Collection[tuple[int, ...]]]
) -> Diagnostic | None:
    """Return E0584 with a note for each key, None where all fit. `text` names the spec and the layout.

    `other_shapes` are further shapes that a tensor may have, by canonical name; -1 stands for any length.
    """
    known = {slot.key: slot for slot in slots}
    missing = [slot for slot in slots if slot.required and slot.key not in tensors]
    unknown = [tensor for name, tensor in tensors.items() if name not in known]
    mismatched = [
        note
        for name, tensor in tensors.items()
        if name in known and (note := _mismatch(tensor, known[name], other_shapes.get(known[name].canonical, ())))
    ]
    if not missing and not unknown and not mismatched:
        return None
    notes = [_missing(slot, unknown, suggest=len(missing) <= SUGGESTED) for slot in missing]
    notes += [f"unknown: `{tensor.name}` {shape_text(tensor.shape)}" for tensor in unknown]
    notes += mismatched
    counts = [(len(missing), "missing"), (len(unknown), "unknown"), (len(mismatched), "of another shape or type")]
    counted = ", ".join(f"{count} {word}" for count, word in counts if count)
    return Diagnostic("E0584", f"{text}: of {len(tensors)} tensors {counted}", notes=tuple(map(Note, notes)))


def fitting(tensors: Collection[str], slots: Sequence[Slot]) -> int:
    """Count a file's keys that a layout has."""
    return len({slot.key for slot in slots}.intersection(tensors))


def shape_text(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) if shape else "scalar"


def _missing(slot: Slot, unknown: Sequence[StoredTensor], *, suggest: bool) -> str:
    text = f"missing: `{slot.key}` {shape_text(slot.shape)}"
    if not suggest:
        return text
    same_shape = [tensor.name for tensor in unknown if tensor.shape == slot.shape]
    ending = [name for name in same_shape if name.endswith(f".{slot.key}") or slot.key.endswith(f".{name}")]
    suggestion = ending[0] if ending else nearest(slot.key, same_shape)
    return f"{text}; the file has `{suggestion}`" if suggestion else text


def _mismatch(tensor: StoredTensor, slot: Slot, others: Collection[tuple[int, ...]]) -> str:
    if not any(_fits(tensor.shape, shape) for shape in (slot.shape, *others)):
        return f"shape: `{slot.key}` is {shape_text(tensor.shape)}, not {shape_text(slot.shape)}"
    types = ("I64",) if slot.part == "count" else tuple(FLOATS)
    if tensor.dtype not in types:
        return f"type: `{slot.key}` is {tensor.dtype}, not {' or '.join(types)}"
    return ""


def _fits(shape: tuple[int, ...], allowed: tuple[int, ...]) -> bool:
    return len(shape) == len(allowed) and all(b in (a, -1) for a, b in zip(shape, allowed, strict=True))
