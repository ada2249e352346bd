"""Values of a spec: expressions evaluated where they are written, each checked for what is wanted of it."""

from collections.abc import Callable
from fractions import Fraction

from archc.compile.lower.faults import blame, misvalued, part_of, show, with_values
from archc.compile.lower.names import ActKind, Named, Names, NoNorm, NormKind, NormModule, identifier
from archc.diagnostics import Note
from archc.language.document.nodes import Map, Node, Scalar
from archc.language.expressions.evaluate import evaluate
from archc.language.expressions.parse import Expr, ExpressionError, parse
from archc.language.expressions.tree import Name, Value, walk
from archc.language.expressions.tree import names as names_in
from archc.suggest import advice

_LARGEST = 10**12
"""Beyond any size, so that no number of a spec grows without end."""
LARGEST_FLOAT = 3.4028234663852886e38
"""What a float32 can hold."""


def parsed(node: Scalar, names: Names) -> Expr:
    """The expression a text is; E0370 if it is none, E0414 if it is too long."""
    text = str(node.value)
    longest = names.context.limits.expression
    if len(text) > longest:
        helped = "give its parts names under `vars`, or raise it with --limit expression=N"
        label = f"the limit is {longest}"
        raise names.context.fail("E0414", f"an expression of {len(text)} characters", node.span, label, help=helped)
    try:
        return parse(text, longest)
    except ExpressionError as error:
        span = part_of(node.span, text, error.start, error.end)
        raise names.context.fail("E0370", error.message, span, help=error.help) from None


def value_of(node: Node, names: Names) -> Named:
    """A scalar's value: a number or truth as it is (decimals exact), a text as an expression."""
    if not isinstance(node, Scalar) or node.value is None:
        what = "nothing" if isinstance(node, Scalar) else "a map or list"
        raise names.context.fail("E0373", f"a number is wanted, not {what}", node.span)
    if isinstance(node.value, float):
        return _exact(Fraction(node.text))
    if not isinstance(node.value, str):
        return node.value
    name = identifier(node)
    if name is not None and name not in ("true", "false"):
        return names.get(name, node.span)
    expr = parsed(node, names)
    tracing = names.context.tracing
    try:
        if tracing is None:
            return evaluate(expr, lambda asked: _plain(asked, names, node, expr))
        return tracing.followed(node.value, lambda: evaluate(expr, lambda asked: _plain(asked, names, node, expr)))
    except ExpressionError as error:
        span = part_of(node.span, str(node.value), error.start, error.end)
        label = names.context.where
        raise names.context.fail("E0372", error.message, span, label, help=error.help, notes=_known(expr, names)) from None


def _plain(name: str, names: Names, node: Scalar, expr: Expr) -> Value:
    span = node.span
    if name not in names.known:  # it may come to a problem: then its own place is what to show
        at = next(part for part in walk(expr) if isinstance(part, Name) and part.name == name)
        span = part_of(span, str(node.value), at.start, at.end)
    value = names.get(name, span)
    if isinstance(value, NormKind | NormModule | NoNorm | ActKind):
        raise ExpressionError(f"`{name}` is a norm or an activation, not a number")
    return value


def _known(expr: Expr, names: Names) -> tuple[Note, ...]:
    """The values the names of an expression have, as a note."""
    known = with_values(names_in(expr), names)
    return (Note(known),) if known else ()


def _exact(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def number(node: Node, names: Names, what: str) -> int | Fraction | float:
    """Any number; E0373 otherwise."""
    value = value_of(node, names)
    if isinstance(value, bool) or not isinstance(value, int | Fraction | float):
        raise misvalued("E0373", f"{what} must be a number, not {_described(value)}", node, names)
    return value


def real(node: Node, names: Names, what: str) -> float:
    """A number that a network computes with; E0309 if a float32 cannot hold it."""
    value = float(number(node, names, f"`{what}`"))
    if abs(value) > LARGEST_FLOAT:
        raise names.context.fail("E0309", f"a {what} of {value:g}: more than a float32 can hold", node.span)
    return value


def _described(value: Named) -> str:
    if isinstance(value, NormKind | NormModule | NoNorm):
        return "a norm"
    return "an activation" if isinstance(value, ActKind) else f"`{value}`" if isinstance(value, str) else show(value)


def whole(node: Node, names: Names, what: str, minimum: int = 1, limit: str = "") -> int:
    """A whole number in a range; E0373 if not whole, E0375 if too small, E0411 if beyond the limit of that name."""
    value = number(node, names, what)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int):
        raise misvalued("E0373", f"{what} must be a whole number, not {show(value)}", node, names)
    if int.__lt__(value, minimum):  # a traced number decides nothing here
        raise misvalued("E0375", f"{what} must be at least {minimum}, not {value}", node, names)
    most: int = getattr(names.context.limits, limit) if limit else _LARGEST
    if int.__gt__(value, most):
        shown = str(value) if value < 10**18 else f"{float(value):.3g}"
        helped = f"raise it with --limit {limit}=N" if limit else ""
        raise misvalued("E0411", f"{what} of {shown} is over the limit of {most}", node, names, helped)
    return value


def truth(node: Node, names: Names, what: str) -> bool:
    """True or false; E0373 otherwise."""
    value = value_of(node, names)
    if not isinstance(value, bool):
        raise misvalued("E0373", f"{what} must be true or false, not {_described(value)}", node, names)
    return value


def word(node: Node, names: Names, what: str, allowed: tuple[str, ...], place: str = "") -> str:
    """One of some words, those of a `place` (`act`); a word that names a parameter is that parameter."""
    name = identifier(node)
    value: object
    if name is not None and name not in allowed and names.has(name, node.span.source):
        value = names.get(name, node.span)
    else:
        value = node.value if isinstance(node, Scalar) else None
    if value not in allowed or not isinstance(value, str):
        helped = advice(str(value), allowed, place)
        label, span = "one of " + ", ".join(allowed), blame(node, names)
        notes = () if span == node.span else (Note("used here", node.span),)
        raise names.context.fail("E0204", f"{what} cannot be `{show(value)}`", span, label, help=helped, notes=notes)
    return value


def argument_of(key: str, node: Node, names: Names) -> tuple[tuple[str, str], ...]:
    """The record that attribute `key` is the scope's argument of the name written there."""
    name = identifier(node)
    return ((key, name),) if name is not None and names.passes(name) else ()


def typed(declared: Map, node: Node, names: Names, what: str) -> Named:
    """A parameter's value, of the declared type."""
    from archc.compile.lower.kinds import act_kind, norm_kind

    of = declared.get("type")
    type_ = of.value if isinstance(of, Scalar) else None
    checks: dict[object, Callable[[], Named]] = {
        "channels": lambda: whole(node, names, what, 1, "channels"),
        "integer": lambda: whole(node, names, what, -_LARGEST),
        "number": lambda: number(node, names, what),
        "boolean": lambda: truth(node, names, what),
        "act": lambda: act_kind(node, names),
        "norm": lambda: norm_kind(node, names),
        "word": lambda: _any_word(declared, node, names, what),
    }
    return checks[type_]()


def _any_word(declared: Map, node: Node, names: Names, what: str) -> str:
    from archc.language.document.nodes import Sequence

    choices = declared.get("one_of")
    if isinstance(choices, Sequence):
        return word(node, names, what, tuple(str(c.value) for c in choices.items if isinstance(c, Scalar)))
    name = identifier(node)
    if name is not None and names.has(name, node.span.source):
        value = names.get(name, node.span)
        if isinstance(value, str):
            return value
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    raise names.context.fail("E0373", f"{what} must be a word", node.span)
