"""Two programs are compared on several inputs: the declared size, another batch, and another size where the network takes one."""

from collections.abc import Sequence
from typing import NamedTuple

from archc.analyse.verify.errors import trouble
from archc.ir.graph import Graph
from archc.ir.lengths import Length, at
from archc.ir.sizes import map_lengths, prove_sizes
from archc.ir.types import ShapeError, TensorType

DOUBLINGS = 8
"""How often half the declared size is doubled at most."""


class Case(NamedTuple):
    """One comparison: an evaluation or a training step on an input N×C×H×W."""

    training: bool
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{'trained' if self.training else 'evaluated'} on {'x'.join(map(str, self.shape))}"


def cases(graph: Graph, sizes: Sequence[tuple[int, ...]], fixed: Sequence[int | None], *, trains: bool) -> list[Case]:
    """Choose the cases. `sizes` are those asked for; `fixed` are axes of the other program, None where any will do.

    Raises VerifyError (E0624) where the network or the other program cannot take a size.
    """
    channels, *declared = graph.types[graph.input].shape
    batch, _, *given = fixed or (None,) * (2 + len(declared))
    chosen = list(sizes)
    for size in chosen:
        check_size(graph, size, given)
    if not chosen:
        first = tuple([wanted or length for wanted, length in zip(given, declared, strict=True)])
        check_size(graph, first, [None] * len(given))
        other = None if any(given) else other_size(graph)
        chosen = [first, other or first]
    chosen_cases = [
        Case(training=False, shape=(batch or (1 if place == 0 else 3), channels, *size)) for place, size in enumerate(chosen)
    ]
    if trains:
        chosen_cases.append(Case(training=True, shape=(batch or 3, channels, *chosen[-1])))
    return list(dict.fromkeys(chosen_cases))


def other_size(graph: Graph) -> tuple[int, ...] | None:
    """Choose another size, None where the network takes none.

    It is about half of the declared size, five eighths along the second axis and three quarters along a third, odd where every
    size will do, and doubled until every map is larger than one pixel and unlike the declared one.
    """
    if not graph.any_size:
        return None
    problem = prove_sizes(graph, graph.multiple)
    multiple = graph.multiple if problem is None else problem.multiple
    if multiple is None:
        return None
    declared, lengths = graph.types[graph.input].spatial, map_lengths(graph, multiple)
    for doublings in range(DOUBLINGS):
        size: list[int] = []
        for axis, length in enumerate(declared):
            other = _telling(length, length * (8 + 2 * axis), multiple, lengths[axis], doublings)
            while other in size:
                other += multiple
            size.append(other)
        if fault(graph, tuple(size)) is None:
            return tuple(size)
    return None


def _telling(declared: int, sixteenths: int, multiple: int, lengths: set[Length], doublings: int) -> int:
    """Double the size of one axis, `doublings` times or more, until all lengths exceed 1 and differ from the declared ones."""
    sizes = [-(-((sixteenths << times) // 16 + 1) // multiple) * multiple for times in range(doublings, DOUBLINGS)]
    telling = (size for size in sizes if all(1 < at(length, size) != at(length, declared) for length in lengths))
    return next(telling, sizes[-1])


def fault(graph: Graph, size: tuple[int, ...]) -> str | None:
    """Say why the network cannot take an input of this size; None where it can."""
    if not graph.any_size and size != graph.types[graph.input].spatial:
        return "it works at its declared size only"
    types = {graph.input: TensorType((graph.types[graph.input].channels, *size))}
    for node in graph.nodes:
        try:
            outputs = node.op.infer(*(types[name] for name in node.inputs))
        except ShapeError as error:
            return f"at `{node.name}` {error.message}"
        types.update(zip(node.outputs, outputs, strict=True))
    return None


def check_size(graph: Graph, size: tuple[int, ...], fixed: Sequence[int | None]) -> None:
    label = "x".join(map(str, size))
    problem = fault(graph, size)
    if problem is not None:
        declared = "x".join(map(str, graph.types[graph.input].spatial))
        raise trouble("E0624", f"`{graph.name}` takes no input of {label}: {problem}", f"its declared size is {declared}")
    if any(length not in (None, wanted) for length, wanted in zip(fixed, size, strict=True)):
        raise trouble("E0624", f"the file takes inputs of {'x'.join(map(str, fixed))} only, not {label}", "leave --size out")
