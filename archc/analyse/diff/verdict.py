"""What a difference comes to, in sentences that text and Markdown share."""

from archc.analyse.diff.model import Difference, Loading
from archc.analyse.diff.words import named, values

SHOWN = 4
"""How many keys of a kind are named."""


def verdict(found: Difference) -> str:
    """The first thing a reader wants to know."""
    if found.same:
        return "same function"
    strict = found.loading[0].fit == "strict"
    if strict and found.loading[0].same_meaning:
        return "same function but for the classes"
    return "another function" + (", into which the weights load all the same" if strict else "")


def shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if shape else "a number"


def loads(found: Loading) -> str:
    """Whether the first network's weights load, under one layout's names."""
    names = "under canonical names" if found.layout == "canonical" else f"under the names of {named(found.layout)}"
    match found.fit:
        case "strict":
            meaning = "and make the same function" if found.same_meaning else "but make another function"
            return f"load strictly {names} ({found.wanted} tensors) {meaning}"
        case "partly":
            return f"load in part {names}: {found.matching} of {found.wanted} tensors"
        case "none":
            return f"do not load {names}: none of {found.wanted} tensors"


def keys(found: Loading) -> list[str]:
    """What is missing, extra or of another shape; a few keys of each."""
    said = []
    if found.missing:
        said.append(f"{len(found.missing)} missing: {_some([named(key) for key in found.missing])}")
    if found.extra:
        said.append(f"{len(found.extra)} left over: {_some([named(key) for key in found.extra])}")
    if found.reshaped:
        shapes = [f"{named(key)} {shape_text(old)} → {shape_text(new)}" for key, old, new in found.reshaped]
        said.append(f"{len(found.reshaped)} of another shape: {_some(shapes)}")
    return said


def _some(words: list[str]) -> str:
    return ", ".join(words) if len(words) <= SHOWN else ", ".join([*words[: SHOWN - 1], "…", words[-1]])


def meaning(found: Loading) -> list[str]:
    """How weights that load would be another function."""
    return [] if found.same_meaning or found.fit != "strict" else list(found.meaning)


def distinct_loading(found: Difference) -> list[Loading]:
    """Canonical names only where they fare otherwise than the layout's."""
    first = found.loading[0]
    return [first, *(other for other in found.loading[1:] if other.fit != first.fit)]


def counted(found: Difference) -> str:
    """`2 changes; 12 operations changed, 3 added`."""
    kinds = [operation.kind for operation in found.operations]
    parts = [f"{kinds.count(kind)} {kind}" for kind in ("changed", "added", "removed") if kind in kinds]
    count = len(found.changes)
    return f"{count} change{'' if count == 1 else 's'}" + (f"; operations: {values(parts)}" if parts else "")
