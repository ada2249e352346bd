"""Maps of one and of three axes: shapes, sizes, receptive fields, work and dimensions, held against torch's own modules."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from graph_builder import Builder
from graph_parser import from_text
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from archc.analyse.verify.interpreter import apply, run
from archc.cost.receptive import receptive_fields
from archc.cost.resize import SizeError, at_size
from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.ops import Operation
from archc.ir.sizes import SizeProblem, prove_sizes
from archc.ir.text import to_text
from archc.ir.types import ShapeError, TensorType
from archc.ir.verify import verify
from archc_onnx.dimensions import dimensions

SHAPES = {1: (4, 19), 3: (4, 9, 12, 11)}
UNLIKE = {1: (2,), 3: (1, 2, 3)}
"""A number for each axis; of one axis there is nothing to be unlike."""
PADS = (1, 2, 3, 4, 5, 6)
KERNELS = {1: (5,), 3: (3, 1, 5)}


def module(name: str, axes: int) -> Callable[..., nn.Module]:
    found: Callable[..., nn.Module] = getattr(nn, name.replace("*", str(axes)))
    return found


CASES: list[tuple[str, Callable[[int], Operation], Callable[[int], tuple[Any, ...]], dict[str, Any]]] = [
    ("Conv*d", lambda n: ops.Conv(4, 6, 3, 2, 1, bias=True, axes=n), lambda _: (4, 6, 3, 2, 1), {}),
    (
        "Conv*d",
        lambda n: ops.Conv(4, 6, KERNELS[n], UNLIKE[n], UNLIKE[n], 2, groups=2, axes=n),
        lambda n: (4, 6, KERNELS[n], UNLIKE[n], UNLIKE[n], 2, 2, False),
        {},
    ),
    (
        "ConvTranspose*d",
        lambda n: ops.ConvTranspose(4, 6, KERNELS[n], 2, 1, 1, groups=2, bias=True, axes=n),
        lambda n: (4, 6, KERNELS[n], 2, 1, 1, 2),
        {},
    ),
    ("MaxPool*d", lambda n: ops.MaxPool(3, 2, 1, axes=n), lambda _: (3, 2, 1), {}),
    (
        "MaxPool*d",
        lambda n: ops.MaxPool(KERNELS[n], UNLIKE[n], ceil=True, axes=n),
        lambda n: (KERNELS[n], UNLIKE[n]),
        {"ceil_mode": True},
    ),
    ("AvgPool*d", lambda n: ops.AvgPool(2, 2, ceil=True, axes=n), lambda _: (2, 2), {"ceil_mode": True}),
    (
        "AvgPool*d",
        lambda n: ops.AvgPool(3, 2, 1, count_include_pad=False, axes=n),
        lambda _: (3, 2, 1),
        {"count_include_pad": False},
    ),
    ("AdaptiveAvgPool*d", lambda n: ops.AdaptiveAvgPool(3, axes=n), lambda _: (3,), {}),
    ("AdaptiveAvgPool*d", lambda n: ops.AdaptiveAvgPool(UNLIKE[n], axes=n), lambda n: (UNLIKE[n],), {}),
    ("AdaptiveMaxPool*d", lambda n: ops.AdaptiveMaxPool(UNLIKE[n], axes=n), lambda n: (UNLIKE[n],), {}),
    ("AdaptiveAvgPool*d", lambda n: ops.GlobalPool(axes=n), lambda _: (1,), {}),
    ("BatchNorm*d", lambda n: ops.Norm("batch", 4, axes=n), lambda _: (4,), {}),
    ("InstanceNorm*d", lambda n: ops.Norm("instance", 4, axes=n), lambda _: (4,), {"affine": True}),
    ("ZeroPad*d", lambda n: ops.Pad(*PADS[: 2 * n], axes=n), lambda n: (PADS[: 2 * n],), {}),
]  # fmt: skip


@pytest.mark.parametrize("axes", [1, 3])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_an_operation_is_torch_s_module(case: Any, axes: int) -> None:
    name, operation, given, named = case
    op = operation(axes)
    torch.manual_seed(0)
    made = module(name, axes)(*given(axes), **named).double()
    image = torch.randn(2, *SHAPES[axes], dtype=torch.float64)
    own = {key: tensor.detach().clone() for key, tensor in made.state_dict().items() if key != "num_batches_tracked"}
    assert [(key, tuple(tensor.shape)) for key, tensor in own.items()] == [(p.name, p.shape) for p in op.parameters()]
    expected = made(image)
    (actual,) = apply(op, [image], own, training=True)
    assert tuple(expected.shape[1:]) == op.infer(TensorType(SHAPES[axes]))[0].shape
    torch.testing.assert_close(actual, expected)


@pytest.mark.parametrize("axes", [1, 3])
def test_multiply_adds_are_what_torch_counts(axes: int) -> None:
    op = ops.Conv(4, 6, KERNELS[axes], UNLIKE[axes], groups=2, axes=axes)
    types = (TensorType(SHAPES[axes]),)
    with FlopCounterMode(display=False) as counter:
        apply(op, [torch.rand(1, *SHAPES[axes])], {p.name: torch.rand(p.shape) for p in op.parameters()})
    assert counter.get_total_flops() // 2 == op.macs(types, op.infer(*types))


def residual(axes: int, *lengths: int) -> Graph:
    """A stem, a block with a projection, and a head, over maps of this many axes."""
    builder = Builder(2, *(lengths or SHAPES[axes][1:]))
    builder.add(ops.Conv(2, 4, 3, 2, 1, axes=axes), name="stem")
    builder.add(ops.Norm("batch", 4, axes=axes))
    pooled = builder.add(ops.MaxPool(3, 2, 1, axes=axes), name="pool")
    builder.add(ops.Conv(4, 4, 3, 1, 1, axes=axes))
    branch = builder.add(ops.Norm("group", 4, groups=2, axes=axes))
    builder.add(ops.Add(), branch, builder.add(ops.Conv(4, 4, 1, bias=True, axes=axes), pooled), name="sum")
    builder.add(ops.Sum("height" if axes == 3 else "length"), name="row")
    builder.add(ops.Mul(), "sum", "row", name="scaled")
    builder.add(ops.GlobalPool(axes=axes))
    builder.add(ops.Flatten())
    builder.add(ops.Linear(4, 3))
    graph = builder.graph()
    verify(graph)
    return graph


@pytest.mark.parametrize("axes", [1, 3])
def test_a_graph_parses_back_to_itself(axes: int) -> None:
    graph = residual(axes)
    assert from_text(to_text(graph)) == graph


def test_tokens_and_a_map_of_one_axis_are_unlike() -> None:
    assert TensorType((4, 19)) != TensorType((4, 19), "tokens")
    assert (TensorType((4, 19)).channels, TensorType((4, 19), "tokens").channels) == (4, 19)


@pytest.mark.parametrize("axes", [1, 3])
def test_another_size(axes: int) -> None:
    graph = residual(axes)
    size = tuple(length + 6 for length in SHAPES[axes][1:])
    assert prove_sizes(graph) is None
    assert at_size(graph, *size).types == residual(axes, *size).types
    with pytest.raises(SizeError, match=f"reads images of {axes} lengths, not 20x20"):
        at_size(graph, 20, 20)


def test_a_length_that_fits_by_chance_is_told_by_its_axis() -> None:
    """Subsampling and a pool halve 12 to the same length, and 13 to another."""
    builder = Builder(2, 12, 12, 12)
    halved = builder.add(ops.AvgPool((1, 2, 1), (1, 2, 1), axes=3), "x")
    builder.add(ops.Add(), halved, builder.add(ops.MaxPool((1, 1, 1), (1, 2, 1), axes=3), "x"), name="sum")
    expected = SizeProblem(
        "sum", "`add` of unlike heights 6 and 7 at an input of 12x13x12", (12, 13, 12), fixed=False, multiple=2
    )
    assert prove_sizes(builder.graph()) == expected


@pytest.mark.parametrize("axes", [1, 3])
def test_the_receptive_field_is_what_a_gradient_reaches(axes: int) -> None:
    builder = Builder(1, *[40 + 2 * axis for axis in range(axes)])
    builder.add(ops.Conv(1, 1, KERNELS[axes], UNLIKE[axes], 1, axes=axes))
    builder.add(ops.AvgPool(3, 2, 1, axes=axes))
    builder.add(ops.Conv(1, 1, 2, dilation=2, axes=axes))
    graph = builder.graph()
    image = torch.rand(1, *graph.types["x"].shape, requires_grad=True)
    output = run(graph, {key: torch.rand(shape) + 0.5 for key, _, shape, _ in graph.parameters()}, image)
    middle = tuple(length // 2 for length in output.shape[2:])
    output[(0, 0, *middle)].backward()  # type: ignore[no-untyped-call]
    assert image.grad is not None
    reached = torch.nonzero(image.grad[0, 0])
    measured = [(int(reached[:, axis].min()), int(reached[:, axis].max())) for axis in range(axes)]
    field = receptive_fields(graph)[graph.outputs[0]]
    assert [axis.at(position) for axis, position in zip(field.axes, middle, strict=True)] == measured


@pytest.mark.parametrize("axes", [1, 3])
def test_dimensions_are_formulas_in_the_letters_of_the_axes(axes: int) -> None:
    graph = residual(axes)
    letters = {1: "L", 3: "DHW"}[axes]
    shapes = dimensions(graph)
    assert shapes["x"] == (2, *letters)
    for size in (SHAPES[axes][1:], tuple(length + 5 for length in SHAPES[axes][1:])):
        known = dict(zip(letters, size, strict=True))
        for name, type_ in at_size(graph, *size).types.items():
            formulas = [str(axis) for axis in shapes[name]]
            assert all(re.fullmatch(r"[LDHW0-9+\-*/() ]+", formula) for formula in formulas)
            assert tuple(eval(formula, {}, known) for formula in formulas) == type_.shape  # noqa: S307  letters, digits and signs


REFUSED: list[tuple[str, Operation, tuple[int, ...]]] = [
    ("", ops.Conv(4, 6, 3), (4, 19)),
    ("", ops.Conv(4, 6, 3, axes=1), (4, 9, 9)),
    ("", ops.Norm("batch", 4, axes=3), (4, 9, 9)),
    ("E0310", ops.Sum("depth"), (4, 9, 9)),
    ("E0310", ops.Mean("height"), (4, 19)),
    ("E0310", ops.SpaceToDepth(1), (4, 9, 9, 9)),
    ("E0310", ops.PixelShuffle(2), (4, 19)),
    ("E0310", ops.Dropout(0.1, "block"), (4, 19)),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_is_for_another_number_of_axes_is_refused(case: tuple[str, Operation, tuple[int, ...]]) -> None:
    code, op, shape = case
    with pytest.raises(ShapeError) as caught:
        op.infer(TensorType(shape))
    assert caught.value.code == code
