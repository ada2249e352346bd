"""Each tensor begins as a constant or a distribution, by its step's own words or the network's policy."""

from collections.abc import Sequence
from itertools import product
from math import comb, prod
from typing import Literal, NamedTuple

from archc.backend import BackendError
from archc.ir.graph import InitPolicy, Node


class Beginning(NamedTuple):
    """A constant `value`, a normal distribution with that deviation, or a uniform one within that bound on both sides of 0."""

    kind: Literal["constant", "normal", "uniform"]
    value: float


def beginning(policy: InitPolicy, node: Node, parameter: str) -> Beginning:
    """Return how a tensor begins. `torch` is what torch's layers do: uniform within `1 / sqrt(fan_in)`, the bias as the weight.

    A blur pool's filter is `binomial` instead. Raises BackendError (E0566) where a scheme for matrices is asked for a vector.
    """
    owned = {each.name: each for each in node.op.parameters()}
    init, shape = policy.beginning(node, owned[parameter]), owned[parameter].shape
    match init.kind:
        case "constant":
            return Beginning("constant", init.value)
        case "normal":
            return Beginning("normal", init.value)
        case "torch":
            weight = shape if len(shape) > 1 else owned["weight"].shape
            fan_in, _ = _fans(weight)
            return Beginning("uniform", fan_in**-0.5)
    if len(shape) < 2:
        message = f"`{node.name}.{parameter}` of {prod(shape)} numbers cannot begin as {init.kind}, which is for matrices"
        raise BackendError("E0566", message, "say a number, `torch`, or {kind: normal, std: 0.01}")
    fan_in, fan_out = _fans(shape)
    match init.kind:
        case "kaiming_normal_fan_out":
            return Beginning("normal", (2 / fan_out) ** 0.5)
        case "kaiming_normal_fan_in":
            return Beginning("normal", (2 / fan_in) ** 0.5)
        case "xavier_uniform":
            return Beginning("uniform", (6 / (fan_in + fan_out)) ** 0.5)
        case _:
            raise AssertionError(f"there is no initialisation `{init.kind}`")


def _fans(shape: Sequence[int]) -> tuple[int, int]:
    """Return the inputs of an output and the outputs of an input as torch counts them, which ignores a convolution's groups."""
    window = prod(shape[2:])
    return shape[1] * window, shape[0] * window


def binomial(kernel: int, axes: int) -> list[float]:
    """Return a blur pool's filter of one channel, row by row: Pascal's triangle along each axis, with sum one."""
    row = [comb(kernel - 1, k) / 2 ** (kernel - 1) for k in range(kernel)]
    return [prod(factors) for factors in product(row, repeat=axes)]
