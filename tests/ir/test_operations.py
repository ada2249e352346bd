"""Shapes, parameters and multiply-adds that operations declare, against torch's own."""

import math
from random import Random

import pytest
import torch
from graph_builder import typed
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_op, random_type
from timm.layers import BlurPool2d, EvoNorm2dS0, FilterResponseNormTlu2d, ScaledStdConv2d, StdConv2d
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from archc.analyse.verify.interpreter import apply
from archc.ir import ops
from archc.ir.ops import OPERATIONS, Operation
from archc.ir.types import ShapeError, TensorType


def made(op: Operation, *shapes: tuple[int, ...]) -> list[torch.Tensor]:
    """What torch makes of inputs of these shapes, for a batch of two."""
    own = {parameter.name: torch.rand(parameter.shape) for parameter in op.parameters()}
    return apply(op, [torch.rand(2, *shape) for shape in shapes], own)


@pytest.mark.parametrize("kind", OPERATIONS)
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_inferred_shapes_are_torch_s(kind: str, seed: int) -> None:
    """Where an operation refuses its input, another is drawn: what is refused is another test's."""
    random = Random(seed)
    while True:
        type_ = random_type(random)
        op = random_op(random, kind, type_)
        count = {"attention": 3, "add": 2, "mul": 2, "div": 2, "mix": 2, "concat": 3}.get(kind, 1)
        try:
            expected = op.infer(*[type_] * count)
        except ShapeError:
            continue
        break
    actual = made(op, *[type_.shape] * count)
    assert [type_.shape for type_ in expected] == [tuple(tensor.shape[1:]) for tensor in actual]


