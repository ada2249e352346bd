"""The interpreter's operations against the modules of torch and timm that they stand for."""

import pytest
import rounding
import timm
import torch
import torch.nn.functional as F
from golden_weights import binomial_filter, fill
from graph_builder import Builder
from rounding import SINGLE, UNIT, of_terms
from timm.layers import (
    AttentionPool2d,
    BlurPool2d,
    DropBlock2d,
    DropPath,
    EcaModule,
    EvoNorm2dS0,
    FilterResponseNormTlu2d,
    LayerNorm2d,
    ScaledStdConv2d,
    StdConv2d,
)
from timm.layers import (
    SpaceToDepth as TimmSpaceToDepth,
)
from timm.layers.split_attn import RadixSoftmax
from torch import Tensor, nn
from torchvision.ops import FrozenBatchNorm2d

from archc.analyse.verify.interpreter import apply, run
from archc.ir import ops
from archc.ir.norms import ACTIVATIONS
from archc.ir.ops import Operation


def image(*shape: int) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(shape, dtype=torch.float64)


def close(expected: Tensor, actual: Tensor, unit: float = UNIT) -> bool:
    """No operation here sums more terms."""
    return rounding.close(expected, actual, of_terms(1000, unit))


ROUNDED = (EvoNorm2dS0, FilterResponseNormTlu2d)
"""Their statistics are float32 whatever their input is."""


MODULES = [
    (ops.Conv(4, 6, 3, 2, 1, 2, 2, bias=True), nn.Conv2d(4, 6, 3, 2, 1, 2, 2)),
    (ops.Conv(4, 6, 3, 2, 1, weights="standardized"), StdConv2d(4, 6, 3, 2)),
    (ops.Conv(4, 6, 3, 1, 1, groups=2, weights="standardized", eps=0.1), StdConv2d(4, 6, 3, groups=2, eps=0.1)),
    (ops.Conv(4, 6, 3, 2, 1, bias=True, weights="scaled", eps=0.1, gamma=1.7), ScaledStdConv2d(4, 6, 3, 2, eps=0.1, gamma=1.7)),
    (ops.ConvTranspose(4, 6, 3, 2, 1, 1, 2, 2, bias=True), nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, 2, dilation=2)),
    (ops.ConvTranspose(4, 6, (3, 2), (1, 3), (0, 1)), nn.ConvTranspose2d(4, 6, (3, 2), (1, 3), (0, 1), bias=False)),
    (ops.Linear(4, 6), nn.Sequential(nn.Conv2d(4, 6, 1))),
    (ops.Norm("batch", 4, eps=0.1), nn.BatchNorm2d(4, eps=0.1)),
    (ops.Norm("batch", 4, frozen=True), FrozenBatchNorm2d(4)),
    (ops.Norm("group", 4, groups=2, eps=0.1), nn.GroupNorm(2, 4, eps=0.1)),
    (ops.Norm("layer", 4, eps=1e-6), LayerNorm2d(4)),
    (ops.Norm("instance", 4), nn.InstanceNorm2d(4, affine=True)),
    (ops.Norm("evonorm_s0", 4, groups=2, eps=0.1), EvoNorm2dS0(4, groups=2, eps=0.1)),
    (ops.Norm("filter_response", 4, eps=0.1), FilterResponseNormTlu2d(4, eps=0.1)),
    (ops.Norm("filter_response", 4, linear=True), FilterResponseNormTlu2d(4, apply_act=False)),
    (ops.MaxPool(3, 2, 1), nn.MaxPool2d(3, 2, 1)),
    (ops.MaxPool(3, 2, 0, ceil=True), nn.MaxPool2d(3, 2, 0, ceil_mode=True)),
    (ops.AvgPool(3, 2, 1), nn.AvgPool2d(3, 2, 1)),
    (ops.AvgPool(2, 2, 0, ceil=True, count_include_pad=False), nn.AvgPool2d(2, 2, 0, ceil_mode=True, count_include_pad=False)),
    (ops.AdaptiveAvgPool(3), nn.AdaptiveAvgPool2d(3)),
    (ops.GlobalPool(), nn.AdaptiveAvgPool2d(1)),
    (ops.BlurPool(4, 3, 2), BlurPool2d(4, 3, 2)),
    (ops.BlurPool(4, 5, 1), BlurPool2d(4, 5, 1)),
    (ops.BlurPool(4, 4, 2), BlurPool2d(4, 4, 2)),
]


