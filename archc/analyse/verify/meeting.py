"""A network and another program meet here: their tensors are paired, and some have no counterpart."""

from collections import Counter
from collections.abc import Iterator

from torch import Tensor

from archc.analyse.verify.entries import Entry
from archc.analyse.verify.program import Program
from archc.analyse.verify.reading import Reading
from archc.ir.graph import Graph
from archc.ir.ops import BlurPool, Norm
from archc.record import Record

STATISTICS = ("running_mean", "running_var")


class Meeting(Record, frozen=False):
    """Both programs with their tensors paired."""

    graph: Graph
    entries: list[Entry]
    """Where our tensors enter."""
    program: Program
    x: Tensor
    """The images that the tensors were paired by."""
    reading: Reading
    """Where the other program's tensors enter."""
    pairs: dict[int, int]
    """The number of their entry by the number of ours."""
    weights: dict[str, Tensor]
    """Our tensors, by canonical key."""
    tolerance: float
    asked: bool
    """Whether somebody chose the tolerance."""
    seed: int

    def own_weights(self) -> dict[str, Tensor]:
        """Return our tensors with copies of the running statistics, so that training may write to them."""
        statistics = {entry.key: self.weights[entry.key].clone() for entry in self.entries if entry.role in STATISTICS}
        return {**self.weights, **statistics}

    def follows(self) -> bool:
        """Return whether the reading's values share memory with the other program's tensors, so that they change with them."""
        own = {tensor.untyped_storage().data_ptr() for tensor in self.program.tensors().values()}
        return all(value.untyped_storage().data_ptr() in own for value in self.reading.values)


def learned(meeting: Meeting) -> list[Entry]:
    """Return their tensors to randomize: the paired ones in our order, and filters and biases that ours lacks, which would not
    show while neutral. The filters of blur pools are constants.
    """
    nodes, entries = meeting.graph.nodes, meeting.entries
    blurred = {theirs for ours, theirs in meeting.pairs.items() if isinstance(nodes[entries[ours].place].op, BlurPool)}
    paired = [meeting.reading.entries[theirs] for theirs in meeting.pairs.values() if theirs not in blurred]
    lacking = set(only_there(meeting)) - {entry.key for entry in paired}
    return paired + [entry for entry in meeting.reading.entries if entry.key in lacking and entry.role in ("filter", "bias")]


def tied(meeting: Meeting) -> list[str]:
    """Return the keys of theirs that are paired more than once.

    Of a file there are none: exporters write equal tensors as one, which says nothing about the function.
    """
    keys = [meeting.reading.entries[theirs].key for theirs in meeting.pairs.values()]
    return [key for key, count in Counter(keys).items() if count > 1 and meeting.program.trains]


def folded(meeting: Meeting) -> Iterator[str]:
    """Yield the tensors of batch norms that a program without training has folded into the filters before them."""
    if meeting.program.trains:
        return
    for number, entry in enumerate(meeting.entries):
        op = meeting.graph.nodes[entry.place].op
        is_batch_norm = isinstance(op, Norm) and op.norm == "batch"
        if is_batch_norm and number not in meeting.pairs and len(entry.before) == 1 and meeting.pairs.keys() >= entry.before:
            yield entry.key


def _constant(meeting: Meeting, key: str) -> bool:
    """Constants derived from the spec need no counterpart."""
    return any(f"{node.name}.filt" == key for node in meeting.graph.nodes if isinstance(node.op, BlurPool))


def only_there(meeting: Meeting) -> Iterator[str]:
    """Yield their keys without a counterpart. In a file, tensors of one element are constants of formulas and do not count."""
    paired = set(meeting.pairs.values())
    for number, (entry, value) in enumerate(zip(meeting.reading.entries, meeting.reading.values, strict=True)):
        if number not in paired and (meeting.program.trains or value.numel() > 1):
            yield entry.key


def only_here(meeting: Meeting) -> list[Entry]:
    """Return our tensors without a counterpart."""
    folded_keys = set(folded(meeting))
    unpaired = [entry for number, entry in enumerate(meeting.entries) if number not in meeting.pairs]
    return [entry for entry in unpaired if entry.key not in folded_keys and not _constant(meeting, entry.key)]
