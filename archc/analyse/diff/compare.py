"""Two compiled networks compared: the one function the command line and the API call.

What each costs, which weights of one fit the other, and what differs beside the function, stand here too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from archc.analyse.diff.describe import describe
from archc.analyse.diff.model import Change, Difference, Fit, Loading, Side, Tally
from archc.analyse.diff.pairing import PartPair, pair_parts
from archc.analyse.diff.unit_diff import Sides
from archc.analyse.diff.units import Unit, parts
from archc.analyse.diff.words import named
from archc.compile.pipeline import Compiled
from archc.cost.measures import Measures, scope_measures
from archc.cost.memory import memory
from archc.cost.saved import for_training
from archc.ir.graph import Graph
from archc.ir.hash import graph_hash, weights_hash
from archc.ir.pools import BlurPool
from archc.language.document.nodes import Map, Scalar
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import CANONICAL, Layout
from archc.language.library import Document
from archc.record import Record
from archc.weights.origin import unlike_traits

NAME = re.compile(r"[A-Za-z_]\w*")
FLOAT32 = 4
"""Bytes of a float32."""
Pair: TypeAlias = tuple[int | None, int | None]
"""A number of both sides, None where a side has none."""


class Network(Record):
    """One side: the compiled network, the target it was named by ("" for its own name), and the documents read for it."""

    compiled: Compiled
    target: str = ""
    documents: tuple[Document, ...] = ()

    @property
    def called(self) -> str:
        """The name that messages have for this side."""
        return self.target or self.compiled.spec.name


def compare(first: Network, second: Network, *, layout: str = "") -> Difference:
    """Return the difference between two networks.

    `layout` is the name under which both specs have the layouts they were compiled for, "" for canonical names alone. Raises
    SpecError (E0322) where a layout gives two tensors one key.
    """
    old, new = first.compiled, second.compiled
    hashes = (graph_hash(old.graph), graph_hash(new.graph))
    same = hashes[0] == hashes[1]
    pairs = pair_parts(parts(old.graph), parts(new.graph))
    sides = Sides(old.spec.root, new.spec.root, _names_in_defaults(second.documents))
    changes, operations = ([], []) if same else describe(old.graph, new.graph, pairs, sides)
    network, stages = _tallies(old.graph, new.graph, pairs)
    return Difference(
        old=_side(first, hashes[0]),
        new=_side(second, hashes[1]),
        same=same,
        changes=tuple(changes),
        operations=tuple(operations),
        network=network,
        stages=stages,
        loading=_loadings(old, new, layout, changes),
        notes=(*_notes(old.graph, new.graph, pairs), *_layout_notes(old.spec.root, new.spec.root)),
    )


def _side(network: Network, digest: str) -> Side:
    spec = network.compiled.spec
    return Side(network.called, spec.name, spec.title, network.compiled.graph, digest)


def _names_in_defaults(documents: Iterable[Document]) -> dict[str, dict[str, frozenset[str]]]:
    """Map each parameter of each block and module to the words in its default: it changes with the parameters they name."""
    words: dict[str, dict[str, frozenset[str]]] = {}
    for document in documents:
        declared = document.root.get("parameters")
        if document.kind in ("block", "module") and isinstance(declared, Map):
            own = words.setdefault(document.name, {})
            for entry in declared:
                default = entry.value.get("default") if isinstance(entry.value, Map) else None
                if isinstance(default, Scalar):
                    own[str(entry.key)] = frozenset(NAME.findall(default.text))
    return words


def _tallies(old: Graph, new: Graph, pairs: Sequence[PartPair]) -> tuple[Tally, tuple[Tally, ...]]:
    """Count the whole networks, each at the size of image it declares, and the stem, each stage and the head."""
    before, after = scope_measures(old), scope_measures(new)
    first, second = memory(old), memory(new)
    peaks = (first.peak.at(1), second.peak.at(1))
    saved = (for_training(first.saved), for_training(second.saved))
    of_parts = tuple(
        [
            _tally(
                " → ".join(dict.fromkeys(part.scope.path for part in (pair.old, pair.new) if part)),
                before[pair.old.scope.path] if pair.old else None,
                after[pair.new.scope.path] if pair.new else None,
            )
            for pair in pairs
        ]
    )
    return _tally("network", before[""], after[""], peaks, saved), of_parts


def _tally(
    part: str, old: Measures | None, new: Measures | None, peaks: Pair = (None, None), saved: Pair = (None, None)
) -> Tally:
    def both(attribute: str) -> Pair:
        before, after = (None if side is None else int(getattr(side, attribute)) for side in (old, new))
        return before, after

    held = tuple(None if side is None else (side.parameters + side.buffers) * FLOAT32 for side in (old, new))
    written = tuple(None if side is None else side.bytes_written(FLOAT32) for side in (old, new))
    return Tally(
        part, both("parameters"), both("macs"), both("activations"), (held[0], held[1]), (written[0], written[1]), peaks, saved
    )


def _loadings(old: Compiled, new: Compiled, layout: str, changes: list[Change]) -> tuple[Loading, ...]:
    """Load the weights under the layout both specs have, if they have one, then under canonical names."""
    words = tuple(f"{change.where}: {change.what}" if change.where else change.what for change in changes)
    tables: list[tuple[str, tuple[Layout, Layout]]] = [("canonical", (CANONICAL, CANONICAL))]
    if layout:
        tables.insert(0, (layout, (old.layout, new.layout)))
    return tuple(_loading(old.graph, new.graph, name, both, words) for name, both in tables)


def _loading(old: Graph, new: Graph, layout: str, tables: tuple[Layout, Layout], changes: tuple[str, ...]) -> Loading:
    """Say what becomes of the first network's tensors in the second, under the names both layouts give them.

    `changes` are its meaning where nothing that leaves no trace in weights differs.
    """
    before, after = (_shapes(graph, table) for graph, table in zip((old, new), tables, strict=True))
    missing = tuple([key for key in after if key not in before])
    extra = tuple([key for key in before if key not in after])
    reshaped = tuple([(key, before[key], after[key]) for key in after if key in before and before[key] != after[key]])
    matching = len(after) - len(missing) - len(reshaped)
    strict = not missing and not extra and not reshaped
    fit: Fit = "strict" if strict else "partly" if matching else "none"
    same = strict and weights_hash(old) == weights_hash(new)
    traits = tuple([f"{trait}: {before_} → {after_}" for trait, before_, after_ in unlike_traits(old, new)])
    meaning = (traits or changes) if strict and not same else ()
    return Loading(layout, fit, matching, len(after), missing, extra, reshaped, same, meaning)


def _shapes(graph: Graph, layout: Layout) -> Mapping[str, tuple[int, ...]]:
    """The shapes of a state dict's tensors by key. Blur filters follow from the spec, and are not in it."""
    shapes = {name: shape for name, node, shape, _ in graph.parameters() if not isinstance(node.op, BlurPool)}
    if layout is CANONICAL:
        return shapes
    keys = state_keys(graph, layout)
    return {keys[name]: shape for name, shape in shapes.items()}