@pytest.mark.parametrize("case", MODULES, ids=str)
def test_an_operation_is_the_module(case: tuple[Operation, nn.Module]) -> None:
    op, module = case
    module.double().eval()
    fill(module)
    tensors = [*module.parameters(), *(b for name, b in module.named_buffers() if name != "num_batches_tracked")]
    own = {parameter.name: t.detach().reshape(parameter.shape) for parameter, t in zip(op.parameters(), tensors, strict=True)}
    x = image(2, 4, 7, 9)
    with torch.no_grad():
        assert close(module(x), apply(op, [x], own)[0], SINGLE if isinstance(module, ROUNDED) else UNIT)


def test_a_linear_evonorm_only_divides_by_the_deviation() -> None:
    own = {"weight": torch.ones(4, dtype=torch.float64), "bias": torch.zeros(4, dtype=torch.float64)}
    x = image(2, 4, 7, 9)
    expected = x / (x.reshape(2, 2, -1).var(2, correction=0) + 1e-5).sqrt().repeat_interleave(2, 1)[:, :, None, None]
    assert close(expected, apply(ops.Norm("evonorm_s0", 4, groups=2, linear=True), [x], own)[0])


FUNCTIONS = {
    "relu": F.relu,
    "relu6": F.relu6,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
    "elu": lambda x: F.elu(x, 0.2),
    "celu": lambda x: F.celu(x, 0.2),
    "selu": F.selu,
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "quick_gelu": timm.layers.QuickGELU(),
    "mish": F.mish,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": F.hardsigmoid,
    "hard_swish": F.hardswish,
    "hard_mish": timm.layers.activations.HardMish(),
    "softplus": F.softplus,
    "softsign": F.softsign,
}


@pytest.mark.parametrize("act", ACTIVATIONS)
def test_an_activation_is_torch_s(act: str) -> None:
    x = 4 * image(2, 3, 5, 5)
    assert rounding.close(FUNCTIONS[act](x), apply(ops.Act(act, 0.2), [x], {})[0], SINGLE)  # which torch's own constants have


def trained(momentum: float) -> tuple[nn.BatchNorm2d, dict[str, Tensor], Tensor, Tensor]:
    """A norm that saw two batches, the same by the interpreter, and what each made of the second."""
    module = nn.BatchNorm2d(4, momentum=momentum).double()
    fill(module)
    own = {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}
    expected = actual = torch.empty(0)
    for batch in (image(2, 4, 5, 5), 3 + image(3, 4, 5, 5)):
        expected = module(batch).detach()
        (actual,) = apply(ops.Norm("batch", 4, momentum=momentum), [batch], own, training=True)
    return module, own, expected, actual


def test_a_norm_in_training_normalises_by_the_batch() -> None:
    _, _, expected, actual = trained(0.1)
    assert close(expected, actual)


@pytest.mark.parametrize("statistic", ["running_mean", "running_var"])
def test_a_norm_in_training_updates_its_running_statistics(statistic: str) -> None:
    module, own, _, _ = trained(0.3)
    assert close(module.state_dict()[statistic], own[statistic])


def test_a_frozen_norm_in_training_is_the_norm_in_evaluation() -> None:
    own = {parameter.name: torch.rand(parameter.shape, dtype=torch.float64) for parameter in ops.Norm("batch", 4).parameters()}
    x = image(2, 4, 5, 5)
    (expected,) = apply(ops.Norm("batch", 4), [x], own)
    assert close(expected, apply(ops.Norm("batch", 4, frozen=True), [x], own, training=True)[0])


DROPPED = [
    (ops.Dropout(0.4), nn.Dropout(0.4)),
    (ops.Dropout(0.4, "path"), DropPath(0.4)),
    (ops.Dropout(0.2, "block", 3, "timm"), DropBlock2d(0.2, 3)),
    (ops.Dropout(0.2, "block", 4, "timm"), DropBlock2d(0.2, 4)),
    (ops.Dropout(0.2, "block", 20, "timm"), DropBlock2d(0.2, 20)),
]


