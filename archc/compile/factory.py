"""The network as its factory makes it: with classes and input channels left open, wherever in it they have an effect.

The document is lowered once more with traced numbers in their place. What decides more than widths, by a comparison or by how
many steps there are, no argument of a factory can change: then that argument is not offered.
"""

import re
from collections.abc import Iterator

from archc.compile.lower.context import Context
from archc.compile.lower.network import NetworkLowering
from archc.compile.lower.tracing import Tracing
from archc.ir import ops
from archc.ir.graph import Graph
from archc.language.document.nodes import Map, Node, Sequence
from archc.language.library import Document, Library
from archc.record import replace
from archc.traced import Traced

ARGUMENTS = {"num_classes": "classes", "in_channels": "in"}
"""What a factory calls its arguments, and what the network's scope does."""
WIDTHS = frozenset(("in_channels", "out_channels", "channels", "groups", "before", "after", "heads"))
"""Attributes that may be formulas; what hangs on any other is more than a width."""
_BEFORE = (ops.Pad, ops.MaxPool, ops.AvgPool, ops.Act, ops.Affine, ops.Dropout, ops.Identity)
_AFTER = (ops.Flatten, ops.Act, ops.Affine, ops.Softmax, ops.Dropout, ops.Identity)


def opened(library: Library, document: Document, graph: Graph) -> tuple[Graph, dict[str, str]]:
    """The graph with the formulas of what depends on its factory's arguments, and why an argument is not offered."""
    library.origin = document.path  # it may have read other networks since
    if _reads_image_plainly(graph) and _makes_classes_plainly(document.root, graph):
        return graph, {}
    known = {argument.name for argument in graph.scopes[0].arguments}
    wanted = [name for name, own in ARGUMENTS.items() if own in known]
    found, reason = _traced(library, document, graph, frozenset(wanted))
    missing: dict[str, str] = {}
    if found is None:
        for name in wanted:
            alone, reason = _traced(library, document, graph, frozenset((name,)))
            if alone is None or found is not None:
                missing[name] = reason or "it would have to go with the other argument"
            found = found or alone
    found = found or graph
    network, *scopes = found.scopes
    kept = tuple([each for each in network.arguments if each.name not in {ARGUMENTS[name] for name in missing}])
    return replace(found, scopes=(replace(network, arguments=kept), *scopes)), missing


def _traced(library: Library, document: Document, declared: Graph, free: frozenset[str]) -> tuple[Graph | None, str]:
    """The graph with formulas; None, and what stands against it, where formulas cannot say it."""
    tracing = Tracing(free)
    context = Context(library, library.limits, list(document.problems), tracing=tracing)
    graph = NetworkLowering(context, document).lower()
    if tracing.decided:
        return None, f"{tracing.decided[0]} depends on it"
    if tracing.trace.losses:
        return None, "a constant of the network depends on it"
    if graph is None or context.diagnostics or _structure(graph) != _structure(declared):
        return None, "the shapes in the network fit for no other value"
    refused = next(_beyond_widths(graph), None)
    return (graph, "") if refused is None else (None, f"{refused} depends on it")


def _structure(graph: Graph) -> list[tuple[object, ...]]:
    return [(node.name, node.op.kind, node.inputs, node.outputs) for node in graph.nodes]


def _beyond_widths(graph: Graph) -> Iterator[str]:
    """The attributes that depend on an argument and are no widths."""
    for node in graph.nodes:
        for key in node.op.record_fields:
            value = getattr(node.op, key)
            inside = value if isinstance(value, tuple) else (value,)
            if any(isinstance(each, Traced) for each in inside) and (key not in WIDTHS or node.op.kind == "shuffle"):
                yield f"`{key}` of `{node.name}`"


def _reads_image_plainly(graph: Graph) -> bool:
    """Whether the image goes into ungrouped convolutions of the stem alone, whose widths cannot depend on its channels."""
    images = {graph.input}
    for node in graph.nodes:
        if not images.isdisjoint(node.inputs):
            if isinstance(node.op, _BEFORE):
                images.update(node.outputs)
            elif not isinstance(node.op, ops.Conv) or node.scope != "stem" or node.op.groups != 1:
                return False
    return True


def _makes_classes_plainly(root: Map, graph: Graph) -> bool:
    """Whether one expression names the classes, the width of a layer of the head with nothing after it that depends on it."""
    texts = [text for entry in root if entry.key not in ("classes", "name", "title", "source") for text in _naming(entry.value)]
    made = [node for node in graph.nodes if ("out_channels", "classes") in node.arguments]
    if not texts:
        return True
    if texts != ["classes"] or len(made) != 1 or made[0].scope != "head" or not isinstance(made[0].op, ops.Conv | ops.Linear):
        return False
    values = set(made[0].outputs)
    for node in graph.nodes:
        if not values.isdisjoint(node.inputs):
            values.update(node.outputs)
            if not isinstance(node.op, _AFTER) or (isinstance(node.op, ops.Softmax) and node.op.over == "parts"):
                return False
    return True


def _naming(node: Node) -> Iterator[str]:
    """Every text in a value that names the classes."""
    if isinstance(node, Map):
        for entry in node:
            yield from _naming(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _naming(item)
    elif isinstance(node.value, str) and re.search(r"\bclasses\b", node.value):
        yield node.value
