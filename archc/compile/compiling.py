"""From a document to a checked graph, or every problem in it at the place where it was found."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from archc.arguments import instance, texts
from archc.backend import BackendError, Factory
from archc.compile.described import Spec, described
from archc.compile.layout_choice import chosen_layout
from archc.compile.lower.context import Context
from archc.compile.lower.network import NetworkLowering
from archc.diagnostics import Diagnostic, Span, SpecError, in_order
from archc.ir.graph import Graph
from archc.language.document.nodes import Map
from archc.language.layouts.table import Layout
from archc.language.library import Document, Library
from archc.language.overrides import features_entry, overridden
from archc.language.shipped import Kind
from archc.language.spec.paths import is_own
from archc.language.spec.resolve import apply_all
from archc.record import Record, field, replace


class Compiled(Record):
    """A checked network: its document, its graph, and the layout its tensors are named by.

    `whole` is the network that weights are made for: the graph itself, unless that is a part of it (features, no head) or has its
    norms frozen.
    """

    spec: Spec
    graph: Graph
    layout: Layout
    whole: Graph
    library: Library = field(compare=False, repr=False)
    document: Document = field(compare=False, repr=False)
    changes: "Changes" = field(compare=False, repr=False)

    def has_layout(self, name: str) -> bool:
        """Whether the spec lists a layout of this name."""
        layouts = self.document.root.get("layouts")
        return isinstance(layouts, Map) and name in layouts

    def factory(self) -> Factory:
        """The network with its classes and input channels left open, as far as a factory can leave them so."""
        from archc.compile.factory import opened

        whole, missing = opened(self.library, self.document, self.whole)
        if whole is self.whole:
            return Factory(self.graph, whole, missing)
        graph = _headless(whole) if self.changes.without_head else whole
        return Factory(changed(graph, self.graph.output_names, self.changes), whole, missing)


class Changes(Record):
    """What is asked of a network beside its spec: `features`, the paths of values to give by name; `without_head`, the network up
    to its last map; `frozen_norm`, every batch norm with fixed statistics and parameters.
    """

    features: tuple[str, ...] = ()
    without_head: bool = False
    frozen_norm: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", texts("features", self.features, "a list of paths, as ['layer1', 'layer2']"))
        for name in ("without_head", "frozen_norm"):
            instance(name, getattr(self, name), bool, "true or false")


AS_IT_IS = Changes()


class Emission(Record):
    """What a network is compiled for: `emit` may raise SpecError with further problems. `option` is the place on the command line
    that asks for it, `layout` the layout that is named there.
    """

    emit: Callable[[Compiled], object]
    option: Span
    layout: str | None = None


def read_document(
    library: Library, path: Path, name: str, overrides: Sequence[str], changes: Changes = AS_IT_IS, kind: Kind | None = "network"
) -> Document:
    """A document after the command line's changes. Raises SpecError."""
    library.origin = path
    document = library.read(path, name, kind)
    document = overridden(library, document, overrides) if overrides else document
    if changes.features:
        problems = list(document.problems)
        root = apply_all(document.root, (features_entry(changes.features),), problems.append)
        document = replace(document, root=root, problems=tuple(problems))
    return document


def compile_document(
    library: Library,
    document: Document,
    overrides: Sequence[str] = (),
    layout: str | None = None,
    changes: Changes = AS_IT_IS,
    *,
    every_layout: bool = False,
) -> Compiled:
    """As compile_spec, of a document that was read already; `every_layout` checks those that are not asked for too. Problems are
    raised as they are found: `placed` says whose they are.
    """
    from archc.compile.semantics import check_expected, check_graph, feature_paths
    from archc.cost.count import total
    from archc.ir.verify import verify

    limits = library.limits
    context = Context(library, limits, list(document.problems))
    with _no_collection():
        graph = whole = NetworkLowering(context, document).lower()
        found = list(context.diagnostics)
        if whole is not None and not found:
            verify(whole, _given(document.root, whole))
            costs = total(whole)
            found += check_graph(document.root, whole, costs, limits)
            full = _headless(whole) if changes.without_head else whole
            paths, unknown = feature_paths(document.root, full)
            found += unknown
            if changes.frozen_norm:
                found += _nothing_to_freeze(document.root, whole)
            graph = changed(full, paths if not unknown else (), changes)
            touched = changes != AS_IT_IS or makes_another(overrides)
            if not touched and not unknown:
                found += check_expected(document.root, graph, costs if graph is whole else total(graph))
        table = chosen_layout(library, document, layout, whole if every_layout else None, found)
    if found or graph is None or whole is None:
        cut = len(found) - limits.diagnostics
        ordered = in_order(found)
        raise SpecError(ordered if cut <= 0 else ordered[: limits.diagnostics])
    return Compiled(described(document), graph, table, whole, library, document, changes)


