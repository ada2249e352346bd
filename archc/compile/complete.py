"""A document with its defaults written out: what `archc resolve` prints, so that nothing is implicit."""

import os
from collections.abc import Callable, Container, Iterable
from pathlib import Path

from archc.compile.lower.context import PASSED, Context, Taken
from archc.compile.lower.modules import definition, parameters_of
from archc.compile.lower.network import NetworkLowering
from archc.compile.lower.paths import without_paths
from archc.compile.lower.written import usual_padding, written
from archc.diagnostics import Source, Span, SpecError
from archc.ir.graph import Graph
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.language.library import Document
from archc.language.shipped import Kind
from archc.language.spec.defaults import INIT, WORDS
from archc.record import Record, replace

DEFAULT = Source("default", "")
"""Where a value comes from that nobody wrote."""

_PLACE = Span(DEFAULT, 1, 1, 1, 1)
_ONE = Scalar(1, "1", _PLACE)


def complete(context: Context, document: Document) -> tuple[Map, Graph | None]:
    """The resolved document, its network, stages, block and steps with every default they rest on.

    The network is lowered for it: defaults are those its values were read with. Problems collect in the context.
    """
    taken = context.taken = Taken()
    root = without_paths(context, _worded(document.root))
    graph = NetworkLowering(context, replace(document, root=root)).lower()
    if graph is None or context.diagnostics:
        return root, graph
    return _Filling(context, taken, document).network(root), graph


def _worded(root: Map) -> Map:
    """With the words that hold where `norm`, `act`, `conv` and `init` are not there, or leave their kind out."""
    for key, word in WORDS.items():
        node = root.get(key)
        if node is None:
            root = _with(root, key, _word(word))
        elif key == "conv" and isinstance(node, Map):
            root = _with(root, key, _with(node, "kind", node.get("kind") or _word(word)))
    init = root.get("init") or Map((), _PLACE)
    for key, word in INIT.items():
        init = _with(init, key, init.get(key) or _word(word)) if isinstance(init, Map) else init
    return _with(root, "init", init)


