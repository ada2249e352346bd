"""How each tensor begins, as a constant or a distribution: the network's policy, and what a step says of its own."""

from collections.abc import Sequence
from math import comb, prod
from typing import Literal, NamedTuple, assert_never

from archc.backend import BackendError
from archc.ir import ops
from archc.ir.graph import Init, InitPolicy, Node


class Beginning(NamedTuple):
    """All one `value`, or normal with that deviation, or uniform within that bound on both sides of 0."""

    kind: Literal["constant", "normal", "uniform"]
    value: float


def beginning(policy: InitPolicy, node: Node, parameter: str) -> Beginning:
    """Of one tensor. `torch` is what torch's layers do: uniform within `1 / sqrt(fan_in)`, the bias as the weight.

    A blur pool's filter is no distribution: `binomial`. Raises BackendError (E0566) where a scheme needs a matrix and has none.
    """
    init = dict(node.init).get(parameter) or _default(policy, node, parameter)
    shapes = {owned.name: owned.shape for owned in node.op.parameters()}
    shape = shapes[parameter]
    match init.kind:
        case "constant":
            return Beginning("constant", init.value)
        case "normal":
            return Beginning("normal", init.value)
        case "torch":
            weight = shape if len(shape) > 1 else shapes["weight"]
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


def _default(policy: InitPolicy, node: Node, parameter: str) -> Init:
    """What holds where the step says nothing; the bias of a layer that begins otherwise than torch's is zero."""
    match op := node.op:
        case ops.Conv() | ops.Linear():
            chosen = policy.conv if isinstance(op, ops.Conv) else policy.linear
            if parameter == "gain":
                return Init("constant", 1.0)
            return chosen if parameter == "weight" or chosen.kind == "torch" else Init("constant", 0.0)
        case ops.ChannelConv():
            return Init("torch")
        case ops.Norm():
            return Init("constant", float(parameter in ("weight", "running_var", "v")))
        case ops.Scale():
            return Init("constant", op.value)
        case ops.Position():
            return Init("normal", op.channels**-0.5)
        case (
            ops.BlurPool() | ops.Act() | ops.Softmax() | ops.Affine() | ops.Dropout() | ops.MaxPool() | ops.AvgPool()
            | ops.GlobalPool() | ops.AdaptiveAvgPool()
            | ops.AdaptiveMaxPool() | ops.Sum() | ops.Mean() | ops.Max() | ops.Pad() | ops.Subsample() | ops.SpaceToDepth()
            | ops.PixelShuffle() | ops.Identity()
            | ops.Add() | ops.Mul() | ops.Div() | ops.Mix() | ops.Concat() | ops.Split() | ops.PadChannels()
            | ops.Shuffle() | ops.Flatten() | ops.Tokens()
            | ops.Attention() | ops.Take()
        ):  # fmt: skip
            raise AssertionError(f"`{node.name}` has no tensor that begins anyhow")
        case _:
            assert_never(op)


def _fans(shape: Sequence[int]) -> tuple[int, int]:
    """Inputs of an output and outputs of an input, as torch counts them: the groups of a convolution are not seen."""
    window = prod(shape[2:])
    return shape[1] * window, shape[0] * window


def binomial(kernel: int) -> list[float]:
    """A blur pool's filter of one channel, row by row: row `kernel - 1` of Pascal's triangle both ways, of sum one."""
    row = [comb(kernel - 1, k) / 2 ** (kernel - 1) for k in range(kernel)]
    return [a * b for a in row for b in row]
