"""A network takes memory for parameters, activations, what training keeps, and the state of an optimizer."""

from typing import Literal, TypeAlias, assert_never, get_args

from archc.cost.batched import Batched
from archc.cost.saved import Saved, saved
from archc.cost.schedule import Peak, peak
from archc.cost.storage import storage_of
from archc.ir.graph import Graph
from archc.record import Record

Dtype: TypeAlias = Literal["float64", "float32", "bfloat16", "float16", "float8", "int8"]
DTYPES: tuple[Dtype, ...] = get_args(Dtype)
BYTES: dict[Dtype, int] = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2, "float8": 1, "int8": 1}
"""The bytes of one element."""

Optimizer: TypeAlias = Literal["sgd", "sgd-momentum", "adam"]
OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
STEP_BYTES = 4
"""Torch's Adam keeps the number of its steps for each tensor, in so many bytes."""


class Memory(Record):
    """The memory in bytes of a network whose values are all of one dtype; gradients take as many as the parameters."""

    dtype: Dtype
    parameters: int
    """Of learned values."""
    buffers: int
    """Of values that are kept and not learned."""
    activations: Batched
    """Of every value of a forward pass, as if none were freed."""
    peak: Batched
    """The most that lives at once in inference, in the best order of execution that was found (`archc.cost.schedule`)."""
    stated: Batched
    """The most that lives at once in inference, in the graph's own order of execution."""
    exact: bool
    """Whether no order of execution needs less than `peak`."""
    node: str
    """The node that runs at the peak."""
    saved: Batched
    """What training keeps for the backward pass."""
    optimizers: dict[Optimizer, int]
    """What each optimizer keeps besides the parameters."""


def memory(graph: Graph, dtype: Dtype = "float32") -> Memory:
    """Return the memory of the whole network."""
    width = BYTES[dtype]
    learned = kept = tensors = 0
    for node in graph.nodes:
        for parameter in node.op.parameters():
            if parameter.trainable:
                learned, tensors = learned + parameter.size, tensors + 1
            else:
                kept += parameter.size
    most: Peak = peak(graph)
    held: Saved = saved(graph)
    storage = storage_of(graph)
    return Memory(
        dtype,
        learned * width,
        kept * width,
        Batched(0, sum(storage.elements.values()) * width),
        Batched(0, most.elements * width),
        Batched(0, most.stated * width),
        most.exact,
        most.node,
        held.bytes(width),
        {name: optimizer_bytes(name, learned, tensors, width) for name in OPTIMIZERS},
    )


def optimizer_bytes(optimizer: Optimizer, learned: int, tensors: int, width: int = 4) -> int:
    """Return the bytes of the state that an optimizer keeps for `learned` elements in `tensors` tensors."""
    match optimizer:
        case "sgd":
            return 0
        case "sgd-momentum":
            return learned * width
        case "adam":
            return 2 * learned * width + STEP_BYTES * tensors
        case _:
            assert_never(optimizer)
