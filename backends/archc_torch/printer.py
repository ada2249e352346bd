"""Source text broken into lines of at most 88 columns, as ruff format would."""

from typing import TypeAlias

from archc.record import Record, replace
from archc.traced import Traced

WIDTH = 88


class Bracket(Record):
    """A call, a literal or a comprehension: the text up to its opening bracket, its items, and the closing bracket.

    `spread`: once broken, every item has a line of its own. `comma` is false in a comprehension.
    """

    head: str
    items: tuple["Doc", ...]
    tail: str = ")"
    spread: bool = False
    comma: bool = True


class Operators(Record):
    """Operands with one operator between them; broken before each operator, in parentheses of its own in a statement."""

    operands: tuple["Doc", ...]
    operator: str


Doc: TypeAlias = str | Bracket | Operators


def call(function: str, *arguments: Doc) -> Bracket:
    """`function(arguments)`."""
    return Bracket(function + "(", arguments)


def prefixed(prefix: str, doc: Doc) -> Doc:
    """Text glued before: `name=`, `*`."""
    return replace(doc, head=prefix + doc.head) if isinstance(doc, Bracket) else prefix + flat(doc)


def flat(doc: Doc) -> str:
    """On one line."""
    if isinstance(doc, str):
        return doc
    if isinstance(doc, Operators):
        return f" {doc.operator} ".join(map(flat, doc.operands))
    return doc.head + (", " if doc.comma else " ").join(map(flat, doc.items)) + doc.tail


def lines(doc: Doc, indent: int, prefix: str = "", suffix: str = "") -> list[str]:
    """The statement `prefix doc suffix`; broken at the outermost bracket first."""
    pad = " " * indent
    whole = prefix + flat(doc) + suffix
    if isinstance(doc, str) or indent + len(whole) <= WIDTH:
        return [pad + whole]
    if isinstance(doc, Operators):
        return _operators(doc, indent, prefix, suffix)
    body = ", ".join(map(flat, doc.items))
    if doc.comma and not doc.spread and len(doc.items) > 1 and indent + 4 + len(body) <= WIDTH:
        return [pad + prefix + doc.head, f"{pad}    {body}", pad + doc.tail + suffix]
    between = "," if doc.comma and (len(doc.items) > 1 or doc.spread) else ""
    found = [pad + prefix + doc.head]
    for item in doc.items:
        found += lines(item, indent + 4, "", between)
    return [*found, pad + doc.tail + suffix]


def _operators(doc: Operators, indent: int, prefix: str, suffix: str) -> list[str]:
    pad = " " * indent
    inner = indent + 4 if prefix else indent
    found: list[str] = []
    for place, operand in enumerate(doc.operands):
        last = place == len(doc.operands) - 1
        found += lines(operand, inner, f"{doc.operator} " if place else "", "" if prefix or not last else suffix)
    return [f"{pad}{prefix}(", *found, f"{pad}){suffix}"] if prefix else found


def signature(name: str, parameters: list[str], result: str, indent: int) -> list[str]:
    """`def name(parameters) -> result:`."""
    return lines(Bracket(f"def {name}(", tuple(parameters)), indent, "", f" -> {result}:")


def choice(target: str, then: str, condition: str, other: str, indent: int) -> list[str]:
    """`target = then if condition else other`."""
    pad = " " * indent
    text = f"{pad}{target} = {then} if {condition} else {other}"
    if len(text) <= WIDTH:
        return [text]
    inner = f"{pad}    {then} if {condition} else {other}"
    if len(inner) <= WIDTH:
        return [f"{pad}{target} = (", inner, f"{pad})"]
    return [f"{pad}{target} = (", f"{pad}    {then}", f"{pad}    if {condition}", f"{pad}    else {other}", f"{pad})"]


def number(value: float) -> str:
    """A Python literal: `1e-5`, `64`, `0.1`; of a traced number its formula."""
    if isinstance(value, Traced):
        return value.text
    if isinstance(value, bool | int):
        return repr(value)
    text = repr(float(value))  # a Fraction too
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text
