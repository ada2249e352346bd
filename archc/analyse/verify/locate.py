"""The first difference is located here: the first node whose output the other program does not have, though it has the inputs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from archc.analyse.verify.describe import described, like, step_text, unlike
from archc.analyse.verify.entries import Entry
from archc.analyse.verify.outcome import First
from archc.analyse.verify.reading import Reading, operands
from archc.analyse.verify.recorder import Step, Trace
from archc.ir.graph import Graph, Node


class There(NamedTuple):
    """The other program's recorded run, with every value as it was made."""

    trace: Trace
    reading: Reading
    pairs: Mapping[int, int]


class Values:
    """The values of a run that depend on its input, looked up by their numbers."""

    def __init__(self, trace: Trace, reading: Reading, tolerance: float) -> None:
        self._tensors = trace.tensors
        self._tolerance = tolerance
        self._by_count: dict[int, list[int]] = {}
        for number in reading.depends:
            self._by_count.setdefault(trace.tensors[number].numel(), []).append(number)

    def alike(self, value: Tensor) -> list[int]:
        """Return the values, by number, that equal this one in any arrangement of axes."""
        return [number for number in self._by_count.get(value.numel(), ()) if self._same(value, self._tensors[number])]

    def _same(self, value: Tensor, other: Tensor) -> bool:
        if not other.is_floating_point():
            return False
        scale = float(value.abs().max()) if value.numel() else 0.0
        lengths = [[length for length in tensor.shape if length != 1] for tensor in (value, other)]
        if lengths[0] == lengths[1]:
            return bool((value.reshape(-1) - other.reshape(-1)).abs().max() <= self._tolerance * scale)
        bound = self._tolerance * scale * max(value.numel(), 1)
        return all(abs(float(f(value)) - float(f(other))) <= bound for f in (torch.sum, torch.max, torch.min, _squares))


def _squares(tensor: Tensor) -> Tensor:
    return (tensor * tensor).sum()


def first_difference(
    graph: Graph, values: Mapping[str, Tensor], entries: Sequence[Entry], there: There, tolerance: float
) -> First | None:
    """Return the first difference.

    There is none where the other program has every node's output: then it does more than ours, or returns another value.
    """
    known = Values(there.trace, there.reading, tolerance)
    alike = {name: known.alike(value) for name, value in values.items()}
    node = _leading(graph, alike)
    if node is None:
        return None
    read = [number for name in node.inputs for number in alike[name]]
    step = _counterpart(graph, node, entries, there, read)
    if step is None:
        return First(node, "output", described(node.op), _goes_to(there, read), "", None, None)
    why = unlike(node.op, step)
    if not any(number in read for _, number in operands(step)):
        why = why or _reads(there, step)
    theirs = there.trace.tensors[step.outputs[0]]
    ours = values[node.outputs[0]]
    if theirs.shape != ours.shape and theirs.numel() != ours.numel():
        shapes = f"{_shape(ours)} here, {_shape(theirs)} there"
        return First(node, "output", described(node.op), step_text(step), f"{why}; {shapes}" if why else shapes, None, None)
    absolute = float((ours.reshape(-1) - theirs.reshape(-1)).abs().max())
    return First(
        node, "output", described(node.op), step_text(step), why, absolute, absolute / max(float(ours.abs().max()), 1e-300)
    )


def _leading(graph: Graph, alike: Mapping[str, list[int]]) -> Node | None:
    """Return the first node from which only values that the other program lacks lead to an output."""
    leading = {name for name in graph.outputs if not alike[name]}
    first = None
    for node in reversed(graph.nodes):
        if leading.intersection(node.outputs):
            leading.update(name for name in node.inputs if not alike[name])
            first = node
    return first


def _counterpart(graph: Graph, node: Node, entries: Sequence[Entry], there: There, read: Sequence[int]) -> Step | None:
    """Return the step at which a tensor paired with one of the node's enters, else one of its kind that reads the same values."""
    own = [number for number, entry in enumerate(entries) if graph.nodes[entry.place] is node]
    for number in own:
        if number in there.pairs:
            return there.trace.steps[there.reading.entries[there.pairs[number]].place]
    readers = list(_readers(there.trace, read))
    return next((step for step in readers if like(node.op, step)), None)


def _readers(trace: Trace, numbers: Iterable[int]) -> Iterable[Step]:
    """Return the steps that read any of these values, other than to view it in another arrangement."""
    numbers_read = set(numbers)
    return (step for step in trace.steps if any(number in numbers_read for _, number in operands(step)) and step.op != "written")


def _reads(there: There, step: Step) -> str:
    makers = {number: maker for maker in there.trace.steps for number in maker.outputs}
    before = [makers[number] for _, number in operands(step) if number in there.reading.depends and number in makers]
    return f"there it reads what {' and '.join(map(step_text, before))} makes" if before else ""


def _goes_to(there: There, read: Sequence[int]) -> str:
    steps = list(dict.fromkeys(map(step_text, _readers(there.trace, read))))
    return f"nothing alike; the input goes to {', '.join(steps)}" if steps else "nothing alike"


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape))
