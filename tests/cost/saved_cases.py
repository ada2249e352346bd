"""Every operation in its ordinary and its odd forms, each in a small graph: what training saves of them is measured."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, TypeAlias

from graph_builder import Builder

from archc.ir.graph import Graph
from archc.ir.norms import ACTIVATIONS
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
from archc.ir.types import ShapeError

Draw: TypeAlias = Callable[[Builder], object]

POINT, BATCH, ROWS = Conv(4, 4, 1), Norm("batch", 4), Linear(4, 4)
SLOPES = {"leaky_relu": 0.1, "elu": 0.7, "celu": 0.7}
ACTS = [Act(act, SLOPES.get(act, 0.0)) for act in ACTIVATIONS]
RELU = Act("relu")
NORMS: list[dict[str, Any]] = [
    *({"norm": norm} for norm in ("batch", "layer", "instance")),
    *({"norm": "group", "groups": groups} for groups in (1, 2, 4)),
    *({"norm": "evonorm_s0", "groups": groups, "linear": linear} for groups in (1, 2, 4) for linear in (False, True)),
    *({"norm": "filter_response", "linear": linear} for linear in (False, True)),
]
WINDOWS: list[tuple[Any, ...]] = [
    (2, 2, 0),
    (3, 2, 1, True),
    (1, 3, 0),
    (3, 1, 1),
    ((1, 2), (2, 1), 0),
    (2, 5, 0, True),
    (3, 2, 0, True),
]
DROPS = [("elements",), ("path",), ("channels",), ("block", 3), ("block", 3, "timm")]
MOVES: list[tuple[Operation, int]] = [
    (SpaceToDepth(2), 16), (SpaceToDepth(1), 4), (PixelShuffle(2), 1), (PixelShuffle(1), 4), (Shuffle(2, 2), 4),
    (Shuffle(1, 4), 4),
    (Shuffle(4, 1), 4), (Subsample(2), 4), (Subsample(1), 4), (PadChannels(2, 2), 8), (PadChannels(0, 0), 4), (Pad(1,
    1, 1, 1), 4),
    (Pad(0, 0, 0, 0), 4), (Pad(0, 1, 0, 2), 4), (Identity(), 4),
]  # fmt: skip
"""What only moves elements, and the channels it gives of four."""


def chain(*operations: Operation) -> Draw:
    def draw(builder: Builder) -> None:
        for op in operations:
            builder.add(op)

    return draw


def between(op: Operation, channels: int = 4) -> Iterator[Draw]:
    """After a convolution, a layer that leaves channels last, an activation; at the beginning; last; before an activation."""
    after = Conv(channels, 4, 1)
    for before in ((POINT,), (ROWS,), (POINT, BATCH, RELU), ()):
        yield chain(*before, op, after)
    yield chain(POINT, op)
    yield chain(POINT, op, Linear(channels, 3))
    yield chain(POINT, BATCH, op, RELU, after)
    if not op.parameters():
        yield chain(POINT, GlobalPool(), op, after)


def single() -> Iterator[Draw]:
    """Operations of one operand."""
    for norm, frozen in product(NORMS, (False, True)):
        yield from between(Norm(**norm, channels=4, frozen=frozen))
        if norm.get("groups", 1) == 1:
            yield chain(Conv(4, 1, 1), Norm(**norm, channels=1, frozen=frozen), Conv(1, 4, 1))
        if norm["norm"] != "instance":
            yield chain(POINT, GlobalPool(), Norm(**norm, channels=4, frozen=frozen), POINT)
    for act in ACTS:
        yield from between(act)
        yield chain(POINT, MaxPool(1), act, POINT)
        yield chain(POINT, act, act, POINT)
    for window in WINDOWS:
        yield from between(MaxPool(*window))
        for counted in (True, False):
            yield from between(AvgPool(*(*window, False)[:4], counted))
    for kernel, stride in ((3, 1), (3, 2), (2, 1), (2, 2), (4, 2), (5, 2), (1, 1), (1, 2), (3, 3)):
        yield from between(BlurPool(4, kernel, stride))
    for op, channels in MOVES:
        yield from between(op, channels)
    yield from between(ConvTranspose(4, 4, 3, 2, 1, 1, groups=2, bias=True))
    for size in (1, 2, (1, 3), (3, 1), 8):
        yield from between(AdaptiveAvgPool(size))
        yield from between(AdaptiveMaxPool(size))
    for over in ("space", "channels", "height", "width"):
        reductions: list[Operation] = [Sum(over), Max(over), *([Mean(over)] if over != "space" else [GlobalPool()])]
        for reduction, before in product(reductions, (POINT, ROWS, Conv(4, 1, 1))):
            yield chain(before, reduction, Affine(2.0))
    for rate, drop in product((0.0, 0.3), DROPS):
        yield from between(Dropout(rate, *drop))  # type: ignore[arg-type]
        yield chain(Conv(4, 1, 1), Dropout(rate, *drop), Conv(1, 4, 1))  # type: ignore[arg-type]
    for op in (
        Scale(0),
        Scale(4),
        *(Affine(scale, shift) for scale, shift in ((2.0, 0.0), (0.0, 0.5), (1.0, 0.5), (-1.0, 1.0))),
        Softmax("space"),
    ):
        yield from between(op)
    for parts in (1, 2, 4):
        yield from between(Softmax("parts", parts))


def convolutions() -> Iterator[Draw]:
    for weights, groups in product(("plain", "standardized", "scaled"), (1, 2, 4)):
        yield chain(POINT, Conv(4, 4, 3, 1, 1, 1, groups, weights=weights), POINT)
    for window in ((1, 2), (1, 3), ((3, 1), (2, 1))):
        yield chain(POINT, Conv(4, 4, *window), POINT)
    yield chain(POINT, Conv(4, 1, 3, padding=1, bias=True), Conv(1, 4, 1))
    for kernel in (1, 3):
        yield chain(POINT, GlobalPool(), ChannelConv(kernel), POINT)
    yield chain(POINT, Linear(4, 5), RELU)
    yield chain(POINT, Linear(4, 1), Linear(1, 4), POINT)


def tokens() -> Iterator[Draw]:
    """Tokens and vectors, begun with channels last or not."""
    for before in ((POINT,), (ROWS,), (Conv(4, 1, 1),), (POINT, BATCH)):
        channels = 1 if before == (Conv(4, 1, 1),) else 4
        last = Linear(channels, 3)
        yield chain(*before, Tokens(), last)
        yield chain(*before, Tokens(), Norm("layer", channels), last)
        yield chain(*before, Tokens(), Scale(channels), last)
        yield chain(*before, Tokens(), Take(), last)
        yield chain(*before, Tokens(), Take(), RELU, last)
        yield chain(*before, GlobalPool(), Flatten(), Norm("layer", channels), last)
        yield chain(*before, GlobalPool(), Flatten(), Scale(channels), Softmax("parts", channels), last)
        for steps in ((), (Tokens(),), (RELU,), (Tokens(), ROWS if channels == 4 else Linear(1, 1), RELU)):
            yield lambda builder, ops=(*before, *steps): flattened(builder, ops)
            yield lambda builder, ops=(*before, *steps): placed(builder, ops)


def flattened(builder: Builder, operations: tuple[Operation, ...]) -> None:
    chain(*operations, Flatten())(builder)
    builder.add(Linear(builder.types[builder.nodes[-1].outputs[0]].channels, 3))


def placed(builder: Builder, operations: tuple[Operation, ...]) -> None:
    chain(*operations, *([] if Tokens() in operations else [Tokens()]))(builder)
    builder.add(Position(*builder.types[builder.nodes[-1].outputs[0]].shape))
    builder.add(Linear(builder.types[builder.nodes[-1].outputs[0]].channels, 3))


OPERANDS = {
    "x": "the first convolution's", "in": "the image", "p": "another map", "g": "one pixel", "i": "one pixel of the image",
    "1": "one channel", "h": "one row", "w": "one column", "l": "channels last", "s": "a gate",
}  # fmt: skip
PRODUCTS = (
    "x", "x x", "x p", "x in", "in x", "in in", "x g", "g x", "x 1", "1 x", "x h", "h w", "x x x", "x p g", "x in p",
    "in x p", "in in x",
    "g h x", "l x", "x l", "s x", "x s", "x i", "i x", "1 g", "x x p", "p x x", "l l", "l g", "g l", "x p x", "g g x", "1 1",
)  # fmt: skip


def operand(builder: Builder, word: str, first: str) -> str:
    ops: dict[str, tuple[Operation, ...]] = {
        "p": (POINT,), "g": (GlobalPool(),), "i": (GlobalPool(),), "1": (Conv(4, 1, 1),), "h": (Sum("height"),),
        "w": (Mean("width"),),
        "l": (ROWS,), "s": (POINT, Act("sigmoid")),
    }  # fmt: skip
    value = "x" if word in ("in", "i") else first
    for op in ops.get(word, ()):
        value = builder.add(op, value)
    return value


def joined(op: Operation, words: str) -> Draw:
    def draw(builder: Builder) -> None:
        first = builder.add(POINT)
        builder.add(op, *[operand(builder, word, first) for word in words.split()])
        builder.add(Conv(builder.types[builder.nodes[-1].outputs[0]].channels, 4, 1))

    return draw


def several() -> Iterator[Draw]:
    """Operations of several operands: broadcast, the same twice, without a gradient; and lists."""
    for op, words in product((Mul(), Div(), Add(), Concat(), Concat("height"), Concat("width")), PRODUCTS):
        if not isinstance(op, Div) or len(words.split()) == 2:
            yield joined(op, words)
    for act in ACTS:
        yield lambda builder, act=act: gated(builder, act)
    for parts, before, inner, op in product((1, 2, 4), (POINT, ROWS), ((), (RELU,)), (Add(), Mul(), Concat())):
        yield lambda builder, case=(parts, before, inner, op): halves(builder, *case)


def gated(builder: Builder, act: Act) -> None:
    """An activation beside what it reads, and after a sum that it could write over."""
    x = builder.add(POINT)
    y = builder.add(Mul(), x, builder.add(act, x))
    builder.add(act, builder.add(Add(), y, builder.add(POINT, y)))
    builder.add(POINT)


def halves(builder: Builder, parts: int, before: Operation, inner: tuple[Operation, ...], op: Operation) -> None:
    builder.add(before)
    values = builder.add_all(Split(parts))
    for each in inner:
        values = tuple(builder.add(each, value) for value in values)
    builder.add(op, *values)
    builder.add(Conv(builder.types[builder.nodes[-1].outputs[0]].channels, 4, 1))


def mixtures() -> Iterator[Draw]:
    for along, groups, blocks, of in product(("height", "width"), (1, 2, 4), (1, 2, 3), ("x", "in", "l")):
        yield lambda builder, case=(along, groups, blocks, of): mixed(builder, *case)


def mixed(builder: Builder, along: Any, groups: int, blocks: int, of: str) -> None:
    first = builder.add(POINT)
    matrix = builder.add(AdaptiveMaxPool(blocks), builder.add(Conv(4, groups, 1), first))
    builder.add(Mix(along), operand(builder, of, first), matrix)
    builder.add(POINT)


def attentions() -> Iterator[Draw]:
    """Query, key and value: each of a linear layer (`l`), the tokens themselves (`x`), or those of the image (`in`)."""
    for heads, width, pooled in product((1, 2, 4), (4, 8, 12), (False, True)):
        yield lambda builder, case=(heads, ("l", "l", "l"), (4, 4, width), pooled): attended(builder, *case)
    for heads, operands in product((1, 2), ("lll", "llx", "lxl", "xll", "lxx", "xlx", "xxl", "xxx", "iil", "lii", "ill")):
        yield lambda builder, case=(heads, tuple(operands), (4, 4, 4), False): attended(builder, *case)
    yield lambda builder: attended(builder, 2, ("l", "l", "l"), (8, 8, 4), pooled=False)


def attended(builder: Builder, heads: int, operands: tuple[str, ...], widths: tuple[int, ...], pooled: bool) -> None:
    x = builder.add(Tokens(), builder.add(POINT))
    image = builder.add(Tokens(), "x")
    other = builder.add(Tokens(), builder.add(MaxPool(2, 2, 0, ceil=True), builder.nodes[0].name)) if pooled else x
    sources = [
        builder.add(Linear(4, width), x if place == 0 else other) if word == "l" else (image if word == "i" else x)
        for place, (word, width) in enumerate(zip(operands, widths, strict=True))
    ]
    builder.add(Attention(heads), *sources)
    builder.add(Linear(widths[2], 3))


def graphs(shape: tuple[int, int, int]) -> dict[str, Graph]:
    """By its operations: every case that an image of this shape can be, each once."""
    found: dict[str, Graph] = {}
    for draw in (*single(), *convolutions(), *tokens(), *several(), *mixtures(), *attentions()):
        builder = Builder(*shape)
        try:
            draw(builder)
        except (ShapeError, ValueError):
            continue
        name = "; ".join(f"{node.op!r} {' '.join(node.inputs)}" for node in builder.nodes)
        found[name] = builder.graph()
    return found
