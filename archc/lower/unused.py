"""What a definition declares and nobody uses."""

from collections.abc import Iterator

from archc.diagnostics import Span
from archc.document.nodes import Map, Node, Scalar, Sequence
from archc.expressions.parse import ExpressionError, names, parse
from archc.ir.graph import Node as GraphNode
from archc.library import Document
from archc.lower.context import Context


def check_parameters(context: Context, document: Document) -> None:
    """Reports each parameter that no step and no other parameter of the definition names; once a definition."""
    if not context.library.first_use(document):
        return
    declared = document.root.get("parameters")
    if not isinstance(declared, Map):
        return
    used = set(_words(Map(tuple(e for e in document.root if e.key not in ("parameters", document.kind)), document.root.span)))
    for entry in declared:
        if isinstance(entry.value, Map) and (default := entry.value.get("default")) is not None:
            used |= {word for word in _words(default) if word != entry.key}
    for entry in declared:
        if entry.key not in used:
            message = f"nothing uses parameter `{entry.key}` of {document.kind} `{document.name}`"
            context.report("E0336", message, entry.span, "declared here")


def _words(node: Node) -> Iterator[str]:
    """Every name in every expression of a subtree; a list's index (`splits.i - 1`) too."""
    stack = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, Map):
            stack += [entry.value for entry in at]
        elif isinstance(at, Sequence):
            stack += at.items
        elif isinstance(at.value, str):
            yield from _names_in(at)


def _names_in(scalar: Scalar) -> tuple[str, ...]:
    text = str(scalar.value)
    found: tuple[str, ...] = ()
    for part in (text, text.partition(".")[2]):
        try:
            found += names(parse(part))
        except ExpressionError:
            continue
    return found


def check_values(context: Context, nodes: list[GraphNode], outputs: set[str], span: Span | None) -> None:
    """Reports each operation whose value nothing reads."""
    read = outputs.union(*(node.inputs for node in nodes))
    for node in nodes:
        if not read.intersection(node.outputs):
            context.report("E0335", f"nothing reads the value of `{node.local}`", node.origin or span, "unused")
