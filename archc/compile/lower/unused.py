"""Reports of what a definition declares or a network says, and nothing uses."""

import re
from collections.abc import Iterable, Iterator

from archc.compile.lower.builder import Fragment
from archc.compile.lower.context import Context
from archc.ir.graph import Scope
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.language.expressions.parse import ExpressionError, names, parse
from archc.language.library import Document

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TYPE_CHECKING = False
if TYPE_CHECKING:
    from archc.compile.lower.settings import Settings


def check_parameters(context: Context, document: Document) -> None:
    """Reports each parameter that no step and no other parameter of the definition names."""
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
        current = stack.pop()
        if isinstance(current, Map):
            stack += [entry.value for entry in current]
        elif isinstance(current, Sequence):
            stack += current.items
        elif isinstance(current.value, str):
            yield from _names_in(current)


def _names_in(scalar: Scalar) -> tuple[str, ...]:
    text = str(scalar.value)
    words: tuple[str, ...] = ()
    for part in (text, text.partition(".")[2]):
        try:
            words += names(parse(part))
        except ExpressionError:
            words += tuple(_WORD.findall(part))  # a faulty expression is reported elsewhere
    return words


def check_definitions(context: Context) -> None:
    """Each definition of the network, at its first use."""
    first = {document.path: (name, document) for name, document in reversed(context.used)}
    for name, document in first.values():
        with context.inside(name.span, f"{document.kind} `{document.name}`"):
            check_parameters(context, document)


def check_values(context: Context, part: Fragment, outputs: set[str]) -> None:
    """Reports each operation whose value nothing reads; one in a module at the line that uses the module."""
    read = outputs.union(*(node.inputs for node in part.nodes))
    for node in part.nodes:
        if not read.intersection(node.outputs):
            user = _user(context, part, node.scope)
            with context.inside(user.origin if user else None, f"module `{user.template}`" if user else ""):
                context.report("E0335", f"nothing reads the value of `{node.local}`", node.origin, "unused")


def _user(context: Context, part: Fragment, path: str) -> Scope | None:
    """The innermost of a node's modules that no definition uses."""
    around = [scope for scope in part.scopes if scope.kind == "module" and f"{path}.".startswith(f"{scope.path}.")]
    written = [scope for scope in around if scope.origin and not context.is_definition(scope.origin.source)]
    return written[-1] if written else None


def check_given(context: Context, settings: "Iterable[Settings]") -> None:
    """Reports each value a network gives to a parameter of its blocks, where no block asks for it."""
    for block in settings:
        for entry in block.parameters:
            if id(entry.value) not in context.asked:
                message = f"nothing uses `{entry.key}`"
                label = f"no block `{block.kind.name}` asks for it"
                helped = "something else says what it would: remove one of the two"
                context.report("E0336", message, entry.span, label, help=helped)
