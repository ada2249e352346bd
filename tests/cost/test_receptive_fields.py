"""Receptive fields: published ones, and against where the gradient of the interpreter reaches."""

from random import Random

import pytest
import torch
from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st

from archc.analyse.verify.interpreter import run
from archc.compile.pipeline import compile_spec
from archc.cost.receptive import Field, receptive_fields
from archc.ir.graph import Graph
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    Add,
    AvgPool,
    BlurPool,
    Conv,
    GlobalPool,
    MaxPool,
    Mul,
    Norm,
    Operation,
    Pad,
    SpaceToDepth,
    Subsample,
)
from archc.record import replace


def last(name: str, kind: str) -> Field:
    """Of the last value that such an operation makes."""
    graph = compile_spec(name).graph
    return receptive_fields(graph)[next(node.outputs[0] for node in reversed(graph.nodes) if node.op.kind == kind)]


# Araujo et al. 2019, Table 1, whose ResNets stride in the first convolution; VGG by the same recurrences.
PUBLISHED = [
    ("resnet50_v1", "add", (483, 483), (32, 32)),
    ("resnet101_v1", "add", (1027, 1027), (32, 32)),
    ("resnet152_v1", "add", (1507, 1507), (32, 32)),
    ("vgg19", "max_pool", (268, 268), (32, 32)),
]


@pytest.mark.parametrize(("name", "kind", "size", "stride"), PUBLISHED)
def test_published_fields(name: str, kind: str, size: tuple[int, int], stride: tuple[int, int]) -> None:
    found = last(name, kind)
    assert (size, stride) == (found.size, found.stride)


def test_a_global_pool_sees_the_whole_image() -> None:
    found = last("resnet18", "linear")
    assert (found.whole, found.size, found.stride) == (True, (224, 224), (0, 0))


def test_a_gate_sees_the_whole_image_and_keeps_the_stride() -> None:
    found = last("seresnet50", "mul")
    assert (found.whole, found.stride) == (True, (32, 32))


def measured(graph: Graph, at: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row and column of the image that the gradient of one position reaches; weights are positive, so that
    nothing cancels out.
    """
    shape = graph.types[graph.input].shape
    tensors = {key: torch.rand(size) + 0.5 for key, _, size, _ in graph.parameters()}
    image = torch.rand(1, *shape, requires_grad=True)
    run(graph, tensors, image)[0, :, at[0], at[1]].sum().backward()
    assert image.grad is not None
    reached = (image.grad[0] != 0).any(0)
    rows, columns = (torch.nonzero(reached.any(axis)).flatten() for axis in (1, 0))
    return (int(rows[0]), int(rows[-1])), (int(columns[0]), int(columns[-1]))


def agrees(graph: Graph) -> None:
    """In the middle; where a field ends outside of the image, the border of a map on the way may cut it shorter."""
    output = graph.outputs[0]
    image, shape = graph.types[graph.input].shape[1:], graph.types[output].shape[1:]
    field = receptive_fields(graph)[output]
    at = (shape[0] // 2, shape[1] // 2)
    found = measured(graph, at)
    expected = []
    for axis, position, length, (first, final) in zip(field.axes, at, image, found, strict=True):
        start, end = axis.at(position)
        expected.append((start if start >= 0 else max(first, 0), end if end < length else min(final, length - 1)))
    assert tuple(expected) == found


WINDOWS: list[Operation] = [
    Conv(2, 2, 3, 1, 1),
    Conv(2, 2, 3, 2, 1),
    Conv(2, 2, 3, 1, 2, 2),
    Conv(2, 2, 2, 2, 0),
    Conv(2, 2, 5, 1, 0),
    AvgPool(3, 2, 1),
    AvgPool(2, 2),
    AvgPool(3, 1, 1, ceil=True),
    BlurPool(2, 3, 2),
    Subsample(2),
    Pad(2, 1, 0, 1),
]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_chains_and_branches_reach_as_far_as_the_gradient(seed: int) -> None:
    """Windows one after the other, and blocks of two branches whose sum has the hull of both."""
    random = Random(seed)
    builder = Builder(2, 36, 44)
    value = "x"
    for _ in range(random.randint(1, 3)):
        if random.random() < 0.4:
            stride, dilation = random.choice((1, 2)), random.choice((1, 2))
            branch = builder.add(Conv(2, 2, 3, 1, dilation, dilation), value)
            branch = builder.add(Conv(2, 2, 3, stride, 1), builder.add(Norm("batch", 2), branch))
            shortcut = (
                builder.add(Conv(2, 2, 1, stride), value) if random.random() < 0.5 else builder.add(Subsample(stride), value)
            )
            value = builder.add(Act("relu"), builder.add(Add(), branch, shortcut))
        else:
            value = builder.add(random.choice(WINDOWS), value)
    agrees(builder.graph(value))


def gated(norm: str) -> Graph:
    builder = Builder(2, 16, 20)
    value = builder.add(Conv(2, 2, 3, 2, 1))
    value = builder.add(Norm(norm, 2), value)  # type: ignore[arg-type]
    gate = builder.add(Act("sigmoid"), builder.add(GlobalPool(), value))
    return builder.graph(builder.add(Mul(), value, gate))


def plain(*ops: Operation) -> Graph:
    builder = Builder(2, 24, 24)
    for op in ops:
        builder.add(op)
    return builder.graph()


GRAPHS = [
    gated("batch"),
    plain(Conv(2, 2, 3, 1, 1), Norm("instance", 2)),
    plain(Conv(2, 2, 3, 1, 1), Norm("layer", 2)),
    plain(Conv(2, 2, 3, 1, 1), AdaptiveAvgPool(4)),
    plain(Conv(2, 2, 3, 2, 1), SpaceToDepth(2)),
    plain(Subsample(5), GlobalPool()),
]


@pytest.mark.parametrize("graph", GRAPHS)
def test_operations_that_see_more_than_a_window(graph: Graph) -> None:
    agrees(graph)


def test_a_max_pool_reaches_as_far_as_an_average() -> None:
    """The gradient of a maximum is at one place of its window, so that it cannot be measured."""
    graph = plain(MaxPool(3, 2, 1))
    mean = replace(graph, nodes=(replace(graph.nodes[0], op=AvgPool(3, 2, 1)),))
    assert receptive_fields(graph) == receptive_fields(mean)


def test_the_middle_of_the_first_field() -> None:
    """Half a pixel to the left of the image's middle where an even window begins at its edge."""
    fields = receptive_fields(plain(Conv(2, 2, 2, 2), Conv(2, 2, 3, 1, 1)))
    assert [field.axes[0].offset for field in fields.values()] == [0.0, 0.5, 0.5]