class _Filling(Record, eq=False):
    context: Context
    taken: Taken
    document: Document

    def network(self, root: Map) -> Map:
        """With the defaults of every value in it."""
        root = self._each(root, "layouts", self._layout)
        root = self._each(root, "stages", self._stage(root.get("block")))
        stages = root.get("stages")
        left = {name for entry in stages for name in self._left(entry.value)} if isinstance(stages, Map) else set()
        root = self._each(root, "block", lambda block: self._with_kind(block, (), left=left), whole=True)
        filled = self._filled(root)
        return filled if isinstance(filled, Map) else root

    def _each(self, root: Map, key: str, change: Callable[[Node], Node], *, whole: bool = False) -> Map:
        """`root` with every value of the map at `key`, or with the map itself, changed."""
        node = root.get(key)
        if not isinstance(node, Map):
            return root
        if whole:
            return _with(root, key, change(node))
        return _with(root, key, Map(tuple(Entry(e.key, e.span, change(e.value)) for e in node), node.span))

    def _stage(self, block: Node | None) -> Callable[[Node], Node]:
        def stage(node: Node) -> Node:
            if not isinstance(node, Map):
                return node
            node = self._each(node, "blocks", lambda own: self._with_kind(own, (block, node)))
            node = self._with_kind(node, (block,), self._kinds(node.get("blocks")))
            return node if "stride" in node else _with(node, "stride", _ONE)

        return stage

    def _left(self, stage: Node) -> set[str]:
        """Parameters of a stage's kind that rest on their defaults and are not written there: `block` must not say them."""
        kind = stage.get("kind") if isinstance(stage, Map) else None
        _, asked = self.taken.defaults.get(id(kind), (kind, {}))
        return {name for name in asked if isinstance(stage, Map) and name not in stage}

    def _kinds(self, blocks: Node | None) -> list[Document]:
        """The kinds that single blocks of a stage name."""
        named = [entry.value.get("kind") for entry in blocks if isinstance(entry.value, Map)] if isinstance(blocks, Map) else []
        return [definition(self.context, kind, "block") for kind in named if isinstance(kind, Scalar)]

    def _with_kind(
        self, layer: Node, outer: tuple[Node | None, ...], inner: Iterable[Document] = (), left: Container[str] = ()
    ) -> Map:
        """A layer that names a kind of block with the kind's parameters, as far as they are asked for, and its stride's step.

        `outer` are the layers around it, as they were written: what one of them says holds. `inner` are kinds that are told
        what this layer says, and know their own parameters only; `left` are not to be said at all.
        """
        assert isinstance(layer, Map)  # noqa: S101  the schema says so
        kind = layer.get("kind")
        if not isinstance(kind, Scalar) or kind.value is None:
            return layer
        found = definition(self.context, kind, "block")
        said = {entry.key for around in (*outer, layer) if isinstance(around, Map) for entry in around}
        stride_at = found.root.get("stride_at")
        if stride_at is not None and "stride_at" not in said:
            layer = _with(layer, "stride_at", stride_at)
        _, asked = self.taken.defaults.get(id(kind), (kind, {}))
        for name, declared in parameters_of(found).items():
            default = declared.get("default")
            known = name not in left and all(name in parameters_of(each) for each in inner)
            if default is not None and known and name in asked and name not in said:
                layer = _with(layer, name, default)
        return layer

    def _filled(self, node: Node) -> Node:
        """The value with what it left out, and with everything beneath filled; a word that stands for more becomes a map."""
        if isinstance(node, Sequence):
            return node
        _, defaults = self.taken.defaults.get(id(node), (node, {}))
        added = [Entry(key, _PLACE, value) for key, values in defaults.items() if (value := self._default(node, key, values))]
        if isinstance(node, Scalar):
            node = self._named(node)
            return Map((Entry("kind", node.span, node), *added), node.span) if added else node
        entries = [Entry(entry.key, entry.span, self._within(entry)) for entry in node]
        return Map((*entries, *(entry for entry in added if entry.key not in node)), node.span)

    def _within(self, entry: Entry) -> Node:
        """A value in a map; the word of a `kind` may stand for more elsewhere, where it is not opened."""
        word = entry.value
        return self._named(word) if entry.key == "kind" and isinstance(word, Scalar) else self._filled(word)

    def _default(self, node: Node, key: str, values: list[object]) -> Node | None:
        """What to write of a default; None where it is another one in another place, and no expression says both."""
        if len(values) == 1 and values[0] is not PASSED:
            return written(values[0], _PLACE)
        own = node.get("dilation") if isinstance(node, Map) else None
        if key == "padding" and isinstance(node, Map) and (own or self.taken.defaults[id(node)][1]["dilation"] == [1]):
            return usual_padding(node, _PLACE)
        return None

    def _named(self, name: Scalar) -> Scalar:
        """The name of a definition as it has to be written in this document's own folder, where it came from another one."""
        found = self.taken.names.get(id(name))
        return self._path(name, found[1].path, found[1].kind) if found is not None else name

    def _layout(self, name: Node) -> Node:
        if not isinstance(name, Scalar):
            return name
        library = self.context.library
        return self._path(name, library.find(name, library.file_of(name.span.source), "layout"), "layout")

    def _path(self, name: Scalar, target: Path, kind: Kind) -> Scalar:
        library, own = self.context.library, self.document.path
        target = library.real(target)
        try:
            if library.real(library.find(name, own, kind)) == target:
                return name
        except SpecError:
            pass
        path = os.path.relpath(target, library.real(own).parent)
        return name if path.startswith("..") else Scalar(path, path, name.span)


def _word(word: str) -> Scalar:
    return Scalar(word, word, _PLACE)


def _with(root: Map, key: str | int, node: Node) -> Map:
    if key in root:
        return Map(tuple(Entry(e.key, e.span, node) if e.key == key else e for e in root), root.span)
    return Map((*root.entries, Entry(key, _PLACE, node)), root.span)
