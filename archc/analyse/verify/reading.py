"""A recorded run is read as entries: which of the program's tensors enters where, and with which role."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

from torch import Tensor

from archc.analyse.verify.entries import Entry, Role
from archc.analyse.verify.recorder import Step, Trace, Value

LAYOUT = frozenset("t transpose permute view reshape _unsafe_view expand unsqueeze squeeze clone contiguous _to_copy".split())
"""Operations that only arrange numbers: their result is still the tensor."""

MATRIX_OPS = frozenset("mm addmm bmm baddbmm matmul linear convolution _convolution mkldnn_convolution".split())

BY_POSITION: dict[str, dict[int, Role]] = {
    "native_group_norm": {1: "weight", 2: "bias"},
    "native_layer_norm": {2: "weight", 3: "bias"},
    "mul": {0: "weight", 1: "weight"},
    "div": {1: "weight"},
    "add": {0: "bias", 1: "bias"},
    "sub": {0: "bias", 1: "bias"},
    "maximum": {0: "threshold", 1: "threshold"},
}
BATCH_NORM: dict[int, Role] = {1: "weight", 2: "bias", 3: "running_mean", 4: "running_var"}


class Constant(NamedTuple):
    """A value that depends on the program's own tensors alone."""

    roots: tuple[str, ...]
    """The names of these tensors."""
    plain: bool
    """Whether it is one of them, rearranged."""


class Reading(NamedTuple):
    """A recorded run, read."""

    entries: list[Entry]
    """In order of execution."""
    values: list[Tensor]
    """The numbers of each entry's tensor."""
    depends: dict[int, frozenset[int]]
    """The values that depend on the input, by number, each with the last filters before it."""


def operands(step: Step) -> Iterator[tuple[int, int]]:
    """Yield the position and number of every value that a step reads, in lists too."""

    def numbers(argument: Any) -> Iterator[int]:
        if isinstance(argument, Value):
            yield argument.number
        elif isinstance(argument, tuple):
            for item in argument:
                yield from numbers(item)

    for position, argument in enumerate((*step.arguments, *step.named.values())):
        for number in numbers(argument):
            yield position, number


def read(trace: Trace) -> Reading:
    """Follow the data from the input to all that it reaches."""
    tensors = dict(_root_tensors(trace))
    constants = {number: Constant((name,), plain=True) for number, name in trace.roots.items()}
    reading = Reading([], [], {trace.input: frozenset()})
    for place, step in enumerate(trace.steps):
        read_here = list(operands(step))
        reached = [reading.depends[number] for _, number in read_here if number in reading.depends]
        if not reached:
            constant = _constant(step, [constants[number] for _, number in read_here if number in constants])
            constants.update(dict.fromkeys(step.outputs, constant))
            continue
        before = frozenset().union(*reached)
        constant_operands = [(position, number) for position, number in read_here if number not in reading.depends]
        after = before
        for position, number in sorted(constant_operands, key=lambda operand: _role(step, operand[0]) != "filter"):
            constant = constants.get(number, Constant((), plain=True))
            for key, role, value in _entering(step, position, constant, trace.tensors[number], tensors):
                is_added_last = role == "bias" and step.op in MATRIX_OPS
                reading.entries.append(Entry(key, role, tuple(value.shape), after if is_added_last else before, place))
                reading.values.append(value)
                if role == "filter":
                    after = frozenset([len(reading.entries) - 1])
        reading.depends.update(dict.fromkeys(step.outputs, after))
    return reading


def _root_tensors(trace: Trace) -> Iterator[tuple[str, Tensor]]:
    for number, name in trace.roots.items():
        yield name, trace.tensors[number]


def _constant(step: Step, read_here: Sequence[Constant]) -> Constant:
    roots = tuple(dict.fromkeys(root for constant in read_here for root in constant.roots))
    plain = step.op in LAYOUT and len(read_here) == 1 and read_here[0].plain
    return Constant(roots, plain)


def _role(step: Step, position: int) -> Role:
    if step.op in MATRIX_OPS:
        is_bias = (step.op in ("addmm", "baddbmm") and position == 0) or (
            step.op not in ("mm", "bmm", "addmm", "baddbmm") and position == 2
        )
        return "bias" if is_bias else "filter"
    roles = BATCH_NORM if "batch_norm" in step.op else BY_POSITION.get(step.op, {})
    return roles.get(position, "other")


def _entering(
    step: Step, position: int, constant: Constant, value: Tensor, tensors: dict[str, Tensor]
) -> Iterator[tuple[str, Role, Tensor]]:
    """Yield name, role and numbers of each tensor that enters with one operand, such as a filter and the gain that scales it."""
    role = _role(step, position)
    if role == "filter" and step.op not in ("convolution", "_convolution", "mkldnn_convolution", "linear"):
        value = value[0] if value.ndim == 3 else value
        if position == (1 if step.op in ("mm", "bmm", "matmul") else 2):
            value = value.t()  # the operand on the right is inputs by outputs
    if constant.plain and constant.roots:
        (name,) = constant.roots
        is_expanded = role != "filter" and value.numel() != tensors[name].numel()
        yield name, role, tensors[name] if is_expanded else value
        return
    if role != "filter":
        for name in constant.roots:
            yield name, "other" if len(constant.roots) > 1 else role, tensors[name]
        return
    filter_name = next((name for name in constant.roots if tensors[name].numel() == prod(value.shape)), None)
    for name in sorted(constant.roots, key=lambda root: root != filter_name):
        is_filter = name == filter_name
        yield name, "filter" if is_filter else "gain", tensors[name].reshape(value.shape) if is_filter else tensors[name]
