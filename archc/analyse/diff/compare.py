"""Two compiled networks compared: the one function the command line and the API call."""

from archc.analyse.diff.costs import tallies
from archc.analyse.diff.defaults import defaults
from archc.analyse.diff.describe import describe
from archc.analyse.diff.model import Change, Difference, Loading, Side
from archc.analyse.diff.notes import layout_notes, notes
from archc.analyse.diff.pairing import pair_parts
from archc.analyse.diff.seen import Sides
from archc.analyse.diff.units import parts
from archc.analyse.diff.weights import loading
from archc.compile.pipeline import Compiled
from archc.ir.hash import graph_hash
from archc.language.layouts.table import CANONICAL, Layout
from archc.language.library import Document
from archc.record import Record


class Network(Record):
    """One side: the compiled network, what it was called by ("" for its name), the documents that were read for it, and how
    other places of it are told (`HEAD~1:`).
    """

    compiled: Compiled
    target: str = ""
    documents: tuple[Document, ...] = ()

    @property
    def called(self) -> str:
        return self.target or self.compiled.spec.name


def compare(one: Network, other: Network, *, layout: str = "") -> Difference:
    """The difference. `layout` is the name under which both specs have the layouts they were compiled for, "" for canonical
    names alone. Raises SpecError (E0322) where a layout gives two tensors one key.
    """
    old, new = one.compiled, other.compiled
    hashes = (graph_hash(old.graph), graph_hash(new.graph))
    same = hashes[0] == hashes[1]
    pairs = pair_parts(parts(old.graph), parts(new.graph))
    sides = Sides(old.spec.root, new.spec.root, defaults(one.documents), defaults(other.documents))
    changes, operations = ([], []) if same else describe(old.graph, new.graph, pairs, sides)
    network, stages = tallies(old.graph, new.graph, pairs)
    return Difference(
        old=_side(one, hashes[0]),
        new=_side(other, hashes[1]),
        same=same,
        changes=tuple(changes),
        operations=tuple(operations),
        network=network,
        stages=stages,
        loading=_loading(old, new, layout, changes),
        notes=(*notes(old.graph, new.graph, pairs), *layout_notes(old.spec.root, new.spec.root)),
    )


def _side(network: Network, digest: str) -> Side:
    spec = network.compiled.spec
    return Side(network.called, spec.name, spec.title, network.compiled.graph, digest)


def _loading(old: Compiled, new: Compiled, layout: str, changes: list[Change]) -> tuple[Loading, ...]:
    """Under the layout both have, if they have one, then under canonical names."""
    words = tuple(f"{change.where}: {change.what}" if change.where else change.what for change in changes)
    tables: list[tuple[str, tuple[Layout, Layout]]] = [("canonical", (CANONICAL, CANONICAL))]
    if layout:
        tables.insert(0, (layout, (old.layout, new.layout)))
    return tuple(loading(old.graph, new.graph, name, both, words) for name, both in tables)
