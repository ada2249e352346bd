"""What a comparison found: how the tensors pair, how far each run is from ours, and the first node that differs."""

from typing import NamedTuple

from archc.analyse.verify.cases import Case
from archc.ir.graph import Node
from archc.record import Record


class Run(NamedTuple):
    """One comparison. `difference`: the largest of outputs (and of running statistics, after training), as a part of the largest
    value; `problem` says it where there is no number, "" where there is. `what` is who ran and with which weights.
    """

    what: str
    case: Case
    difference: float
    tolerance: float
    problem: str = ""

    @property
    def equal(self) -> bool:
        return not self.problem and self.difference <= self.tolerance


class First(NamedTuple):
    """The first node whose output differs though its inputs agree. `there` names what the other program does in its place,
    `why` what is visibly unlike, `difference` by how much: the largest in absolute terms, and relative to the largest value.
    """

    node: Node
    what: str
    here: str
    there: str
    why: str
    absolute: float | None
    relative: float | None


class Verdict(Record, kw_only=True):
    """`pairs` are keys of ours and theirs; `folded` are ours that theirs has folded into a filter, no difference.

    `tied`: keys of theirs that stand for several of ours. `beyond`: what makes the other's output where every value of ours is
    among its values. `uncompared`: what the verdict says nothing of.
    """

    name: str
    against: str
    pairs: tuple[tuple[str, str], ...] = ()
    folded: tuple[str, ...] = ()
    only_here: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    first: First | None = None
    beyond: str = ""
    uncompared: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        apart = self.only_here or self.only_there or self.tied
        return not apart and all(run.equal for run in self.runs)
