# ruff: noqa: E501  a case is a line
"""At which sizes a graph works, and where it does not what is said, in golden files; the arithmetic of lengths."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from graph_builder import Builder
from told import page
from windows import window

from archc.ir.behaviour import Window, windowed
from archc.ir.graph import Graph
from archc.ir.lengths import Length, at, divides, length, next_change, through, widened
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    Add,
    Affine,
    Attention,
    AvgPool,
    BlurPool,
    ChannelConv,
    Concat,
    Conv,
    ConvTranspose,
    Div,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Linear,
    Max,
    MaxPool,
    Mean,
    Mix,
    Mul,
    Norm,
    Operation,
    Pad,
    PadChannels,
    PixelShuffle,
    Position,
    Scale,
    Shuffle,
    Softmax,
    SpaceToDepth,
    Split,
    Subsample,
    Sum,
    Take,
    Tokens,
)
from archc.ir.sizes import prove_sizes
from archc.ir.types import along, by_axis, shown


def chain(*ops: Operation, channels: int = 4, height: int = 8, width: int = 8) -> Graph:
    builder = Builder(channels, height, width)
    for op in ops:
        builder.add(op)
    return builder.graph()


def joined(
    op: Operation, *branches: tuple[Operation, ...], height: int = 8, width: int = 8, then: tuple[Operation, ...] = ()
) -> Graph:
    builder = Builder(4, height, width)
    ends = []
    for branch in branches:
        end = "x"
        for step in branch:
            end = builder.add(step, end)
        ends.append(end)
    builder.add(op, *ends, name="join")
    for step in then:
        builder.add(step)
    return builder.graph()


UP, DOWN, FOUR = Conv(4, 4, 3, 2, 1), AvgPool(2, 2), Conv(4, 4, 3, 4, 1)
SIZES: dict[str, Graph] = {
    "a classifier": chain(UP, GlobalPool(), Flatten(), Linear(4, 2)),
    "every size": chain(
        UP, MaxPool(3, 2, 1, ceil=True), BlurPool(4, 3, 1), Norm("batch", 4), Act("relu"), Softmax("space"), Shuffle(2, 2), PadChannels(1, 1),
        Dropout(0.1), Affine(), Identity(), height=32, width=32,
    ),
    "unlike strides": joined(Add(), (Conv(4, 4, 3, (2, 1), 1),), (AvgPool((2, 1), (2, 1)),)),
    "unlike strides, wide": joined(Add(), (Conv(4, 4, 3, (1, 2), 1),), (AvgPool((1, 2), (1, 2)),)),
    "up and down": joined(Add(), (UP,), (DOWN,)),
    "up and down twice": joined(Add(), (UP, UP), (DOWN, DOWN)),
    "up and down, high": joined(Mul(), (UP,), (DOWN,), height=14),
    "up and down, wide": joined(Concat(), (UP,), (DOWN,), width=10),
    "up and down of an odd size": joined(Add(), (UP,), (Pad(right=1, bottom=1), DOWN), height=7, width=7),
    "off by two": joined(Add(), (FOUR, Pad(1, 1, 1, 1)), (DOWN,)),
    "rounded up": joined(Add(), (UP,), (MaxPool(2, 2, ceil=True),)),
    "rounded up, padded": joined(Add(), (UP,), (MaxPool(3, 2, 1, ceil=True),), height=9, width=9),
    "dilated": joined(Add(), (Conv(4, 4, 3, 1, 2, 2),), (Conv(4, 4, 5, 1, 2),)),
    "dilated too far": joined(Add(), (Conv(4, 4, 3, 1, 0, 2),), (Conv(4, 4, 5),)),
    "subsampled": joined(Add(), (UP,), (Subsample(2),)),
    "padded unlike": joined(Add(), (Pad(left=1, top=1), DOWN), (Pad(right=1, bottom=1), DOWN)),
    "padded on one side": joined(Concat(), (Pad(right=1), UP), (UP,), width=7),
    "a gate": joined(Mul(), (GlobalPool(),), ()),
    "a gate of a row": joined(Mul(), (Mean("height"),), ()),
    "a gate of a column": joined(Div(), (), (Max("width"),)),
    "a gate of the channels": joined(Mul(), (Sum("channels"),), ()),
    "one pixel by chance": joined(Add(), (AvgPool(8, 8),), ()),
    "one row by chance": joined(Mul(), (AvgPool((8, 1), (8, 1)),), ()),
    "eight by eight by chance": joined(Mul(), (AdaptiveAvgPool(8),), ()),
    "eight by eight by chance, and its maximum": joined(Add(), (AdaptiveAvgPool(8),), (AdaptiveMaxPool(8),)),
    "squares": chain(SpaceToDepth(2)),
    "squares of squares": chain(SpaceToDepth(2), SpaceToDepth(2)),
    "squares of four": chain(SpaceToDepth(4)),
    "squares after a stride": chain(UP, SpaceToDepth(2)),
    "squares of a constant": chain(AdaptiveAvgPool(4), SpaceToDepth(2)),
    "squares one way": chain(AdaptiveAvgPool((4, 4)), Pad(1, 1, 1, 1), SpaceToDepth(2)),
    "pixels spread": chain(UP, PixelShuffle(2)),
    "pixels spread of squares": chain(SpaceToDepth(2), PixelShuffle(2)),
    "pixels spread of a constant": chain(AdaptiveAvgPool(3), PixelShuffle(2)),
    "pixels spread and joined": joined(Add(), (SpaceToDepth(2), PixelShuffle(2)), (Identity(),)),
    "pixels spread after two strides": chain(SpaceToDepth(4), PixelShuffle(2), PixelShuffle(2)),
    "rows beside rows": joined(Concat("height"), (), ()),
    "columns beside columns": joined(Concat("width"), (Mean("width"),), (Max("width"),)),
    "rows beside rows, unlike widths": joined(Concat("height"), (UP, Mean("height")), (DOWN, Max("height"))),
    "one beside nothing": joined(Concat("height"), ()),
    "a mix": joined(Mix("height"), (), (AdaptiveAvgPool(4),)),
    "a mix along the width": joined(Mix("width"), (), (AdaptiveAvgPool(2),), width=6),
    "a mix of what varies": joined(Mix("height"), (), (DOWN,)),
    "a mix of a constant": joined(Mix("height"), (AdaptiveAvgPool(4),), (AdaptiveAvgPool(2),)),
    "flat": chain(Flatten(), Linear(256, 2)),
    "flat after a stride": chain(DOWN, Flatten(), Linear(64, 2)),
    "flat after a stride of three": chain(AvgPool(3, 3), Flatten(), Norm("layer", 16)),
    "flat and scaled": chain(Flatten(), Scale(256)),
    "flat and scaled as one": chain(Flatten(), Scale(0)),
    "flat parts": chain(Flatten(), Split(8)),
    "flat parts that fit": chain(Flatten(), Split(4), Flatten()),
    "flat parts over all": chain(Flatten(), Softmax("parts", 64)),
    "flat parts of tokens": chain(Tokens(), Flatten(), Softmax("parts", 4)),
    "flat beside flat": joined(Concat(), (Flatten(),), (UP, Flatten())),
    "flat beside flat, read": chain(Flatten(), Concat(), Linear(256, 2)),
    "flat beside the same, read": joined(Concat(), (Flatten(),), (Flatten(),), then=(Linear(512, 2),)),
    "flat twice, in parts": chain(Flatten(), Flatten(), Split(8)),
    "a window over a constant": joined(Add(), (AdaptiveAvgPool(4), Conv(4, 4, 3)), (AdaptiveAvgPool(2),)),
    "transposed": chain(SpaceToDepth(4), ConvTranspose(64, 4, 4, 2, 1)),
    "transposed and joined": joined(Add(), (SpaceToDepth(2), ConvTranspose(16, 4, 3, 2, 1, 1)), (Identity(),)),
    "transposed and cut": joined(Add(), (SpaceToDepth(2), ConvTranspose(16, 4, 2, 2, 1)), (Conv(4, 4, 3),)),
    "transposed of a convolution": chain(UP, ConvTranspose(4, 4, 4, 2, 1)),
    "transposed of the image": chain(ConvTranspose(4, 4, 2, 2)),
    "transposed without a stride": joined(Add(), (ConvTranspose(4, 4, 3, 1, 0, 0, 2),), (Pad(2, 2, 2, 2),)),
    "transposed one way": chain(UP, ConvTranspose(4, 4, (2, 1), (2, 1))),
    "pixels spread of a row": chain(Sum("height"), PixelShuffle(2)),
    "tokens": chain(Tokens(), Linear(4, 8), Norm("layer", 8), Take(), Linear(8, 2)),
    "tokens with a position": chain(Tokens(), Position(64, 4)),
    "pooled tokens with a position": chain(GlobalPool(), Tokens(), Position(1, 4)),
    "tokens beside tokens": joined(Concat(), (Tokens(),), (GlobalPool(), Tokens())),
    "tokens added": joined(Add(), (UP, Tokens()), (DOWN, Tokens())),
    "tokens added by chance": joined(Add(), (Tokens(),), (AdaptiveAvgPool(8), Tokens())),
    "attention": joined(Attention(1), (Tokens(),), (UP, Tokens()), (UP, Tokens())),
    "attention of unlike keys": joined(Attention(1), (Tokens(),), (UP, Tokens()), (DOWN, Tokens())),
    "an attention's query": joined(Attention(1), (GlobalPool(), Tokens()), (Tokens(),), (Tokens(),)),
    "a pooled map by chance": chain(AvgPool(8, 8), ChannelConv(3)),
    "a pooled map by chance, high": chain(AvgPool(8, 8), ChannelConv(3), height=15),
    "a pooled map": chain(GlobalPool(), ChannelConv(3)),
    "the first of two": chain(SpaceToDepth(2), Flatten(), Linear(256, 2)),
    "large strides": joined(Add(), (*[Subsample(3)] * 9,), (*[Subsample(3)] * 9, Conv(4, 4, 1, 3)), height=4, width=4),
}  # fmt: skip


def proven(graph: Graph) -> Iterator[str]:
    """At any size, and where it is said to work at multiples of two, three or four."""
    height, width = graph.types["x"].shape[1:]
    for multiple in (1, 2, 3, 4):
        if height % multiple == width % multiple == 0:
            problem = prove_sizes(graph, multiple)
            found = problem and f"{problem.name} at {problem.size}: {problem.message}; fixed {problem.fixed}, {problem.multiple}"
            yield f"{multiple}: {found or 'works'}"


def test_sizes(golden: Callable[[str, str], None]) -> None:
    golden("golden/sizes.txt", page((name, proven(graph)) for name, graph in SIZES.items()))


@pytest.mark.parametrize("ceil", [False, True])
def test_the_form_of_a_window_is_the_window(*, ceil: bool) -> None:
    wrong = []
    for kernel in range(1, 6):
        for stride in range(1, 5):
            for padding in range(kernel // 2 + 1):
                for dilation in (1, 2):
                    form = through((1, 0), stride, Window(kernel, stride, padding, padding, dilation, ceil).offset, 1)
                    sizes = range(2 * dilation * kernel, 24)
                    wrong += [
                        (kernel, stride, padding, dilation, n)
                        for n in sizes
                        if at(form, n) != window(n, kernel, stride, padding, dilation, ceil=ceil)
                    ]
    assert wrong == []


def test_offsets_are_along_both_axes() -> None:
    assert windowed((3, 5), (1, 2), (1, 0), (1, 2)).windows == (Window(3, 1, 1, 1), Window(5, 2, 0, 0, 2))


def test_windows_are_along_both_axes() -> None:
    windows = along(windowed((3, 5), (1, 2), (1, 0), (1, 2), ceil=True).windows, 2)
    assert tuple(window.size(n) for window, n in zip(windows, (9, 20), strict=True)) == (9, 7)


FORMS: list[Length] = [(stride, offset) for stride in range(6) for offset in range(-4, 5)]


@pytest.mark.parametrize("multiple", [1, 2, 3, 4, 6])
def test_a_canonical_offset_means_the_same(multiple: int) -> None:
    sizes = range(multiple, 60, multiple)
    forms = [form for form in FORMS if form[0]]
    assert [f for f in forms if any(at(f, n) != at(length(*f, multiple), n) for n in sizes)] == []


@pytest.mark.parametrize("multiple", [1, 2, 3, 4, 6])
def test_forms_that_mean_the_same_are_one(multiple: int) -> None:
    sizes = range(12 * multiple, 72 * multiple, multiple)
    by_meaning: dict[tuple[int, ...], set[Length]] = {}
    for form in FORMS:
        if form[0]:
            by_meaning.setdefault(tuple(at(form, n) for n in sizes), set()).add(length(*form, multiple))
    assert [forms for forms in by_meaning.values() if len(forms) > 1] == []


@pytest.mark.parametrize("multiple", [1, 2, 4])
def test_one_after_another(multiple: int) -> None:
    wrong = []
    for before in (form for form in FORMS if form[0]):
        for stride, offset in ((1, 1), (2, 0), (2, 1), (3, -1)):
            after = through(before, stride, offset, multiple)
            wrong += [
                (before, stride, offset) for n in range(16, 64, multiple) if at(after, n) != (at(before, n) + offset) // stride
            ]
    assert wrong == []


@pytest.mark.parametrize("multiple", [1, 2, 4, 8])
def test_what_is_widened_is_so_many_times_as_long(multiple: int) -> None:
    keys = product(FORMS, (1, 2, 4), (0, 3, -2))
    found = {(form, factor, more): widened(form, factor, multiple, more) for form, factor, more in keys}
    sizes = range(multiple, 80, multiple)
    wrong = [
        (form, factor, more)
        for (form, factor, more), wide in found.items()
        if wide and any(at(wide, n) != factor * at(form, n) + more for n in sizes)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("form", "block", "multiple", "expected"),
    [
        ((0, 3), 2, 1, (0, 6)), ((3, 1), 1, 1, (3, 1)), ((2, 0), 2, 2, (1, 0)), ((4, 4), 2, 4, (2, 4)), ((4, 0), 4, 8, (1, 0)),
        ((2, 0), 2, 1, None), ((3, 0), 2, 3, None), ((2, 1), 2, 2, None), ((4, 2), 2, 4, None), ((1, 0), 2, 2, None),
    ],
)  # fmt: skip
def test_what_can_be_widened(form: Length, block: int, multiple: int, expected: Length | None) -> None:
    assert widened(form, block, multiple) == expected


@pytest.mark.parametrize("multiple", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("block", [1, 2, 3])
def test_what_divides_does_so_at_every_multiple(block: int, multiple: int) -> None:
    forms = [form for form in FORMS if form[0]]
    sizes = range(12 * multiple, 60 * multiple, multiple)
    expected = [form for form in forms if all(at(form, n) % block == 0 for n in sizes)]
    assert [form for form in forms if divides(block, form, multiple)] == expected


@pytest.mark.parametrize("multiple", [1, 2, 3])
def test_the_next_change_is_the_first(multiple: int) -> None:
    wrong = []
    for form in (form for form in FORMS if form[0]):
        for n in range(2 * multiple, 30, multiple):
            step = next_change(form, n, multiple)
            expected = next(m for m in range(multiple, 99, multiple) if at(form, n + m) != at(form, n))
            wrong += [(form, n, step, expected)] if step != expected else []
    assert wrong == []


@pytest.mark.parametrize(("sides", "expected"), [(2, "2"), ((2, 1), "2×1"), ((3, 3), "3×3")])
def test_sides_as_text(sides: int | tuple[int, int], expected: str) -> None:
    assert shown(sides) == expected


def test_sides_by_axis() -> None:
    assert by_axis(3) == "3×3"
