"""Sentences about a difference and its weights, which text and Markdown share."""

from archc.analyse.diff.model import Difference, Loading
from archc.analyse.diff.words import named, values

SHOWN = 4
"""How many keys of a kind are named."""


def verdict(difference: Difference) -> str:
    """Say whether the functions are the same, and if not, whether weights load."""
    if difference.same:
        return "same function"
    strict = difference.loading[0].fit == "strict"
    if strict and difference.loading[0].same_meaning:
        return "same function but for the classes"
    return "another function" + (", into which the weights load all the same" if strict else "")


def shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if shape else "a number"


def loads(loading: Loading) -> str:
    """Say whether the first network's weights load, under the names of a layout."""
    names = "under canonical names" if loading.layout == "canonical" else f"under the names of {named(loading.layout)}"
    match loading.fit:
        case "strict":
            meaning = "and make the same function" if loading.same_meaning else "but make another function"
            return f"load strictly {names} ({loading.wanted} tensors) {meaning}"
        case "partly":
            return f"load in part {names}: {loading.matching} of {loading.wanted} tensors"
        case "none":
            return f"do not load {names}: none of {loading.wanted} tensors"


def keys(loading: Loading) -> list[str]:
    """Name a few of the keys that are missing, extra or of another shape."""
    lines = []
    if loading.missing:
        lines.append(f"{len(loading.missing)} missing: {_some([named(key) for key in loading.missing])}")
    if loading.extra:
        lines.append(f"{len(loading.extra)} left over: {_some([named(key) for key in loading.extra])}")
    if loading.reshaped:
        shapes = [f"{named(key)} {shape_text(old)} → {shape_text(new)}" for key, old, new in loading.reshaped]
        lines.append(f"{len(loading.reshaped)} of another shape: {_some(shapes)}")
    return lines


def _some(words: list[str]) -> str:
    return ", ".join(words) if len(words) <= SHOWN else ", ".join([*words[: SHOWN - 1], "…", words[-1]])


def meaning(loading: Loading) -> list[str]:
    """Say how weights that load make another function."""
    return [] if loading.same_meaning or loading.fit != "strict" else list(loading.meaning)


def distinct_loading(difference: Difference) -> list[Loading]:
    """The loading under the layout's names, and under canonical names if they fit otherwise."""
    first = difference.loading[0]
    return [first, *(other for other in difference.loading[1:] if other.fit != first.fit)]


def counted(difference: Difference) -> str:
    """Count the changes and operations: `2 changes; operations: 12 changed, 3 added`."""
    kinds = [operation.kind for operation in difference.operations]
    parts = [f"{kinds.count(kind)} {kind}" for kind in ("changed", "added", "removed") if kind in kinds]
    count = len(difference.changes)
    return f"{count} change{'' if count == 1 else 's'}" + (f"; operations: {values(parts)}" if parts else "")
