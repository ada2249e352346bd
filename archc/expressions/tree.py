"""The syntax tree of an expression, with offsets into its text, and the error that points there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

Value: TypeAlias = bool | int | Fraction | float | str
"""What an expression comes to. A whole number is always an `int`; a `str` is a word, which can only be compared."""

Operator: TypeAlias = Literal["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">="]
Connective: TypeAlias = Literal["and", "or"]


@dataclass(eq=False)
class ExpressionError(Exception):
    """A text that is no expression, or one that has no value. `start` and `end` are offsets in the text, -1 where unknown."""

    message: str
    start: int = -1
    end: int = -1
    help: str = ""

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, exact: 0.1 is 1/10."""

    value: int | Fraction
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name, looked up where the expression is written."""

    name: str
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: Literal["-", "not"]
    operand: "Expr"
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic or a comparison of two operands."""

    operator: Operator
    left: "Expr"
    right: "Expr"
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """Two or more truths under one `and` or `or`; those that do not matter are not evaluated."""

    connective: Connective
    items: tuple["Expr", ...]
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """`then if condition else otherwise`; only the branch taken is evaluated."""

    then: "Expr"
    condition: "Expr"
    otherwise: "Expr"
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments in the order of its parameters; None where one is left to its default."""

    function: str
    arguments: tuple["Expr | None", ...]
    start: int = field(default=-1, compare=False)
    end: int = field(default=-1, compare=False)


Expr: TypeAlias = Number | Truth | Name | Unary | Binary | Logic | Choice | Call


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside, in the order written."""
    match expr:
        case Number() | Truth() | Name():
            return ()
        case Unary():
            return (expr.operand,)
        case Binary():
            return (expr.left, expr.right)
        case Logic():
            return expr.items
        case Choice():
            return (expr.then, expr.condition, expr.otherwise)
        case Call():
            return tuple(sorted((item for item in expr.arguments if item is not None), key=lambda item: item.start))
        case _:
            assert_never(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all inside it, in the order written."""
    waiting = [expr]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(parts(found)))


def names(expr: Expr) -> tuple[str, ...]:
    """The names it uses, each once, in order of first use."""
    return tuple(dict.fromkeys(found.name for found in walk(expr) if isinstance(found, Name)))
