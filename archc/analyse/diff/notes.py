"""What differs between two networks beside their function: names, how weights begin, and the size of the image."""

from collections.abc import Iterator, Sequence

from archc.analyse.diff.pairing import PartPair
from archc.analyse.diff.units import Unit
from archc.analyse.diff.words import named
from archc.ir.graph import Graph
from archc.language.document.nodes import Map, Scalar


def notes(old: Graph, new: Graph, pairs: Sequence[PartPair]) -> Iterator[str]:
    """One sentence each."""
    before, after = old.types[old.input].shape, new.types[new.input].shape
    if before[1:] != after[1:]:
        yield f"image size {before[1]}×{before[2]} → {after[1]}×{after[2]}"
    renamed = [
        (pair.old.scope.path, pair.new.scope.path)
        for pair in pairs
        if pair.old and pair.new and pair.old.scope.path != pair.new.scope.path
    ]
    if renamed:
        yield "renamed: " + ", ".join(f"{named(a)} → {named(b)}" for a, b in renamed)
    steps = dict.fromkeys(step for pair in pairs for unit in pair.units for step in _renamed(unit.old, unit.new))
    if steps:
        shown = list(steps)[:6]
        more = f" and {len(steps) - 6} more" if len(steps) > 6 else ""
        yield "renamed steps: " + ", ".join(f"{named(a)} → {named(b)}" for a, b in shown) + more
    if old.init != new.init or _inits(old) != _inits(new):
        yield "weights begin otherwise"
    if old.any_size != new.any_size:
        yield "the image's size is fixed now" if old.any_size else "the image's size is no longer fixed"


def layout_notes(old: Map, new: Map) -> Iterator[str]:
    """Other names of parameters: the first layout is the one that is built."""
    before, after = _layouts(old), _layouts(new)
    if list(before) != list(after):
        yield f"layouts {named(*before) or 'none'} → {named(*after) or 'none'}"
    for name in before:
        if after.get(name, before[name]) != before[name]:
            yield f"layout {named(name)} {before[name]} → {after[name]}"


def _layouts(root: Map) -> dict[str, str]:
    """What each layout's name stands for."""
    node = root.get("layouts")
    entries = node.entries if isinstance(node, Map) else ()
    return {str(entry.key): named(str(entry.value.value)) for entry in entries if isinstance(entry.value, Scalar)}


def _renamed(old: Unit | None, new: Unit | None) -> Iterator[tuple[str, str]]:
    """Operations of equal blocks that are called otherwise."""
    if old is None or new is None or old.key != new.key:
        return
    for one, other in zip(old.items, new.items, strict=True):
        if one.local != other.local:
            yield one.local, other.local


def _inits(graph: Graph) -> dict[str, object]:
    """How single tensors begin; of operations both have, so that one that was added is no news."""
    return {node.name: node.init for node in graph.nodes if node.init}
