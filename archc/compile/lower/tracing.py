"""One lowering with traced numbers: which arguments are left open, and what made that impossible."""

from collections.abc import Callable

from archc.language.expressions.tree import Value
from archc.record import Record, field
from archc.traced import Trace, Traced, argument


class Tracing(Record, frozen=False, eq=False):
    """`free` are `num_classes` and `in_channels`, or one of them; `decided` is what depends on them and can be no formula."""

    free: frozenset[str]
    trace: Trace = field(factory=Trace)
    decided: list[str] = field(factory=list)

    def open(self, name: str, value: int) -> int:
        """The value of a factory's argument, traced if that is left open."""
        return argument(self.trace, name, value) if name in self.free else value

    def followed(self, text: str, evaluate: Callable[[], Value]) -> Value:
        """The value of an expression: a comparison in it decides by what it compares, and a fraction has no formula."""
        before = self.trace.comparisons + self.trace.losses
        value = evaluate()
        if self.trace.comparisons + self.trace.losses > before:
            self.decided.append(f"`{text}`")
        return value

    def deciding(self, first: int, second: int, what: str) -> Callable[[], bool]:
        """That two numbers of channels are unlike, which decides `what` when somebody asks, unless they always are."""
        apart = first - second

        def decide() -> bool:
            if isinstance(apart, Traced) and not apart.is_never_zero:
                self.decided.append(what)
            return True

        return decide


def settled(value: int, tracing: Tracing | None, what: str) -> int:
    """A number that no formula can stand for, as it decides how many steps there are or how large a map is."""
    if tracing is not None and isinstance(value, Traced):
        tracing.decided.append(what)
        return int.__add__(value, 0)
    return value