@pytest.mark.parametrize("case", DROPPED, ids=str)
def test_a_dropout_draws_as_the_module_does(case: tuple[Operation, nn.Module]) -> None:
    op, module = case
    x = image(6, 4, 9, 8)
    torch.manual_seed(3)
    expected = module.train()(x)
    torch.manual_seed(3)
    (actual,) = apply(op, [x], {}, training=True)
    assert close(expected, actual, SINGLE)


@pytest.mark.parametrize("what", ["elements", "path", "block"])
def test_a_dropout_changes_nothing_in_evaluation(what: str) -> None:
    x = image(2, 4, 5, 5)
    assert torch.equal(x, apply(ops.Dropout(0.5, what), [x], {})[0])


def test_efficient_channel_attention() -> None:
    module = EcaModule(kernel_size=5).double()
    builder = Builder(6, 5, 5)
    builder.add(ops.GlobalPool())
    builder.add(ops.ChannelConv(5), name="conv")
    builder.add(ops.Act("sigmoid"), name="open")
    builder.add(ops.Mul(), "x", "open")
    x = image(2, 6, 5, 5)
    with torch.no_grad():
        assert close(module(x), run(builder.graph(), {"conv.weight": module.conv.weight}, x))


def test_radix_softmax() -> None:
    """Groups of parts, as a grouped convolution makes them, to shares that sum to one over the parts."""
    builder = Builder(24, 1, 1)
    builder.add(ops.Shuffle(groups=2, parts=3))
    builder.add(ops.Softmax("parts", 3))
    x = image(2, 24, 1, 1)
    assert close(RadixSoftmax(3, 2)(x), run(builder.graph(), {}, x).flatten(1))


def test_shares_over_parts_sum_to_one() -> None:
    (shares,) = apply(ops.Softmax("parts", 3), [image(2, 12, 2, 2)], {})
    parts = apply(ops.Split(3), [shares], {})
    assert close(torch.ones(2, 4, 2, 2, dtype=torch.float64), parts[0] + parts[1] + parts[2])


def test_shares_over_space_sum_to_one() -> None:
    (shares,) = apply(ops.Softmax("space"), [image(2, 3, 4, 5)], {})
    assert close(torch.ones(2, 3, dtype=torch.float64), shares.sum((2, 3)))


def test_space_to_depth() -> None:
    x = image(2, 3, 8, 12)
    assert torch.equal(TimmSpaceToDepth(4)(x), apply(ops.SpaceToDepth(4), [x], {})[0])


def test_option_a_keeps_every_second_pixel_and_adds_zero_channels() -> None:
    x = image(2, 2, 5, 5)
    (sub,) = apply(ops.Subsample(2), [x], {})
    (actual,) = apply(ops.PadChannels(1, 2), [sub], {})
    expected = torch.zeros(2, 5, 3, 3, dtype=torch.float64)
    expected[:, 1:3] = F.avg_pool2d(x, 1, 2)
    assert torch.equal(expected, actual)


def test_attention_pool_is_timm_s() -> None:
    """Radford et al. 2021 as timm runs it: the mean as first token, learned positions, one head read at that token."""
    module = AttentionPool2d(8, 3, 5, num_heads=2, qkv_separate=True).double().eval()
    fill(module)
    builder = Builder(8, 3, 3)
    builder.add(ops.Tokens(), "x", name="pixels")
    builder.add(ops.GlobalPool(), "x", name="mean")
    builder.add(ops.Tokens(), "mean", name="first")
    builder.add(ops.Concat(), "first", "pixels", name="all")
    builder.add(ops.Position(10, 8), name="place")
    for name in ("q", "k", "v"):
        builder.add(ops.Linear(8, 8), "place", name=name)
    builder.add(ops.Attention(2), "q", "k", "v", name="mix")
    builder.add(ops.Linear(8, 5), name="proj")
    builder.add(ops.Take(0))
    state = module.state_dict()
    tensors = {name: state[name] for name in state if name != "pos_embed"} | {"place.weight": state["pos_embed"]}
    x = image(2, 8, 3, 3)
    with torch.no_grad():
        assert close(module(x), run(builder.graph(), tensors, x))


def test_binomial_filters_are_timm_s() -> None:
    assert close(BlurPool2d(3, 4).filt.double(), binomial_filter(3, 4))
