"""Expressions are evaluated exactly, lazily, and with strict types: a truth is never a number."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, assert_never

from archc.language.expressions.functions import Numeric, call, show
from archc.language.expressions.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    ExpressionError,
    Logic,
    Name,
    Number,
    Truth,
    Unary,
    Value,
)

__all__ = ["Value", "evaluate", "show"]

_LARGEST = 10**40
# Long products of decimals stay exact, but numbers may not grow without bound through a chain of names.
_FINEST = 10**300


def evaluate(expr: Expr, lookup: Callable[[str], Value]) -> Value:
    """Return the value of `expr`. Raises ExpressionError with offsets.

    `lookup` returns a name's value. A KeyError from it means an unknown name; an ExpressionError without offsets gets the name's.
    """
    match expr:
        case Number() | Truth():
            return expr.value
        case Name():
            return _looked_up(expr, lookup)
        case Binary():
            return _binary(expr, lookup)
        case Unary(operator="-"):
            return _bounded(-_numeric("-", expr.operand, evaluate(expr.operand, lookup)), expr)
        case Unary():
            return not _truth("not", expr.operand, lookup)
        case Logic():
            deciding = expr.connective == "or"
            return any(_truth(expr.connective, item, lookup) is deciding for item in expr.items) is deciding
        case Choice():
            return evaluate(expr.then if _truth("if", expr.condition, lookup) else expr.otherwise, lookup)
        case Call():
            return _call(expr, lookup)
        case _:
            assert_never(expr)


def _looked_up(expr: Name, lookup: Callable[[str], Value]) -> Value:
    try:
        value = lookup(expr.name)
    except KeyError:
        raise ExpressionError(f"unknown name `{expr.name}`", expr.start, expr.end) from None
    except ExpressionError as error:
        if error.start >= 0:
            raise
        raise ExpressionError(error.message, expr.start, expr.end, error.help) from None
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _binary(expr: Binary, lookup: Callable[[str], Value]) -> Value:
    """Evaluate the left operands in a loop, so that a long sum needs no deep stack."""
    spine = [expr]
    while isinstance(spine[-1].left, Binary):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, lookup)
    for step in reversed(spine):
        value = _operated(step, value, evaluate(step.right, lookup))
    return value


def _operated(expr: Binary, left: Value, right: Value) -> Value:
    operator = expr.operator
    match operator:
        case "==" | "!=":
            if _sort(left) != _sort(right):
                message = f"`{operator}` compares {_described(left)} with {_described(right)}"
                raise ExpressionError(message, expr.start, expr.end)
            return (left == right) is (operator == "==")
        case "<" | "<=" | ">" | ">=":
            return _ordered(operator, _numeric(operator, expr.left, left), _numeric(operator, expr.right, right))
        case "+" | "-" | "*" | "/" | "//" | "%":
            a, b = _numeric(operator, expr.left, left), _numeric(operator, expr.right, right)
            if operator in ("/", "//", "%") and b == 0:
                raise ExpressionError("division by zero", expr.right.start, expr.right.end)
            return _bounded(_computed(operator, a, b), expr)
        case _:
            assert_never(operator)


def _ordered(operator: Literal["<", "<=", ">", ">="], a: Numeric, b: Numeric) -> bool:
    match operator:
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b
        case _:
            assert_never(operator)


def _computed(operator: Literal["+", "-", "*", "/", "//", "%"], a: Numeric, b: Numeric) -> Numeric:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return Fraction(a) / b if isinstance(a, int) and not isinstance(b, float) else a / b
        case "//":
            whole = a // b
            return whole if isinstance(whole, int) or math.isinf(whole) else math.floor(whole)
        case "%":
            return a % b
        case _:
            assert_never(operator)


def _call(expr: Call, lookup: Callable[[str], Value]) -> Value:
    arguments = [
        None if argument is None else _numeric(expr.function, argument, evaluate(argument, lookup)) for argument in expr.arguments
    ]
    try:
        return _bounded(call(expr.function, arguments), expr)
    except ExpressionError as error:
        if error.start >= 0:
            raise
        raise ExpressionError(error.message, expr.start, expr.end) from None


def _bounded(value: Numeric, expr: Expr) -> Numeric:
    """Return the value, as an int where it is whole. Raises ExpressionError where it is out of range."""
    if not -_LARGEST <= value <= _LARGEST:
        raise ExpressionError("the result is over 10**40", expr.start, expr.end)
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return value.numerator
        if value.denominator > _FINEST:
            raise ExpressionError("the result has a denominator over 10**300", expr.start, expr.end)
    return value


def _truth(operator: str, expr: Expr, lookup: Callable[[str], Value]) -> bool:
    value = evaluate(expr, lookup)
    if not isinstance(value, bool):
        raise ExpressionError(f"`{operator}` needs true or false, not {_described(value)}", expr.start, expr.end)
    return value


def _numeric(operator: str, expr: Expr, value: Value) -> Numeric:
    if isinstance(value, bool | str):
        raise ExpressionError(f"`{operator}` needs numbers, not {_described(value)}", expr.start, expr.end)
    return value


def _sort(value: Value) -> str:
    return "truth" if isinstance(value, bool) else "word" if isinstance(value, str) else "number"


def _described(value: Value) -> str:
    match value:
        case bool():
            return show(value)
        case str():
            return f"the word {show(value)}"
        case _:
            return f"the number {show(value)}"