@pytest.mark.parametrize("ceil", [False, True])
@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.integers(1, 6), st.integers(1, 5), st.data())
def test_a_pool_is_refused_exactly_where_torch_refuses_it(
    ceil: bool, size: int, kernel: int, stride: int, data: st.DataObject
) -> None:
    padding = data.draw(st.integers(0, kernel))
    op = ops.MaxPool(kernel, stride, padding, ceil)
    try:
        expected = [op.infer(TensorType((1, size, 9)))[0].shape]
    except ShapeError:
        expected = None
    try:
        actual = [tuple(tensor.shape[1:]) for tensor in made(op, (1, size, 9))]
    except RuntimeError:
        actual = None
    assert expected == actual


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3))
def test_a_convolution_is_refused_exactly_where_torch_refuses_it(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    op = ops.Conv(1, 1, kernel, stride, padding, dilation)
    try:
        expected = [op.infer(TensorType((1, size, size)))[0].shape]
    except ShapeError:
        expected = None
    try:
        actual = [tuple(tensor.shape[1:]) for tensor in made(op, (1, size, size))]
    except RuntimeError:
        actual = None
    assert expected == actual


BROADCAST = [
    (ops.Add(), (4, 5, 6), (4, 1, 1)),
    (ops.Add(), (4, 1, 1), (4, 5, 6)),
    (ops.Mul(), (4, 5, 6), (4, 1, 1)),
    (ops.Mul(), (1, 5, 6), (4, 5, 6)),
    (ops.Mul(), (4, 5, 6), (1, 1, 1)),
    (ops.Mul(), (1, 5, 6), (4, 1, 1)),
    (ops.Concat(), (4, 5, 6), (2, 5, 6)),
    (ops.Concat(), (5, 4), (1, 4)),
    (ops.Concat(), (5,), (1,)),
    (ops.Attention(2), (3, 4), (5, 4), (5, 8)),
]


@pytest.mark.parametrize("case", BROADCAST, ids=str)
def test_unlike_operands_that_fit(case: tuple[Operation, tuple[int, ...], tuple[int, ...]]) -> None:
    op, *shapes = case
    expected = op.infer(*map(typed, shapes))[0].shape
    assert expected == tuple(made(op, *shapes)[0].shape[1:])


REFUSED = [
    ("E0310", ops.Conv(4, 4, 1), [(4,)]),
    ("E0310", ops.MaxPool(1), [(5, 4)]),
    ("E0310", ops.ChannelConv(3), [(4, 2, 1)]),
    ("E0310", ops.Norm("batch", 4), [(4,)]),
    ("E0310", ops.Softmax("space"), [(4,)]),
    ("E0310", ops.Softmax("parts", 2), [(5, 4)]),
    ("E0310", ops.Split(2), [(5, 4)]),
    ("E0310", ops.Tokens(), [(4,)]),
    ("E0310", ops.Take(), [(4, 1, 1)]),
    ("E0310", ops.Attention(1), [(4,), (4,), (4,)]),
    ("E0311", ops.Conv(4, 4, 3), [(4, 2, 2)]),
    ("E0311", ops.BlurPool(4, 3, 2), [(4, 1, 8)]),
    ("E0312", ops.Conv(4, 6, 1, groups=4), [(4, 2, 2)]),
    ("E0312", ops.Conv(6, 4, 1, groups=4), [(6, 2, 2)]),
    ("E0312", ops.Norm("group", 4, groups=3), [(4, 2, 2)]),
    ("E0312", ops.Softmax("parts", 3), [(4,)]),
    ("E0312", ops.Split(3), [(4, 2, 2)]),
    ("E0312", ops.Shuffle(2, 3), [(4, 2, 2)]),
    ("E0312", ops.Attention(3), [(5, 4)] * 3),
    ("", ops.Conv(4, 4, 1), [(3, 2, 2)]),
    ("", ops.Linear(4, 4), [(5, 3)]),
    ("", ops.Norm("layer", 4), [(3,)]),
    ("", ops.Scale(4), [(3, 2, 2)]),
    ("", ops.BlurPool(4), [(3, 8, 8)]),
    ("E0314", ops.SpaceToDepth(2), [(4, 4, 3)]),
    ("E0315", ops.Add(), [(4, 5, 6), (4, 5, 1)]),
    ("E0315", ops.Add(), [(4, 5, 6), (2, 1, 1)]),
    ("E0315", ops.Add(), [(4, 5, 6), (4,)]),
    ("E0315", ops.Add(), [(4, 5, 6), (4, 6, 5)]),
    ("E0315", ops.Mul(), [(4, 5, 6), (2, 5, 6)]),
    ("E0315", ops.Mul(), [(4, 5, 6), (4,)]),
    ("E0315", ops.Concat(), [(4, 5, 6), (4, 6, 5)]),
    ("E0315", ops.Concat(), [(4, 5), (4, 6)]),
    ("E0315", ops.Attention(1), [(3, 4), (3, 6), (3, 4)]),
    ("E0315", ops.Attention(1), [(3, 4), (2, 4), (3, 4)]),
    ("", ops.Position(5, 4), [(4, 4)]),
    ("E0309", ops.MaxPool(3, padding=2), [(4, 8, 8)]),
    ("E0309", ops.AvgPool(1, padding=1), [(4, 8, 8)]),
    ("E0309", ops.ChannelConv(2), [(4, 1, 1)]),
    ("E0309", ops.Dropout(1.0), [(4,)]),
    ("E0309", ops.Dropout(math.nan), [(4,)]),
    ("E0309", ops.Take(5), [(5, 4)]),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_does_not_fit_is_refused_with_its_code(case: tuple[str, Operation, list[tuple[int, ...]]]) -> None:
    expected, op, shapes = case
    with pytest.raises(ShapeError) as caught:
        op.infer(*map(typed, shapes))
    assert expected == caught.value.code


MODULES = [
    (ops.Conv(4, 6, 3, bias=True), nn.Conv2d(4, 6, 3)),
    (ops.Conv(4, 6, 3, groups=2), nn.Conv2d(4, 6, 3, groups=2, bias=False)),
    (ops.Conv(4, 6, 3, weights="standardized"), StdConv2d(4, 6, 3)),
    (ops.Conv(4, 6, 3, bias=True, weights="scaled"), ScaledStdConv2d(4, 6, 3)),
    (ops.Linear(4, 6), nn.Linear(4, 6)),
    (ops.Linear(4, 6, bias=False), nn.Linear(4, 6, bias=False)),
    (ops.ChannelConv(5), nn.Conv1d(1, 1, 5, bias=False)),
    (ops.Norm("batch", 4), nn.BatchNorm2d(4)),
    (ops.Norm("group", 4, groups=2), nn.GroupNorm(2, 4)),
    (ops.Norm("layer", 4), nn.LayerNorm(4)),
    (ops.Norm("instance", 4), nn.InstanceNorm2d(4, affine=True)),
    (ops.Norm("evonorm_s0", 4, groups=2), EvoNorm2dS0(4, groups=2)),
    (ops.Norm("evonorm_s0", 4, groups=2, linear=True), EvoNorm2dS0(4, groups=2, apply_act=False)),
    (ops.Norm("filter_response", 4), FilterResponseNormTlu2d(4)),
    (ops.Norm("filter_response", 4, linear=True), FilterResponseNormTlu2d(4, apply_act=False)),
    (ops.BlurPool(4, 3, 2), BlurPool2d(4, 3, 2)),
    (ops.PadChannels(1, 1), nn.Identity()),
]


@pytest.mark.parametrize("case", MODULES, ids=str)
def test_parameters_are_the_module_s_in_its_order(case: tuple[Operation, nn.Module]) -> None:
    """With whether they are learned; torch's counter of batches is not the graph's."""
    op, module = case
    own = [*module.named_parameters(), *module.named_buffers()]
    expected = [(name, tuple(t.shape), isinstance(t, nn.Parameter)) for name, t in own if name != "num_batches_tracked"]
    assert expected == [(parameter.name, parameter.shape, parameter.trainable) for parameter in op.parameters()]


def test_a_frozen_norm_learns_nothing() -> None:
    assert [False] * 4 == [parameter.trainable for parameter in ops.Norm("batch", 4, frozen=True).parameters()]


COUNTED = [
    (ops.Conv(4, 6, 3, stride=2, padding=1, groups=2), (4, 9, 7)),
    (ops.Conv(4, 6, 1, bias=True), (4, 5, 5)),
    (ops.Linear(4, 6), (4,)),
    (ops.Linear(4, 6), (5, 4)),
    (ops.Linear(4, 6), (4, 5, 3)),
    (ops.MaxPool(3), (4, 5, 3)),
    (ops.ChannelConv(3), (4, 1, 1)),
]


@pytest.mark.parametrize("case", COUNTED, ids=str)
def test_multiply_adds_are_what_torch_counts(case: tuple[Operation, tuple[int, ...]]) -> None:
    """Of convolutions over the channels (Wang et al. 2020) none are counted, as everywhere in the field."""
    op, shape = case
    own = {parameter.name: torch.rand(parameter.shape) for parameter in op.parameters()}
    with FlopCounterMode(display=False) as counter:
        apply(op, [torch.rand(1, *shape)], own)
    expected = 0 if isinstance(op, ops.ChannelConv) else counter.get_total_flops() // 2
    assert expected == op.macs((typed(shape),), op.infer(typed(shape)))
