"""A network is compared with another program: tensors are paired, weights shared, outputs compared, a difference located."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

import torch
from torch import Tensor

from archc.analyse.diff.words import shown
from archc.analyse.verify.cases import Case
from archc.analyse.verify.describe import described, step_text, unlike
from archc.analyse.verify.entries import Entry, entries_of
from archc.analyse.verify.errors import VerifyError, trouble
from archc.analyse.verify.interpreter import outputs, run_all, undropped
from archc.analyse.verify.locate import There, first_difference
from archc.analyse.verify.meeting import STATISTICS, Meeting, folded, learned, only_here, only_there, tied
from archc.analyse.verify.outcome import First, Run, Verdict
from archc.analyse.verify.pairing import pair, pair_by_name
from archc.analyse.verify.program import Program, first_line, record, run_exactly
from archc.analyse.verify.reading import Reading, read
from archc.analyse.verify.sharing import shared, stir
from archc.ir.graph import Graph
from archc.ir.norms import DROPS
from archc.ir.ops import Dropout
from archc.record import Record


class Settings(Record):
    """How a network is compared."""

    tolerance: float | None = None
    """The largest difference that counts as equal, as a part of the largest value; None: what the numbers' type explains."""
    seed: int = 0


def against(
    graph: Graph, program: Program, cases: Sequence[Case], settings: Settings, *, names: Mapping[str, str] | None = None
) -> Verdict:
    """Compare a network with another program. `names` maps our keys to theirs; without it, the flow of data pairs the tensors.

    Raises VerifyError (E0623) where the other program cannot run.
    """
    meeting = meet(undropped(graph), program, cases, settings, names)
    runs: list[Run] = []
    first: First | None = None
    beyond = ""
    for label, case in _plan(meeting, cases):
        run = compared(meeting, label, case)
        runs.append(run)
        if not run.equal and first is None and not beyond:
            with suppress(VerifyError):  # it failed in this run, and fails again
                first, beyond = _first(meeting, case, run.tolerance)
    alone = only_here(meeting)
    if alone and all(run.equal for run in runs):
        first = _lacking(meeting, alone[0])
    return Verdict(
        name=graph.name,
        against=program.name,
        pairs=tuple(
            (meeting.entries[ours].key, meeting.reading.entries[theirs].key) for ours, theirs in sorted(meeting.pairs.items())
        ),
        folded=tuple(sorted(folded(meeting))),
        only_here=tuple(entry.key for entry in alone),
        only_there=tuple(only_there(meeting)),
        tied=tuple(tied(meeting)),
        runs=tuple(runs),
        first=first,
        beyond=beyond,
        uncompared=uncompared(graph, program),
    )


def meet(
    graph: Graph, program: Program, cases: Sequence[Case], settings: Settings, names: Mapping[str, str] | None = None
) -> Meeting:
    """Pair both programs by a run on the smallest of the inputs, or on the first where the program takes no other."""
    program.train(training=False)
    x = images(min(cases, key=lambda case: (case.training, math.prod(case.shape[2:]))), settings.seed)
    try:
        reading = _followed(program, x)
    except VerifyError:
        x = images(cases[0], settings.seed)
        reading = _followed(program, x)
    entries = entries_of(graph)
    pairs = pair(entries, reading.entries) if names is None else pair_by_name(entries, reading.entries, names)
    weights = shared(graph, entries, reading, pairs)
    tolerance = program.rounding if settings.tolerance is None else settings.tolerance
    asked = settings.tolerance is not None
    return Meeting(graph, entries, program, x, reading, pairs, weights, tolerance, asked, settings.seed)


def _followed(program: Program, x: Tensor) -> Reading:
    """Record a run and read it. Raises VerifyError (E0623) where the program cannot run, or leaves torch on the way."""
    trace = record(program, x)
    reading = read(trace)
    if reading.depends.keys().isdisjoint(trace.outputs):
        message = f"`{program.name}` cannot be followed: no operation of torch leads from its input to its output"
        raise trouble("E0623", message, "what is computed by numpy, or by a library of its own, has to be torch's")
    return reading


def images(case: Case, seed: int) -> Tensor:
    return torch.randn(case.shape, generator=torch.Generator().manual_seed(seed + 1), dtype=torch.float64)


def _plan(meeting: Meeting, cases: Sequence[Case]) -> Iterator[tuple[str, Case]]:
    """Yield each case with the label of its weights: once those of a file, then random ones, which are shared in between."""
    if not meeting.program.trains:
        yield "the file's weights", cases[0]
    stirred: bool | None = None
    for case in cases:
        if case.training is not stirred:
            stirred = case.training
            _stir(meeting, far=not case.training)
        yield "random weights", case


def _stir(meeting: Meeting, *, far: bool) -> None:
    stir(meeting.program.tensors(), learned(meeting), meeting.seed, far=far)
    if not meeting.follows():
        meeting.reading = read(record(meeting.program, meeting.x))
    meeting.weights = shared(meeting.graph, meeting.entries, meeting.reading, meeting.pairs)


