"""A value that does not do, told where its user gave it, with what it is computed from."""

from collections.abc import Iterable
from fractions import Fraction

from archc.compile.lower.context import Failed
from archc.compile.lower.names import Names, identifier
from archc.diagnostics import Note, Span
from archc.language.document.nodes import Node, Scalar
from archc.language.expressions.parse import ExpressionError, parse
from archc.language.expressions.tree import names as names_in


def misvalued(code: str, message: str, node: Node, names: Names, help: str = "") -> Failed:
    """A value that does not do: told where the user gave it, with what it is computed from."""
    context = names.context
    span = blame(node, names)
    known = with_values(_used(node), names)
    if span == node.span:
        return context.fail(code, message, span, ", ".join(filter(None, (known, context.where))), help=help)
    note = Note(f"used here, {known}" if known else "used here", node.span)
    return context.fail(code, message, span, context.where, help=help, notes=(note,))


def blame(node: Node, names: Names) -> Span:
    """Where a value was written: a name is followed to what it stands for, an expression of a definition to what a user gave."""
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop(0)
        if not names.context.is_definition(at.span.source) and not (at is node and identifier(at)):
            return at.span
        for name in _used(at):
            further = names.node(name)
            if further is not None and name not in seen:
                seen.add(name)
                waiting.append(further)
    return node.span


def _used(node: Node) -> tuple[str, ...]:
    """The names in an expression; none where it is no expression."""
    text = node.value if isinstance(node, Scalar) else None
    try:
        return names_in(parse(text)) if isinstance(text, str) else ()
    except ExpressionError:
        return ()


def with_values(used: Iterable[str], names: Names) -> str:
    """`with mid = 128, groups = 48`, as far as they have values; "" for none."""
    values = ((name, names.value(name)) for name in used)
    known = [f"{name} = {show(value)}" for name, value in values if isinstance(value, bool | int | Fraction | float | str)]
    return "with " + ", ".join(known) if known else ""


def show(value: object) -> str:
    """A value as a message prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return f"{float(value):.6g}" if value.denominator != 1 else str(value.numerator)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def part_of(span: Span, text: str, start: int, end: int) -> Span:
    """The place of an offset range of a scalar's text, where the text stands in the source as it is."""
    width = span.end_column - span.column
    if start < 0 or span.line != span.end_line or width not in (len(text), len(text) + 2):
        return span
    first = span.column + start + (1 if width == len(text) + 2 else 0)
    return Span(span.source, span.line, first, span.line, first + max(1, end - start))
