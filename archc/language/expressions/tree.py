"""The syntax tree of an expression has offsets into its text, to which its errors point."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, Self, TypeAlias, assert_never

from archc.record import Record

Value: TypeAlias = bool | int | Fraction | float | str
"""The value of an expression. A whole number is always an `int`; a `str` is a word, which can only be compared."""

Operator: TypeAlias = Literal["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">="]
Connective: TypeAlias = Literal["and", "or"]


class ExpressionError(Record, Exception, frozen=False, eq=False):
    """A text is no expression, or an expression has no value. `start` and `end` are offsets in the text, -1 where unknown."""

    message: str
    start: int = -1
    end: int = -1
    help: str = ""

    def __str__(self) -> str:
        return self.message


class _Part(Record):
    """A part of an expression. Offsets in the text are no part of comparisons."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Part) and type(self) is type(other) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash((type(self), *self._content()))

    def at(self, start: int, end: int) -> Self:
        return type(self)(**{**self.__dict__, "start": start, "end": end})

    def _content(self) -> list[object]:
        return [value for name, value in self.__dict__.items() if name not in ("start", "end")]


class Number(_Part):
    """A number as written, exact: 0.1 is 1/10."""

    value: int | Fraction
    start: int = -1
    end: int = -1


class Truth(_Part):
    """`true` or `false`."""

    value: bool
    start: int = -1
    end: int = -1


class Name(_Part):
    """A name, which is looked up where the expression is written."""

    name: str
    start: int = -1
    end: int = -1


class Unary(_Part):
    """`-x` or `not x`."""

    operator: Literal["-", "not"]
    operand: "Expr"
    start: int = -1
    end: int = -1


class Binary(_Part):
    """Arithmetic or a comparison of two operands."""

    operator: Operator
    left: "Expr"
    right: "Expr"
    start: int = -1
    end: int = -1


class Logic(_Part):
    """Two or more truths under one `and` or `or`, evaluated until one decides."""

    connective: Connective
    items: tuple["Expr", ...]
    start: int = -1
    end: int = -1


class Choice(_Part):
    """`then if condition else otherwise`, of which only the chosen branch is evaluated."""

    then: "Expr"
    condition: "Expr"
    otherwise: "Expr"
    start: int = -1
    end: int = -1


class Call(_Part):
    """A function with its arguments in the order of its parameters; None where one is left to its default."""

    function: str
    arguments: tuple["Expr | None", ...]
    start: int = -1
    end: int = -1


Expr: TypeAlias = Number | Truth | Name | Unary | Binary | Logic | Choice | Call


def parts(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside, in the order written."""
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
    """Yield the expression and all inside it, in the order written."""
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(parts(part)))


def names(expr: Expr) -> tuple[str, ...]:
    """Return the names that an expression uses, each once, in order of first use."""
    return tuple(dict.fromkeys(part.name for part in walk(expr) if isinstance(part, Name)))
