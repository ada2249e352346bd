"""The outcome of a comparison: the pairs of tensors, the difference of each run, and the first node that differs."""

from typing import NamedTuple

from archc.analyse.verify.cases import Case
from archc.ir.graph import Node
from archc.record import Record


class Run(NamedTuple):
    """One run of both programs."""

    label: str
    """Who ran, and with which weights."""
    case: Case
    difference: float
    """The largest difference of outputs (and of running statistics, after training), as a part of the largest value."""
    tolerance: float
    """The largest difference that counts as equal."""
    problem: str = ""
    """Why there is no difference to compare; "" where there is one."""

    @property
    def equal(self) -> bool:
        return not self.problem and self.difference <= self.tolerance


class First(NamedTuple):
    """The first node whose output differs though its inputs agree."""

    node: Node
    quantity: str
    """What differs: the node's output, or one of its tensors."""
    here: str
    """The node's operation, in words."""
    there: str
    """What the other program does in its place."""
    why: str
    """The attributes or shapes that are visibly unlike, "" where none is."""
    absolute: float | None
    """The largest difference."""
    relative: float | None
    """The largest difference as a part of the largest value."""


class Verdict(Record, kw_only=True):
    """The outcome of comparing a network with another program."""

    name: str
    against: str
    """The other program's name."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Our key and theirs of each paired tensor."""
    folded: tuple[str, ...] = ()
    """Our norms' tensors that the other program has folded into a filter, which is no difference."""
    only_here: tuple[str, ...] = ()
    """Our keys without a counterpart."""
    only_there: tuple[str, ...] = ()
    """Their keys without a counterpart."""
    tied: tuple[str, ...] = ()
    """Their keys that stand for several of ours."""
    runs: tuple[Run, ...] = ()
    first: First | None = None
    """The first difference, None where there is none or it could not be located."""
    beyond: str = ""
    """The steps that make the other program's output where every value of ours is among its values."""
    uncompared: tuple[str, ...] = ()
    """What the verdict says nothing about."""

    @property
    def equal(self) -> bool:
        unpaired = self.only_here or self.only_there or self.tied
        return not unpaired and all(run.equal for run in self.runs)
