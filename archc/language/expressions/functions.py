"""Expressions may call these functions. Results are exact but for sqrt and log2."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from archc.language.expressions.tree import ExpressionError
from archc.record import Record
from archc.traced import Traced, called

Numeric: TypeAlias = int | Fraction | float


class Function(Record):
    """A function with the names of its parameters, the number that is required, and whether more arguments may follow."""

    call: Callable[..., Numeric]
    parameters: tuple[str, ...]
    required: int
    more: bool = False

    @property
    def arity(self) -> str:
        """Say how many arguments it takes."""
        if self.more:
            return f"{self.required} arguments or more"
        if self.required == len(self.parameters):
            return f"{self.required} argument" + "s" * (self.required != 1)
        return f"{self.required} to {len(self.parameters)} arguments"


def sqrt(value: Numeric) -> Numeric:
    """Return the square root, exact where it is rational."""
    if value < 0:
        raise ExpressionError(f"`sqrt` of a negative number, {show(value)}")
    if not isinstance(value, float):
        exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if exact * exact == value:
            return exact
    return math.sqrt(value)


def log2(value: Numeric) -> Numeric:
    """Return the logarithm to base 2, exact for powers of two."""
    if value <= 0:
        raise ExpressionError(f"`log2` of {show(value)}, which is not above zero")
    if not isinstance(value, float):
        above, below = value.numerator, value.denominator
        if above & (above - 1) == 0 and below & (below - 1) == 0:
            return above.bit_length() - below.bit_length()
    return math.log2(value)


def make_divisible(v: Numeric, divisor: Numeric, minimum: Numeric | None = None, keep: Numeric = Fraction(9, 10)) -> Numeric:
    """Return the nearest multiple of `divisor`, half up, not below `minimum`, or the next if that is below `keep · v`.

    This is MobileNet's rule.
    """
    if isinstance(v, Traced) and keep == Fraction(9, 10):
        arguments = (v, divisor) if minimum is None else (v, divisor, minimum)
        multiple: Numeric = called(make_divisible, *arguments)
        return multiple
    if divisor <= 0:
        raise ExpressionError(f"`make_divisible` by {show(divisor)}, which is not above zero")
    half = divisor / 2 if isinstance(divisor, float) else Fraction(divisor) / 2
    nearest = max(divisor if minimum is None else minimum, math.floor(v + half) // divisor * divisor)
    return nearest + divisor if nearest < keep * v else nearest


def smallest(*values: Numeric) -> Numeric:
    result: Numeric = called(min, *values)
    return result


def largest(*values: Numeric) -> Numeric:
    result: Numeric = called(max, *values)
    return result


def magnitude(value: Numeric) -> Numeric:
    return -value if value < 0 else value


FUNCTIONS: dict[str, Function] = {
    "min": Function(smallest, (), 2, more=True),
    "max": Function(largest, (), 2, more=True),
    "abs": Function(magnitude, ("x",), 1),
    "floor": Function(math.floor, ("x",), 1),
    "ceil": Function(math.ceil, ("x",), 1),
    "round": Function(round, ("x",), 1),
    "sqrt": Function(sqrt, ("x",), 1),
    "log2": Function(log2, ("x",), 1),
    "make_divisible": Function(make_divisible, ("v", "divisor", "minimum", "keep"), 2),
}


def call(name: str, arguments: Sequence[Numeric | None]) -> Numeric:
    """Call a function; None stands for an argument left to its default. Raises ExpressionError without offsets."""
    function = FUNCTIONS[name]
    if function.more:
        return function.call(*arguments)
    named = {key: value for key, value in zip(function.parameters, arguments, strict=False) if value is not None}
    return function.call(**named) if len(named) > 1 else function.call(*named.values())


def show(value: object) -> str:
    """Write a value as messages do: 1/3, 0.25, true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        near = float(value)
        return repr(near) if Fraction(repr(near)) == value else str(value)
    return f"`{value}`" if isinstance(value, str) else str(value)