def compared(meeting: Meeting, label: str, case: Case) -> Run:
    """Run both programs once. In training each also updates its statistics, which are put back afterwards."""
    x = images(case, meeting.seed)
    weights = meeting.own_weights()
    with _statistics_kept(meeting):
        meeting.program.train(training=case.training)
        try:
            theirs = run_exactly(meeting.program, x)
        except (Exception, SystemExit) as error:  # noqa: BLE001  it is another's code
            return Run(label, case, 0.0, meeting.tolerance, f"{meeting.program.name} fails: {first_line(error)}")
        with torch.no_grad():
            ours = outputs(meeting.graph, weights, x, training=case.training)
        if [output.shape for output in ours] != [output.shape for output in theirs]:
            shapes = [" and ".join("x".join(map(str, output.shape)) for output in side) for side in (ours, theirs)]
            return Run(label, case, 0.0, meeting.tolerance, f"the output is {shapes[0]} here, {shapes[1]} there")
        difference = max(map(relative, ours, theirs), default=0.0)
        if case.training:
            difference = max([difference, *(statistic for _, statistic in _statistics(meeting, weights))])
    tolerance = meeting.tolerance
    if difference > tolerance and not meeting.asked:
        tolerance = max(tolerance, 10 * shaken(meeting.graph, meeting.own_weights(), x, weights, ours, training=case.training))
    return Run(label, case, difference, tolerance)


def shaken(
    graph: Graph,
    weights: Mapping[str, Tensor],
    x: Tensor,
    updated: Mapping[str, Tensor],
    expected: Sequence[Tensor],
    *,
    training: bool,
) -> float:
    """Measure how far rounding alone may take the network: change the image's last bits, compare outputs and statistics.

    A hundred layers without shortcuts, in training, magnify 1e-16 a million times.
    """
    signs = torch.randn(x.shape, generator=torch.Generator().manual_seed(0), dtype=x.dtype).sign()
    with torch.no_grad():
        moved = outputs(graph, weights, x * (1 + 4 * torch.finfo(x.dtype).eps * signs), training=training)
    changed = [relative(tensor, weights[key]) for key, tensor in updated.items() if training and key.endswith(STATISTICS)]
    return max([*map(relative, expected, moved), *changed], default=0.0)


def relative(expected: Tensor, actual: Tensor) -> float:
    """The largest difference as a part of the largest value; infinite where either is not finite."""
    if not bool(torch.isfinite(expected).all() and torch.isfinite(actual).all()):
        return float("inf")
    largest, scale = float((expected - actual).abs().max()), float(expected.abs().max())
    return largest / scale if scale else largest


def _statistics(meeting: Meeting, weights: Mapping[str, Tensor]) -> Iterator[tuple[int, float]]:
    """Yield for each paired running statistic our entry's number and the difference."""
    tensors = meeting.program.tensors()
    for ours, theirs in sorted(meeting.pairs.items()):
        entry = meeting.entries[ours]
        if entry.role in STATISTICS:
            yield ours, relative(weights[entry.key], tensors[meeting.reading.entries[theirs].key].reshape(entry.shape))


class _statistics_kept:  # noqa: N801  reads as what it does: `with _statistics_kept(meeting)`
    """A context in which training may change the other program's statistics: they are put back at the end."""

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
    """Locate the first difference by running both again with every value kept, and name what makes the other's output."""
    x = images(case, meeting.seed)
    weights = meeting.own_weights()
    with _statistics_kept(meeting):
        meeting.program.train(training=case.training)
        trace = record(meeting.program, x, keep=True)
        with torch.no_grad():
            values = run_all(meeting.graph, weights, x, training=case.training)
        there = There(trace, read(trace), meeting.pairs)
        first = first_difference(meeting.graph, values, meeting.entries, there, tolerance)
        first = first or _first_statistic(meeting, weights, there, tolerance)
        makers = [step_text(step) for step in trace.steps if not set(trace.outputs).isdisjoint(step.outputs)]
        return first, ", ".join(makers)


def _first_statistic(meeting: Meeting, weights: Mapping[str, Tensor], there: There, tolerance: float) -> First | None:
    for number, difference in _statistics(meeting, weights):
        if difference > tolerance:
            entry = meeting.entries[number]
            node = meeting.graph.nodes[entry.place]
            step = there.trace.steps[there.reading.entries[meeting.pairs[number]].place]
            return First(node, f"`{entry.role}`", described(node.op), step_text(step), unlike(node.op, step), None, difference)
    return None


def _lacking(meeting: Meeting, entry: Entry) -> First:
    """Report one of our tensors without a counterpart where all runs were equal, as they are while it is neutral."""
    node = meeting.graph.nodes[entry.place]
    return First(node, f"`{entry.role}`", described(node.op), "nothing that it pairs with", "", None, None)


def uncompared(graph: Graph, program: Program) -> tuple[str, ...]:
    """Say what a comparison leaves out: gradients, other types, and what training drops, which neither program does meanwhile."""
    if not program.trains:
        return ("training", "half precision")
    dropped_here = [(DROPS[op.what] + (f" ({op.law})" if op.what == "block" else ""), op.rate) for op in _drops(graph)]
    dropped = [*_counted(dropped_here, "here"), *_counted(program.dropped, "there")]
    return ("gradients", "half precision", *([f"what training drops ({', '.join(dropped)})"] if dropped else []))


def _drops(graph: Graph) -> Iterator[Dropout]:
    return (node.op for node in graph.nodes if isinstance(node.op, Dropout) and node.op.rate > 0)


def _counted(drops: Iterable[tuple[str, float]], where: str) -> list[str]:
    """Count the drops by name and rate: `7 × drop path of 0.0286 to 0.2, 1 × dropout of 0.3 here`."""
    rates: dict[str, list[float]] = {}
    for name, rate in drops:
        rates.setdefault(name, []).append(rate)
    texts = [f"{len(values)} × {name} of {_span(min(values), max(values))}" for name, values in rates.items()]
    return [f"{', '.join(texts)} {where}"] if texts else []


def _span(least: float, greatest: float) -> str:
    low, high = (shown(float(f"{rate:.3g}")) for rate in (least, greatest))
    return low if low == high else f"{low} to {high}"
