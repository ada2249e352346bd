"""Whole numbers that know how they come from the arguments of a network's factory, `num_classes` and `in_channels`.

A network lowered with such numbers, in place of its classes and its input channels, says at each attribute what it would be for
other values. Two of them are equal only if they are for all values, and a plain number equals none of them: shapes that fit are
thus proven to fit.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

Terms: TypeAlias = dict[tuple[str, ...], int]
"""A sum of products of names and calls, each with its factor; the constant term is the one of no names."""

_BEYOND = 10**12
"""A bound that no argument reaches, so that comparing with it decides nothing."""


class Trace:
    """How often traced numbers were compared with others, and how often one became a number that knows no formula."""

    def __init__(self) -> None:
        self.comparisons = 0
        self.losses = 0


class Traced(int):
    """A number and its formula."""

    trace: Trace
    terms: Terms

    @property
    def text(self) -> str:
        """As Python source: `2 * num_classes + 1`."""
        ordered = sorted(self.terms.items(), key=lambda item: (item[1] < 0, not item[0], item[0]))
        written = ""
        for names, factor in ordered:
            parts = [str(abs(factor))] if abs(factor) != 1 or not names else []
            parts += [f"({name})" if " // " in name and len(parts) + len(names) > 1 else name for name in names]
            product = " * ".join(parts)
            sign = "-" if factor < 0 else "+"
            written = f"{written} {sign} {product}" if written else product if factor > 0 else f"-{product}"
        return written

    @property
    def is_atom(self) -> bool:
        """Whether it needs no parentheses in a product."""
        return " " not in self.text.partition("(")[0]

    @property
    def is_never_zero(self) -> bool:
        """Whether all its terms have one sign, as the arguments are at least 1."""
        return len({factor > 0 for factor in self.terms.values()}) == 1 and " // " not in self.text

    def in_terms_of(self, other: "Traced") -> str | None:
        """`2 * {} + 1` where that is the number for another one in the braces; None where it is no such sum."""
        names = next(names for names in other.terms if names)
        factor, rest = divmod(self.terms.get(names, 0), other.terms[names])
        added = self - other * factor
        if factor == 0 or rest or isinstance(added, Traced):
            return None
        product = "{}" if factor == 1 else f"{factor} * {{}}"
        return f"{product} {'-' if added < 0 else '+'} {abs(added)}" if added else product

    def depends_on(self, name: str) -> bool:
        return any(name in part for names in self.terms for part in names)

    def _lost(self) -> int:
        self.trace.losses += 1
        return _plain(self)

    def _compared(self, other: object) -> None:
        if not isinstance(other, int) or abs(_plain(other)) < _BEYOND:
            self.trace.comparisons += 1

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Traced) and self.terms == other.terms:
            return True
        self._compared(other)
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return int.__hash__(self)

    def __lt__(self, other: Any) -> bool:
        self._compared(other)
        return int.__lt__(self, other)

    def __le__(self, other: Any) -> bool:
        self._compared(other)
        return int.__le__(self, other)

    def __gt__(self, other: Any) -> bool:
        self._compared(other)
        return int.__gt__(self, other)

    def __ge__(self, other: Any) -> bool:
        self._compared(other)
        return int.__ge__(self, other)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, int):
            return self._lost() + other
        found = dict(self.terms)
        for names, factor in _terms(other).items():
            found[names] = found.get(names, 0) + factor
        return _traced(self.trace, int.__add__(self, other), found)

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self * -1

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, int):
            return self._lost() * other
        found: Terms = {}
        for names, factor in self.terms.items():
            for others, times in _terms(other).items():
                both = tuple(sorted(names + others))
                found[both] = found.get(both, 0) + factor * times
        return _traced(self.trace, int.__mul__(self, other), found)

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        if not isinstance(other, int) or isinstance(other, Traced):
            return self._lost() // other
        result = int.__floordiv__(self, other)
        if all(factor % other == 0 for factor in self.terms.values()):
            return _traced(self.trace, result, {names: factor // other for names, factor in self.terms.items()})
        inner = self.text if self.is_atom else f"({self.text})"
        return _traced(self.trace, result, {(f"{inner} // {other}",): 1})

    def __mod__(self, other: Any) -> Any:
        self._compared(other)
        return int.__mod__(self, other)

    def __rmod__(self, other: Any) -> Any:
        self._compared(other)
        return other % _plain(self)

    def __rfloordiv__(self, other: Any) -> Any:
        return other // self._lost()

    def __truediv__(self, other: Any) -> Any:
        return self._lost() / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self._lost()

    def __abs__(self) -> int:
        return abs(self._lost())

    def __float__(self) -> float:
        return float(self._lost())

    def __round__(self, digits: Any = None) -> int:
        return self._lost()

    __floor__ = __ceil__ = __trunc__ = _lost

    @property
    def numerator(self) -> int:
        """What fractions read, whose value knows no formula."""
        return self._lost()


def _terms(value: int) -> Terms:
    return value.terms if isinstance(value, Traced) else {(): value}


def _traced(trace: Trace, value: int, terms: Terms) -> Any:
    """A plain number where nothing varies."""
    kept = {names: factor for names, factor in terms.items() if factor}
    if not any(kept):
        return value
    found = Traced(value)
    found.trace, found.terms = trace, kept
    return found


def argument(trace: Trace, name: str, value: int) -> Traced:
    """The value of one of the factory's arguments."""
    found: Traced = _traced(trace, value, {(name,): 1})
    return found


def called(function: Callable[..., Any], *given: Any) -> Any:
    """The value of a function that Python has too, or that emitted files bring along."""
    traced = next((each for each in given if isinstance(each, Traced)), None)
    if traced is None:
        return function(*given)
    result = function(*(_plain(each) if isinstance(each, Traced) else each for each in given))
    if not all(isinstance(each, int) for each in given):
        traced.trace.losses += 1
        return result
    texts = [each.text if isinstance(each, Traced) else str(each) for each in given]
    return _traced(traced.trace, result, {(f"{function.__name__}({', '.join(texts)})",): 1})


def _plain(value: int) -> int:
    return int.__add__(value, 0)