def makes_another(overrides: Sequence[str]) -> bool:
    """Whether the command line makes another network, for which `expect` is left aside."""
    return any(not is_own(text.partition("=")[0].strip().partition(".")[0]) for text in overrides)


def _given(root: Map, graph: Graph) -> list[str]:
    """The values that a network states as its features: in the whole one nothing else may read them."""
    from archc.compile.semantics import feature_paths
    from archc.ir.extract import named_values

    paths, _ = feature_paths(root, graph)
    values = named_values(graph) if paths else {}
    return [values[path] for path in paths if path in values]


def _nothing_to_freeze(root: Map, graph: Graph) -> list[Diagnostic]:
    from archc.ir.norms import Norm

    norms = list(dict.fromkeys(node.op.norm for node in graph.nodes if isinstance(node.op, Norm)))
    if "batch" in norms:
        return []
    entry = root.entry("norm") or root.entry("name")
    there = f"its norms are {' and '.join(norms)}" if norms else "it has no norm"
    helped = "leave --frozen-norm out: only batch norms have statistics that differ in training"
    message = f"no batch norm of `{graph.name}` could be frozen: {there}"
    return [Diagnostic("E0358", message, entry.span if entry else root.span, help=helped)]


def _headless(graph: Graph) -> Graph:
    from archc.ir.extract import without_head

    return without_head(graph)


def changed(graph: Graph, features: tuple[str, ...], changes: Changes) -> Graph:
    """The network as it is asked for, verified again where that is another one."""
    if not features and changes == AS_IT_IS:
        return graph
    from archc.ir.extract import extractor
    from archc.ir.freeze import frozen
    from archc.ir.verify import verify

    found = extractor(graph, features) if features else graph
    found = frozen(found) if changes.frozen_norm else found
    verify(found)
    return found


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nodes hold no cycles, so the collector has nothing to find while they are made (16 % of the time of a large graph)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def problems_of(
    library: Library,
    path: Path,
    overrides: Sequence[str],
    changes: Changes,
    *,
    thorough: bool,
    emission: Emission | None = None,
) -> Sequence[Diagnostic]:
    """All that is found of a document, whoever is at fault; `thorough`: with all its layouts, and what looks like a mistake;
    `emission`: with what has a place in a spec when it is emitted.
    """
    try:
        document = read_document(library, path, str(path), overrides, changes, None)
        if document.kind != "network":
            return check_definition(library, document)
        layout = emission.layout if emission else None
        compiled = compile_document(library, document, overrides, layout, changes, every_layout=thorough)
        if emission:
            with suppress(BackendError):
                emission.emit(compiled)
    except SpecError as error:
        return error.diagnostics
    if not thorough:
        return ()
    from archc.compile.lint import warnings

    return warnings(document, compiled)


def check_definition(library: Library, document: Document) -> tuple[Diagnostic, ...]:
    """What can be said of a block, module, shortcut or layout without a network that uses it."""
    from archc.compile.lower.unused import check_parameters
    from archc.language.layouts.table import read_layout

    context = Context(library, library.limits)
    context.diagnostics += document.problems
    if document.kind == "layout":
        read_layout(document.root)
    else:
        check_parameters(context, document)
    return in_order(context.diagnostics)