def _notes(old: Graph, new: Graph, pairs: Sequence[PartPair]) -> Iterator[str]:
    """Say in one sentence each what differs beside the function: names, how weights begin, the size of the image."""
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


def _layout_notes(old: Map, new: Map) -> Iterator[str]:
    """Say which layouts differ; the first is the one that is built."""
    before, after = _layouts(old), _layouts(new)
    if list(before) != list(after):
        yield f"layouts {named(*before) or 'none'} → {named(*after) or 'none'}"
    for name in before:
        if after.get(name, before[name]) != before[name]:
            yield f"layout {named(name)} {before[name]} → {after[name]}"


def _layouts(root: Map) -> dict[str, str]:
    """Map the name of each layout to the table it stands for."""
    node = root.get("layouts")
    entries = node.entries if isinstance(node, Map) else ()
    return {str(entry.key): named(str(entry.value.value)) for entry in entries if isinstance(entry.value, Scalar)}


def _renamed(old: Unit | None, new: Unit | None) -> Iterator[tuple[str, str]]:
    """The two names of each operation that equal blocks call otherwise."""
    if old is None or new is None or old.key != new.key:
        return
    for before, after in zip(old.items, new.items, strict=True):
        if before.local != after.local:
            yield before.local, after.local


def _inits(graph: Graph) -> dict[str, object]:
    """How the tensors begin of each node that says it."""
    return {node.name: node.init for node in graph.nodes if node.init}
