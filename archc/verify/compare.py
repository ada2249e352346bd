"""A network held against another program: tensors paired, weights shared, outputs compared, the first difference found."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from archc.ir.graph import Graph
from archc.ir.ops import BlurPool, Norm
from archc.verify.cases import Case
from archc.verify.describe import described, step_text, unlike
from archc.verify.entries import Entry, entries_of
from archc.verify.errors import VerifyError
from archc.verify.interpreter import outputs, run_all, undropped
from archc.verify.locate import There, first_difference
from archc.verify.outcome import First, Run, Verdict
from archc.verify.pairing import pair, pair_by_name
from archc.verify.program import Program, first_line, record, run_exactly
from archc.verify.reading import Reading, read
from archc.verify.sharing import shared, stir

STATISTICS = ("running_mean", "running_var")


@dataclass(frozen=True, slots=True)
class Settings:
    """`tolerance`: the largest difference that counts as none, as a part of the largest value; None: what the type explains."""

    tolerance: float | None = None
    seed: int = 0


@dataclass(slots=True)
class Meeting:
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


def against(
    graph: Graph, program: Program, wanted: Sequence[Case], settings: Settings, *, names: Mapping[str, str] | None = None
) -> Verdict:
    """`names` are theirs by ours where they are known; else tensors are paired by the flow of data.

    Raises VerifyError (E0623) where the other program cannot run.
    """
    meeting = meet(undropped(graph), program, wanted, settings, names)
    runs: list[Run] = []
    first: First | None = None
    beyond = ""
    for what, case in _plan(meeting, wanted):
        run = compared(meeting, what, case)
        runs.append(run)
        if not run.equal and first is None and not beyond:
            with suppress(VerifyError):  # it failed in this run, and fails again
                first, beyond = _first(meeting, case, run.tolerance)
    folded = set(_folded(meeting))
    here = [entry.key for number, entry in enumerate(meeting.entries) if number not in meeting.pairs and entry.key not in folded]
    return Verdict(
        name=graph.name,
        against=program.name,
        pairs=tuple(
            (meeting.entries[one].key, meeting.reading.entries[other].key) for one, other in sorted(meeting.pairs.items())
        ),
        folded=tuple(sorted(folded)),
        only_here=tuple(key for key in here if not _constant(meeting, key)),
        only_there=tuple(_only_there(meeting)),
        runs=tuple(runs),
        first=first,
        beyond=beyond,
    )


def meet(
    graph: Graph, program: Program, wanted: Sequence[Case], settings: Settings, names: Mapping[str, str] | None = None
) -> Meeting:
    """Both, paired by a run on the smallest of the inputs, or on the first where the program takes no other."""
    program.train(training=False)
    x = images(min(wanted, key=lambda case: (case.training, math.prod(case.shape[2:]))), settings.seed)
    try:
        reading = read(record(program, x))
    except VerifyError:
        x = images(wanted[0], settings.seed)
        reading = read(record(program, x))
    entries = entries_of(graph)
    pairs = pair(entries, reading.entries) if names is None else pair_by_name(entries, reading.entries, names)
    weights = shared(graph, entries, reading, pairs)
    tolerance = program.rounding if settings.tolerance is None else settings.tolerance
    asked = settings.tolerance is not None
    return Meeting(graph, entries, program, x, reading, pairs, weights, tolerance, asked, settings.seed)


def images(case: Case, seed: int) -> Tensor:
    return torch.randn(case.shape, generator=torch.Generator().manual_seed(seed + 1), dtype=torch.float64)


def _plan(meeting: Meeting, wanted: Sequence[Case]) -> Iterator[tuple[str, Case]]:
    """Each case and what its weights are: once with those of a file, the others with random ones, which are shared in between."""
    if not meeting.program.trains:
        yield "the file's weights", wanted[0]
    learned = [
        meeting.reading.entries[other]
        for one, other in meeting.pairs.items()
        if not isinstance(meeting.graph.nodes[meeting.entries[one].place].op, BlurPool)
    ]
    stir(meeting.program.tensors(), learned, meeting.seed)
    if not meeting.follows():
        meeting.reading = read(record(meeting.program, meeting.x))
    meeting.weights = shared(meeting.graph, meeting.entries, meeting.reading, meeting.pairs)
    for case in wanted:
        yield "random weights", case


def compared(meeting: Meeting, what: str, case: Case) -> Run:
    """Both run once; in training each also updates its statistics, which are then put back."""
    x = images(case, meeting.seed)
    weights = meeting.own_weights()
    with _statistics_kept(meeting):
        meeting.program.train(training=case.training)
        try:
            theirs = run_exactly(meeting.program, x)
        except (Exception, SystemExit) as error:  # noqa: BLE001  it is another's code
            return Run(what, case, 0.0, meeting.tolerance, f"{meeting.program.name} fails: {first_line(error)}")
        with torch.no_grad():
            ours = outputs(meeting.graph, weights, x, training=case.training)
        if [one.shape for one in ours] != [one.shape for one in theirs]:
            shapes = [" and ".join("x".join(map(str, one.shape)) for one in side) for side in (ours, theirs)]
            return Run(what, case, 0.0, meeting.tolerance, f"the output is {shapes[0]} here, {shapes[1]} there")
        found = max(map(relative, ours, theirs), default=0.0)
        if case.training:
            found = max([found, *(away for _, away in _statistics(meeting, weights))])
    tolerance = meeting.tolerance
    if found > tolerance and not meeting.asked:
        tolerance = max(tolerance, 10 * shaken(meeting.graph, meeting.own_weights(), x, weights, ours, training=case.training))
    return Run(what, case, found, tolerance)


def shaken(
    graph: Graph,
    weights: Mapping[str, Tensor],
    x: Tensor,
    after: Mapping[str, Tensor],
    expected: Sequence[Tensor],
    *,
    training: bool,
) -> float:
    """How far rounding alone may take the network: what a change of the image's last bits does to outputs and statistics.

    A hundred layers without shortcuts, trained, make of 1e-16 a millionfold.
    """
    signs = torch.randn(x.shape, generator=torch.Generator().manual_seed(0), dtype=x.dtype).sign()
    with torch.no_grad():
        made = outputs(graph, weights, x * (1 + 4 * torch.finfo(x.dtype).eps * signs), training=training)
    changed = [relative(tensor, weights[key]) for key, tensor in after.items() if training and key.endswith(STATISTICS)]
    return max([*map(relative, expected, made), *changed], default=0.0)


def relative(expected: Tensor, actual: Tensor) -> float:
    """The largest difference as a part of the largest value; infinite where either is not finite."""
    if not bool(torch.isfinite(expected).all() and torch.isfinite(actual).all()):
        return float("inf")
    away, scale = float((expected - actual).abs().max()), float(expected.abs().max())
    return away / scale if scale else away


def _statistics(meeting: Meeting, weights: Mapping[str, Tensor]) -> Iterator[tuple[int, float]]:
    """For each paired running statistic, the number of ours and how far they are apart."""
    tensors = meeting.program.tensors()
    for one, other in sorted(meeting.pairs.items()):
        entry = meeting.entries[one]
        if entry.role in STATISTICS:
            yield one, relative(weights[entry.key], tensors[meeting.reading.entries[other].key].reshape(entry.shape))


class _statistics_kept:  # noqa: N801  reads as what it does: `with _statistics_kept(meeting)`
    """What training changes of the other program is put back."""

    def __init__(self, meeting: Meeting) -> None:
        tensors = meeting.program.tensors()
        keys = [entry.key for entry in meeting.reading.entries if entry.role in STATISTICS]
        self._kept = [(tensors[key], tensors[key].clone()) for key in keys]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        with torch.no_grad():
            for tensor, before in self._kept:
                tensor.copy_(before)


def _first(meeting: Meeting, case: Case, tolerance: float) -> tuple[First | None, str]:
    """By running both once more, every value kept; where nothing of ours differs, what makes the other's output."""
    x = images(case, meeting.seed)
    weights = meeting.own_weights()
    with _statistics_kept(meeting):
        meeting.program.train(training=case.training)
        trace = record(meeting.program, x, keep=True)
        with torch.no_grad():
            values = run_all(meeting.graph, weights, x, training=case.training)
        there = There(trace, read(trace), meeting.pairs)
        found = first_difference(meeting.graph, values, meeting.entries, there, tolerance)
        found = found or _first_statistic(meeting, weights, there, tolerance)
        makers = [step_text(step) for step in trace.steps if not set(trace.outputs).isdisjoint(step.outputs)]
        return found, ", ".join(makers)


def _first_statistic(meeting: Meeting, weights: Mapping[str, Tensor], there: There, tolerance: float) -> First | None:
    for one, away in _statistics(meeting, weights):
        if away > tolerance:
            entry = meeting.entries[one]
            node = meeting.graph.nodes[entry.place]
            step = there.trace.steps[there.reading.entries[meeting.pairs[one]].place]
            return First(node, f"`{entry.role}`", described(node.op), step_text(step), unlike(node.op, step), None, away)
    return None


def _folded(meeting: Meeting) -> Iterator[str]:
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


def _only_there(meeting: Meeting) -> Iterator[str]:
    """In a file numbers of one element are constants of formulas, no tensors of a network."""
    taken = set(meeting.pairs.values())
    for number, (entry, value) in enumerate(zip(meeting.reading.entries, meeting.reading.values, strict=True)):
        if number not in taken and (meeting.program.trains or value.numel() > 1):
            yield entry.key
