"""A layout names a graph: it gives each node an attribute path, and each tensor a state-dict key."""

from collections.abc import Iterable, Iterator

from archc.diagnostics import Diagnostic, Note, Span, SpecError, in_order
from archc.ir.graph import Graph, Node, Scope
from archc.ir.norms import Norm
from archc.language.layouts.lookup import Levels, Lookup
from archc.language.layouts.table import Layout


def attribute_paths(graph: Graph, layout: Layout) -> dict[str, str]:
    """Map node names to attribute paths in order of execution; "" is a node that the layout dissolves at the top."""
    return {node.name: path for node, path, _ in _paths(graph.nodes, Lookup(layout, graph.scopes))}


def state_keys(graph: Graph, layout: Layout, kept: Iterable[str] = ()) -> dict[str, str]:
    """Map canonical to emitted keys, in order of execution; `kept` names what batch norms keep beside their parameters.

    Raises SpecError (E0322) where two tensors have one key.
    """
    keys: dict[str, str] = {}
    canonical: dict[str, str] = {}
    clashes: list[Diagnostic] = []
    lookup = Lookup(layout, graph.scopes)
    named = _parameters(graph, tuple(kept))
    nodes = graph.nodes if lookup.counts else [node for node in graph.nodes if named[id(node.op)]]
    for node, path, prefix in _paths(nodes, lookup):
        parameters = named[id(node.op)]
        renamed = lookup.renamed(node.scope, node.local) if parameters and lookup.renames else {}
        for parameter in parameters:
            own = f"{node.name}.{parameter}"
            levels = renamed.get(parameter)
            key = f"{path}.{parameter}" if path else parameter
            if levels is not None:
                key = ".".join(levels if layout.keys_only or not prefix else (prefix, *levels))
            first = canonical.setdefault(key, own)
            if first != own:
                clashes.append(_clash(lookup, graph, key, first, node))
            keys[own] = key
    if clashes:
        raise SpecError(in_order(clashes[:1]))
    return keys


def _parameters(graph: Graph, kept: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Return the names of each operation's tensors, by its identity: equal operations are one object, which stays alive."""
    names: dict[int, tuple[str, ...]] = {}
    for op in [node.op for node in graph.nodes]:
        if id(op) not in names:
            beside = kept if isinstance(op, Norm) and op.norm == "batch" else ()
            names[id(op)] = (*(parameter.name for parameter in op.parameters()), *beside)
    return names


def _paths(nodes: Iterable[Node], lookup: Lookup) -> Iterator[tuple[Node, str, str]]:
    """Yield each node, its attribute path, and the path of the scope that owns it."""
    numbers: dict[str, int] = {}
    prefixes: dict[str, str] = {"": ""}

    def below(prefix: str, levels: Levels) -> str:
        for level in levels:
            name = level
            if level == "#":  # the parent's next number, in order of execution
                number = numbers.get(prefix, 0)
                numbers[prefix] = number + 1
                name = str(number)
            prefix = f"{prefix}.{name}" if prefix else name
        return prefix

    def prefix_of(path: str) -> str:
        if path not in prefixes:
            scope = lookup.scopes[path]
            prefixes[path] = below(prefix_of(lookup.parent(path)), lookup.own(scope))
        return prefixes[path]

    path, prefix, steps = None, "", lookup.steps("")
    for node in nodes:
        if node.scope != path:
            path, prefix, steps = node.scope, prefix_of(node.scope), lookup.steps(node.scope)
        local = node.local
        levels = steps.get(local)
        if levels is None:
            levels = steps[local] = lookup.step(node.scope, local)
        yield node, below(prefix, levels), prefix


def _clash(lookup: Lookup, graph: Graph, key: str, first: str, node: Node) -> Diagnostic:
    other = first.rpartition(".")[0]
    own = f"{node.name}.{key.rpartition('.')[2]}"
    places = [
        (own, _deciding_span(lookup, node)),
        (first, _deciding_span(lookup, next(n for n in graph.nodes if n.name == other))),
    ]
    named = [(who, span) for who, span in places if span is not None]
    span = named[0][1] if named else node.origin
    notes = tuple(Note(f"and here, for `{who}`", place) for who, place in named[1:] if place != span)
    message = f"`{first}` and `{own}` have one key, `{key}`, in layout `{lookup.layout.name}`"
    return Diagnostic("E0322", message, span, "gives one name twice", notes=notes, help="a layout gives every tensor its own key")


def _deciding_span(lookup: Lookup, node: Node) -> Span | None:
    """Return where the layout decides the path of a node: its own entry, else that of the nearest scope around it."""
    span = lookup.step_span(node.scope, node.local)
    scope: Scope | None = lookup.scopes.get(node.scope)
    while span is None and scope is not None and scope.path:
        span = lookup.own_span(scope)
        scope = lookup.scopes.get(lookup.parent(scope.path))
    return span
