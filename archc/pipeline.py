"""From a name or a file to a checked graph: the functions the command line and the API call, in the order they run."""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from archc.arguments import StrPath, instance, text, texts
from archc.arguments import path as path_text
from archc.described import Spec, described
from archc.diagnostics import Diagnostic, Source, Span, SpecError, in_order
from archc.document.loader import parse_value
from archc.document.nodes import Entry, Map, Node, Scalar
from archc.document.nodes import Sequence as Items
from archc.ir.graph import Graph
from archc.layout_choice import chosen_layout
from archc.layouts.table import Layout
from archc.library import Document, Library
from archc.limits import DEFAULT_LIMITS, Limits
from archc.lower.context import Context
from archc.lower.network import NetworkLowering
from archc.record import brief
from archc.schema.validate import validate
from archc.shipped import Kind, shipped_file, shipped_names, shipped_root
from archc.spec.resolve import apply_all
from archc.suggest import nearest


@dataclass(frozen=True, slots=True)
class Compiled:
    """A checked network: its document, its graph, and the layout its tensors are named by.

    `whole` is the network that weights are made for: the graph itself, unless that is a part of it (features, no head) or has its
    norms frozen.
    """

    spec: Spec
    graph: Graph
    layout: Layout
    whole: Graph

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Changes:
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
OVERRIDES = "a list of `path=value`, as ['classes=10']"


def locate(given: StrPath) -> tuple[Path, str]:
    """A path or anything with a suffix is a file, else a shipped name; with the name to print. Raises SpecError (E0001)."""
    target = path_text("target", given, "the path of a spec or the name of a shipped network")
    if not isinstance(given, str) or "/" in target or "\\" in target or "." in target or os.path.isfile(target):
        return Path(target), target
    found = shipped_file(target, "network")
    if found is not None:
        return found, f"specs/{found.relative_to(shipped_root()).as_posix()}"
    guess = nearest(target, shipped_names("network"))
    helped = f"did you mean `{guess}`?" if guess else "`archc list` prints what ships; a file is named with its suffix"
    raise SpecError((Diagnostic("E0001", f"there is no file and no shipped network `{target}`", help=helped),))


