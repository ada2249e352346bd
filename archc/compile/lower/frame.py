"""The steps of one scope while they run: their names, their values so far, and what the block passes to them."""

from typing import TypeAlias

from archc.compile.lower.builder import Fragment, Ref
from archc.compile.lower.context import Context
from archc.compile.lower.kinds import Defaults
from archc.compile.lower.names import Names
from archc.ir.graph import Role
from archc.record import Record, field

Result: TypeAlias = "Ref | list[Ref]"
Given: TypeAlias = dict[str, tuple[int, str | None]]
"""What a step receives from its block: an attribute's value, and which of the block's arguments it is."""

POISON = Ref("", None)
"""The value of a step with a reported problem: what reads it is not checked."""


class Frame(Record, frozen=False, eq=False):
    """A scope being expanded.

    `given` holds what a step at `stride_at` receives; `dilation` is the block's, for kernels above 1; `zero_norm` names the norm
    whose scale begins at zero; `outer` is the scope a loop's turn stands in.
    """

    context: Context
    names: Names
    defaults: Defaults
    part: Fragment
    scope: str
    values: dict[str, Result]
    role: Role = "main"
    outer: "Frame | None" = None
    given: dict[str, Given] = field(factory=dict)
    dilation: tuple[int, str | None] = (1, None)
    zero_norm: str | None = None

    def path(self, name: str) -> str:
        """The name as a path from where the fragment will stand."""
        return f"{self.scope}.{name}" if self.scope else name

    def given_to(self, unit: str) -> Given:
        """Stride and dilation for a step: a kernel above 1 takes the block's dilation, the step at `stride_at` its stride."""
        if self.dilation[0] == 1 and not self.given:
            return {}
        return {"dilation": self.dilation, **self.given.get(unit, {})}
