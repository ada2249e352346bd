"""A network and another program with their tensors paired, and which tensors have no counterpart."""

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
    """Both programs with their tensors paired; `weights` are ours, by canonical key. `asked`: somebody chose the tolerance."""

    graph: Graph
    entries: list[Entry]
    program: Program
    x: Tensor
    reading: Reading
    pairs: dict[int, int]
    weights: dict[str, Tensor]
    tolerance: float
    asked: bool
    seed: int

    def own_weights(self) -> dict[str, Tensor]:
        """Ours, with running statistics to write to."""
        kept = {entry.key: self.weights[entry.key].clone() for entry in self.entries if entry.role in STATISTICS}
        return {**self.weights, **kept}

    def follows(self) -> bool:
        """Whether what was read of the other program's tensors is those tensors, so that it changes with them."""
        own = {tensor.untyped_storage().data_ptr() for tensor in self.program.tensors().values()}
        return all(value.untyped_storage().data_ptr() in own for value in self.reading.values)


def learned(meeting: Meeting) -> list[Entry]:
    """Theirs but for the filters of blur pools: the paired in our order, and what ours lacks, which would not show at rest."""
    blurred = {
        other for one, other in meeting.pairs.items() if isinstance(meeting.graph.nodes[meeting.entries[one].place].op, BlurPool)
    }
    paired = [meeting.reading.entries[other] for other in meeting.pairs.values() if other not in blurred]
    lacking = set(only_there(meeting)) - {entry.key for entry in paired}
    return paired + [entry for entry in meeting.reading.entries if entry.key in lacking and entry.role in ("filter", "bias")]


def tied(meeting: Meeting) -> list[str]:
    """Theirs that are paired more than once. Exporters write equal tensors as one, which says nothing of the function."""
    keys = [meeting.reading.entries[other].key for other in meeting.pairs.values()]
    return [key for key, count in Counter(keys).items() if count > 1 and meeting.program.trains]


def folded(meeting: Meeting) -> Iterator[str]:
    """Tensors of batch norms that a program without training has folded into the filters before them, and their biases."""
    if meeting.program.trains:
        return
    for number, entry in enumerate(meeting.entries):
        op = meeting.graph.nodes[entry.place].op
        batch = isinstance(op, Norm) and op.norm == "batch"
        if batch and number not in meeting.pairs and len(entry.before) == 1 and meeting.pairs.keys() >= entry.before:
            yield entry.key


def _constant(meeting: Meeting, key: str) -> bool:
    """What follows from the spec has no counterpart to have."""
    return any(f"{node.name}.filt" == key for node in meeting.graph.nodes if isinstance(node.op, BlurPool))


def only_there(meeting: Meeting) -> Iterator[str]:
    """In a file numbers of one element are constants of formulas, no tensors of a network."""
    taken = set(meeting.pairs.values())
    for number, (entry, value) in enumerate(zip(meeting.reading.entries, meeting.reading.values, strict=True)):
        if number not in taken and (meeting.program.trains or value.numel() > 1):
            yield entry.key


def only_here(meeting: Meeting) -> list[Entry]:
    """Ours that theirs has nowhere."""
    gone = set(folded(meeting))
    left = [entry for number, entry in enumerate(meeting.entries) if number not in meeting.pairs]
    return [entry for entry in left if entry.key not in gone and not _constant(meeting, entry.key)]