def read_spec(target: StrPath, *, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in full, after `extends`, `set` and the command line's changes. Raises SpecError."""
    document = _read(Library(limits), target, overrides)
    if document.problems:
        raise SpecError(in_order(list(document.problems)))
    return document


def complete_spec(target: StrPath, *, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> Map:
    """As read_spec, every default written out. Raises SpecError, also where the network itself has a problem."""
    return complete_network(target, overrides=overrides, limits=limits)[0]


def complete_network(target: StrPath, *, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> tuple[Map, Graph]:
    """As complete_spec, with the network, cut to the features it states."""
    from archc.complete import complete
    from archc.semantics import feature_paths

    library = Library(limits)
    document = _read(library, target, overrides)
    context = Context(library, limits, list(document.problems))
    if _touched(overrides):
        document = replace(document, root=Map(tuple(e for e in document.root if e.key != "expect"), document.root.span))
    root, graph = complete(context, document)
    if graph is None or context.diagnostics:
        raise SpecError(in_order(context.diagnostics))
    paths, problems = feature_paths(document.root, graph)
    if problems:
        raise SpecError(in_order(problems))
    return root, _changed(graph, paths, AS_IT_IS)


def _read(library: Library, target: StrPath, overrides: Sequence[str], kind: Kind | None = "network") -> Document:
    path, name = locate(target)
    overrides = texts("overrides", overrides, OVERRIDES)
    library.origin = path
    document = library.read(path, name, kind)
    return overridden(library, document, overrides) if overrides else document


def overridden(library: Library, document: Document, overrides: Sequence[str]) -> Document:
    """The document after the command line's changes. Raises SpecError."""
    entries = tuple(_override(text, library.limits) for text in overrides)
    problems = list(document.problems)
    root = apply_all(document.root, entries, problems.append)
    invalid = validate(root, "resolved")
    if invalid:
        raise SpecError(in_order([*problems, *invalid]))
    return Document(document.kind, document.name, document.path, document.written, root, tuple(problems))


def _override(text: str, limits: Limits) -> Entry:
    """`path=value` as an entry of `set`; the value is YAML."""
    path, equals, value = text.partition("=")
    source = Source("--set", text)
    node = parse_value(value, f"--set {path}", limits) if equals else Scalar(None, "", _whole(source))
    if not equals or not path.strip():
        raise SpecError((Diagnostic("E0209", f"`--set {text}` is not path=value", _whole(source), help="--set classes=10"),))
    return Entry(path.strip(), _whole(source), node)


def _whole(source: Source) -> Span:
    return Span(source, 1, 1, 1, len(source.text) + 1)


def _features(names: tuple[str, ...]) -> Entry:
    """`--features a,b` as an entry of `set`, each name at its place."""
    source = Source("--features", ",".join(names))
    items: list[Node] = []
    column = 1
    for name in names:
        items.append(Scalar(name, name, Span(source, 1, column, 1, column + len(name))))
        column += len(name) + 1
    return Entry("features", _whole(source), Items(tuple(items), _whole(source)))


def compile_spec(
    target: StrPath,
    *,
    overrides: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    layout: str | None = None,
    prefers: str | None = None,
    changes: Changes = AS_IT_IS,
    library: Library | None = None,
) -> Compiled:
    """The checked graph of a network, or SpecError with every problem found, sorted. Where no `layout` is asked for it is the one
    that the target `prefers`, if the spec has it. Several networks are compiled with one library, which reads each parent and
    definition once.
    """
    for key, value in (("layout", layout), ("prefers", prefers)):
        if value is not None:
            text(key, value, "the name of a layout")
    overrides = texts("overrides", overrides, OVERRIDES)
    instance("changes", changes, Changes, "what `archc.pipeline.Changes` makes")
    library = Library(limits) if library is None else instance("library", library, Library, "a `Library`")
    document = _read(library, target, overrides)
    layouts = document.root.get("layouts")
    if layout is None and prefers is not None and isinstance(layouts, Map) and prefers in layouts:
        layout = prefers
    if changes.features:
        problems = list(document.problems)
        root = apply_all(document.root, (_features(changes.features),), problems.append)
        document = replace(document, root=root, problems=tuple(problems))
    return compile_document(library, document, overrides, layout, changes)


def compile_document(
    library: Library,
    document: Document,
    overrides: Sequence[str] = (),
    layout: str | None = None,
    changes: Changes = AS_IT_IS,
    *,
    every_layout: bool = False,
) -> Compiled:
    """As compile_spec, of a document that was read already; `every_layout` checks those that are not asked for too."""
    from archc.cost.count import total
    from archc.ir.verify import verify
    from archc.semantics import check_expected, check_graph, feature_paths

    limits = library.limits
    context = Context(library, limits, list(document.problems))
    with _no_collection():
        graph = whole = NetworkLowering(context, document).lower()
        found = list(context.diagnostics)
        if whole is not None and not found:
            verify(whole)
            costs = total(whole)
            found += check_graph(document.root, whole, costs, limits)
            full = _headless(whole) if changes.without_head else whole
            paths, unknown = feature_paths(document.root, full)
            found += unknown
            if changes.frozen_norm:
                found += _nothing_to_freeze(document.root, whole)
            graph = _changed(full, paths if not unknown else (), changes)
            touched = changes != AS_IT_IS or _touched(overrides)
            if not touched and not unknown:
                found += check_expected(document.root, graph, costs if graph is whole else total(graph))
        table = chosen_layout(library, document, layout, whole if every_layout else None, found)
    if found or graph is None or whole is None:
        cut = len(found) - limits.diagnostics
        ordered = in_order(found)
        raise SpecError(ordered if cut <= 0 else ordered[: limits.diagnostics])
    return Compiled(described(document), graph, table, whole)


def _touched(overrides: Sequence[str]) -> bool:
    """Whether the command line makes another network, for which `expect` is left aside."""
    return any(not text.startswith("expect") for text in overrides)


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


def _changed(graph: Graph, features: tuple[str, ...], changes: Changes) -> Graph:
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


def shipped() -> list[tuple[str, Path]]:
    """Name and file of every network that ships."""
    return [(name, path) for name in shipped_names("network") if (path := shipped_file(name, "network")) is not None]
