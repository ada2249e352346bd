"""The operations of ONNX that networks of this family are written with, each run in torch as the standard defines it."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from archc.analyse.verify import onnx_arrange as arrange
from archc.analyse.verify.onnx_arrange import Call, Rule
from archc.analyse.verify.onnx_windows import average_pool, convolution, max_pool, transposed_convolution


def _each(function: Callable[[Tensor], Tensor]) -> Rule:
    return lambda _, x: (function(x),)


def _folded(function: Callable[[Tensor, Tensor], Tensor]) -> Rule:
    def rule(_: Call, first: Tensor, *others: Tensor) -> Sequence[Tensor]:
        for other in others:
            first = function(first, other)
        return (first,)

    return rule


def _reduced(function: Callable[[Tensor, list[int], bool], Tensor]) -> Rule:
    def rule(call: Call, x: Tensor, axes: Tensor | None = None) -> Sequence[Tensor]:
        over = arrange.axes_of(call, axes)
        if not over and call.get("noop_with_empty_axes", 0):
            return (x,)
        return (function(x, over or list(range(x.ndim)), bool(call.get("keepdims", 1))),)

    return rule


def _constant(call: Call) -> Sequence[Tensor]:
    (value,) = call.attributes.values()
    if isinstance(value, Tensor):
        return (value,)
    kind = torch.float64 if next(iter(call.attributes)).startswith("value_float") else torch.int64
    return (torch.tensor(value, dtype=kind),)


def _cast(call: Call, x: Tensor, *_: Tensor) -> Sequence[Tensor]:
    """Cast to another type; every float is a double here."""
    kinds = {6: torch.int32, 7: torch.int64, 9: torch.bool}
    return (x.to(kinds.get(call.get("to", 1), torch.float64)),)


def _gemm(call: Call, a: Tensor, b: Tensor, c: Tensor | None = None) -> Sequence[Tensor]:
    a = a.t() if call.get("transA", 0) else a
    b = b.t() if call.get("transB", 0) else b
    alpha, beta = call.get("alpha", 1.0), call.get("beta", 1.0)
    if c is not None and alpha == beta == 1.0:
        return (torch.addmm(c, a, b),)
    product = alpha * (a @ b)
    return (product if c is None else product + beta * c,)


def _batch_norm(call: Call, x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> Sequence[Tensor]:
    return (functional.batch_norm(x, mean, variance, scale, bias, eps=call.get("epsilon", 1e-5)),)


def _layer_norm(call: Call, x: Tensor, scale: Tensor, bias: Tensor | None = None) -> Sequence[Tensor]:
    axis = call.get("axis", -1) % x.ndim
    return (functional.layer_norm(x, x.shape[axis:], scale.reshape(x.shape[axis:]), bias, call.get("epsilon", 1e-5)),)


def _group_norm(call: Call, x: Tensor, scale: Tensor, bias: Tensor) -> Sequence[Tensor]:
    """Normalize groups of channels; before opset 21 scale and bias are a number for each group."""
    groups = call.get("num_groups")
    if scale.numel() != x.shape[1]:
        scale, bias = (vector.repeat_interleave(x.shape[1] // groups) for vector in (scale, bias))
    return (functional.group_norm(x, groups, scale, bias, call.get("epsilon", 1e-5)),)


def _instance_norm(call: Call, x: Tensor, scale: Tensor, bias: Tensor) -> Sequence[Tensor]:
    return (functional.instance_norm(x, weight=scale, bias=bias, eps=call.get("epsilon", 1e-5)),)


def _softmax(call: Call, x: Tensor) -> Sequence[Tensor]:
    """Take the softmax over one axis; before opset 13 over all axes from one on."""
    if call.opset >= 13:
        return (x.softmax(call.get("axis", -1)),)
    axis = call.get("axis", 1) % x.ndim
    return (x.flatten(axis).softmax(-1).reshape(x.shape),)


def _clip(call: Call, x: Tensor, low: Tensor | None = None, high: Tensor | None = None) -> Sequence[Tensor]:
    least = call.get("min") if low is None else low.item()
    most = call.get("max") if high is None else high.item()
    return (x.clamp(least, most),)


def _divide(a: Tensor, b: Tensor) -> Tensor:
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode="trunc")


def _hard_sigmoid(call: Call, x: Tensor) -> Sequence[Tensor]:
    return ((call.get("alpha", 0.2) * x + call.get("beta", 0.5)).clamp(0, 1),)


def _selu(call: Call, x: Tensor) -> Tensor:
    alpha, gamma = call.get("alpha", 1.6732632423543772), call.get("gamma", 1.0507009873554805)
    scaled: Tensor = gamma * torch.where(x > 0, x, alpha * torch.expm1(x))
    return scaled


OPERATIONS: dict[str, Rule] = {
    "Abs": _each(torch.abs),
    "Add": _folded(torch.add),
    "And": _folded(torch.logical_and),
    "AveragePool": lambda call, x: (average_pool(call.attributes, x),),
    "BatchNormalization": _batch_norm,
    "Cast": _cast,
    "CastLike": lambda _, x, like: (x.to(like.dtype),),
    "Ceil": _each(torch.ceil),
    "Clip": _clip,
    "Concat": lambda call, *xs: (torch.cat(xs, call.get("axis")),),
    "Constant": _constant,
    "ConstantOfShape": arrange.filled,
    "Conv": lambda call, x, weight, bias=None: (convolution(call.attributes, x, weight, bias),),
    "ConvTranspose": lambda call, x, weight, bias=None: (transposed_convolution(call.attributes, x, weight, bias),),
    "DepthToSpace": arrange.depth_to_space,
    "Div": _folded(_divide),
    "Dropout": lambda _, x, *__: (x,),
    "Elu": lambda call, x: (functional.elu(x, call.get("alpha", 1.0)),),
    "Equal": _folded(torch.eq),
    "Erf": _each(torch.erf),
    "Exp": _each(torch.exp),
    "Expand": arrange.expand,
    "Flatten": arrange.flatten,
    "Floor": _each(torch.floor),
    "Gather": arrange.gather,
    "Gelu": lambda call, x: (functional.gelu(x, approximate=call.get("approximate", "none")),),
    "Gemm": _gemm,
    "GlobalAveragePool": lambda _, x: (x.mean(tuple(range(2, x.ndim)), keepdim=True),),
    "GlobalMaxPool": lambda _, x: (x.amax(tuple(range(2, x.ndim)), keepdim=True),),
    "Greater": _folded(torch.gt),
    "GroupNormalization": _group_norm,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _each(functional.hardswish),
    "Identity": lambda _, x: (x,),
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm,
    "LeakyRelu": lambda call, x: (functional.leaky_relu(x, call.get("alpha", 0.01)),),
    "Less": _folded(torch.lt),
    "Log": _each(torch.log),
    "MatMul": _folded(torch.matmul),
    "Max": _folded(torch.maximum),
    "MaxPool": lambda call, x: (max_pool(call.attributes, x),),
    "Min": _folded(torch.minimum),
    "Mish": _each(functional.mish),
    "Mul": _folded(torch.mul),
    "Neg": _each(torch.neg),
    "Not": _each(torch.logical_not),
    "PRelu": lambda _, x, slope: (torch.where(x >= 0, x, slope * x),),
    "Pad": arrange.pad,
    "Pow": _folded(torch.pow),
    "Range": arrange.counted,
    "Reciprocal": _each(torch.reciprocal),
    "ReduceL2": _reduced(lambda x, axes, keep: (x * x).sum(axes, keepdim=keep).sqrt()),
    "ReduceMax": _reduced(lambda x, axes, keep: x.amax(axes, keepdim=keep)),
    "ReduceMean": _reduced(lambda x, axes, keep: x.mean(axes, keepdim=keep)),
    "ReduceProd": _reduced(lambda x, axes, keep: x.prod() if len(axes) == x.ndim and not keep else x.prod(axes[0], keepdim=keep)),
    "ReduceSum": _reduced(lambda x, axes, keep: x.sum(axes, keepdim=keep)),
    "ReduceSumSquare": _reduced(lambda x, axes, keep: (x * x).sum(axes, keepdim=keep)),
    "Relu": _each(torch.relu),
    "Reshape": arrange.reshape,
    "Selu": lambda call, x: (_selu(call, x),),
    "Shape": arrange.shape_of,
    "Sigmoid": _each(torch.sigmoid),
    "Slice": arrange.sliced,
    "Softmax": _softmax,
    "Softplus": _each(functional.softplus),
    "Softsign": _each(functional.softsign),
    "SpaceToDepth": arrange.space_to_depth,
    "Split": arrange.split,
    "Sqrt": _each(torch.sqrt),
    "Squeeze": arrange.squeeze,
    "Sub": _folded(torch.sub),
    "Sum": _folded(torch.add),
    "Tanh": _each(torch.tanh),
    "Tile": lambda _, x, times: (x.repeat(arrange.numbers(times)),),
    "Transpose": lambda call, x: (x.permute(call.get("perm", list(range(x.ndim))[::-1])),),
    "Unsqueeze": arrange.unsqueeze,
    "Where": lambda _, condition, a, b: (torch.where(condition, a, b),),
}
"""Rules by name, for every opset: where an attribute became an operand, either is read."""
