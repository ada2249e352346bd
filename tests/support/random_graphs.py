"""Random operations and random graphs, valid by construction: what laws of the graph, and backends, are tried on."""

from math import gcd
from random import Random
from typing import get_args

from graph_builder import Builder, typed

from archc.ir import ops
from archc.ir.graph import Graph, ScopeArgument
from archc.ir.norms import ACTIVATIONS, NORMS, NormName
from archc.ir.op import Init
from archc.ir.ops import OPERATIONS, Operation
from archc.ir.types import ShapeError, Sides, TensorType

KINDS = tuple(OPERATIONS)


def random_type(random: Random) -> TensorType:
    """A small map, tokens or a vector."""
    shapes = (
        (random.choice((1, 2, 4, 6, 8)), random.randint(1, 12), random.randint(1, 12)),
        (random.choice((4, 8)), 1, 1),
        (random.randint(1, 9), random.choice((2, 4, 8))),
        (random.choice((1, 2, 4, 8)),),
    )
    return typed(random.choice(shapes))


def divisor(random: Random, number: int) -> int:
    return random.choice([n for n in range(1, number + 1) if number % n == 0])


def random_window(random: Random, kernel: int, stride: int) -> tuple[Sides, Sides, Sides]:
    """Kernel, stride and padding, sometimes unlike for rows and columns."""
    padding = random.randint(0, kernel // 2)
    oblong: tuple[Sides, Sides, Sides] = ((kernel, kernel + 1), stride, padding)
    if stride > 1 and padding:
        oblong = ((kernel, 1), (1, stride), (padding, 0))
    return random.choice(((kernel, stride, padding), oblong))


def random_transposed(random: Random, channels: int, window: tuple[Sides, Sides, Sides]) -> Operation:
    groups, stride = divisor(random, channels), window[1]
    more = random.randrange(stride) if isinstance(stride, int) else 0
    out, dilation = groups * random.choice((1, 2, 4)), random.choice((1, 1, 2, (2, 1)))
    return ops.ConvTranspose(channels, out, *window, more, dilation, groups, random.random() < 0.5)


def random_op(random: Random, kind: str, type_: TensorType) -> Operation:
    """An operation of this kind whose channels are those of `type_`; its windows need not fit."""
    c = type_.channels
    kernel, stride = random.choice((1, 2, 3, 3, 5)), random.choice((1, 1, 2, 3))
    window = random_window(random, kernel, stride)
    ceil = random.random() < 0.5
    match OPERATIONS[kind].kind:
        case ops.Conv.kind:
            groups, out = divisor(random, c), random.choice((1, 2, 4))
            weights = random.choice(("plain", "plain", "standardized", "scaled"))
            bias = random.random() < 0.5
            dilation = random.choice((1, 1, 2, (2, 1)))
            return ops.Conv(c, out * groups, *window, dilation, groups, bias, weights, 1e-5, 1.5)
        case ops.ConvTranspose.kind:
            return random_transposed(random, c, window)
        case ops.Linear.kind:
            return ops.Linear(c, random.choice((1, 2, 4, 8)), random.random() < 0.5)
        case ops.ChannelConv.kind:
            return ops.ChannelConv(random.choice((1, 3, 5)))
        case ops.Norm.kind:
            norm = random.choice(get_args(NormName)) if type_.is_map else "layer"
            groups = divisor(random, c) if norm in ("group", "evonorm_s0") else 1
            linear = NORMS[norm].gate != "" and random.random() < 0.5
            return ops.Norm(
                norm, c, random.choice((1e-5, 1e-3)), random.choice((0.1, 0.3)), groups, norm == "batch" and ceil, linear
            )
        case ops.Act.kind:
            act = random.choice(list(ACTIVATIONS))
            return ops.Act(act, {"leaky_relu": 0.1, "elu": 0.7, "celu": 0.7}.get(act, 0.0))
        case ops.Softmax.kind:
            over_space = type_.is_map and ceil
            return ops.Softmax("space") if over_space else ops.Softmax("parts", divisor(random, c))
        case ops.Affine.kind:
            return ops.Affine(random.choice((1.0, -1.0, 0.5)), random.choice((0.0, 1.0)))
        case ops.Scale.kind:
            return ops.Scale(random.choice((0, c)), 0.5)
        case ops.Dropout.kind:
            return ops.Dropout(random.choice((0.0, 0.25)), random.choice(("elements", "path", "channels")), random.choice((3, 7)))
        case ops.MaxPool.kind:
            return ops.MaxPool(*window, ceil)
        case ops.AvgPool.kind:
            return ops.AvgPool(*window, ceil, random.random() < 0.5)
        case ops.BlurPool.kind:
            return ops.BlurPool(c, random.choice((2, 3, 4, 5)), stride)
        case ops.GlobalPool.kind:
            return ops.GlobalPool()
        case ops.AdaptiveAvgPool.kind:
            return ops.AdaptiveAvgPool(random.choice((1, 2, 3, 4, (2, 3), (1, 4))))
        case ops.AdaptiveMaxPool.kind:
            return ops.AdaptiveMaxPool(random.choice((1, 2, 3, 4, (2, 3), (1, 4))))
        case ops.Sum.kind:
            return ops.Sum(random.choice(("space", "channels", "height", "width")))
        case ops.Mean.kind:
            return ops.Mean(random.choice(("channels", "height", "width")))
        case ops.Max.kind:
            return ops.Max(random.choice(("space", "channels", "height", "width")))
        case ops.Pad.kind:
            left, right, top, bottom = (random.randint(0, 2) for _ in range(4))
            return ops.Pad(left, right, top, bottom)
        case ops.Subsample.kind:
            return ops.Subsample(stride)
        case ops.SpaceToDepth.kind:
            return ops.SpaceToDepth(divisor(random, gcd(*type_.spatial)) if type_.is_map else 2)
        case ops.PixelShuffle.kind:
            return ops.PixelShuffle(2 if c % 4 == 0 else 1)
        case ops.Concat.kind:
            return ops.Concat(random.choice(("channels", "channels", "height", "width")) if type_.is_map else "channels")
        case ops.Mix.kind:
            return ops.Mix(random.choice(("height", "width")))
        case ops.Split.kind:
            return ops.Split(divisor(random, c))
        case ops.PadChannels.kind:
            return ops.PadChannels(random.randint(0, 2), random.randint(0, 2))
        case ops.Shuffle.kind:
            groups = divisor(random, c)
            return ops.Shuffle(groups, divisor(random, c // groups))
        case ops.Position.kind:
            return ops.Position(type_.shape[0], c)
        case ops.Attention.kind:
            return ops.Attention(divisor(random, c))
        case ops.Take.kind:
            return ops.Take(random.randrange(type_.shape[0]))
        case _:
            simple: tuple[type[Operation], ...] = (ops.Identity, ops.Add, ops.Mul, ops.Div, ops.Flatten, ops.Tokens)
            return {cls.kind: cls for cls in simple}[kind]()


def random_graph(random: Random, size: int = 12, *, kinds: tuple[str, ...] = KINDS) -> Graph:
    """About `size` random operations in nested scopes; loose ends are pooled, flattened and joined in a vector."""
    builder = Builder(random.choice((2, 4, 6)), random.randint(6, 12), random.randint(6, 12))
    values = ["x"]
    for number in range(size):
        if random.random() < 0.3:
            _open_scope(random, builder, number)
        values += _step(random, builder, values, kinds)
    builder.outside()
    used = {value for node in builder.nodes for value in node.inputs}
    loose = [node.outputs[0] for node in builder.nodes if not used.intersection(node.outputs)] or ["x"]
    ends = [_vector(builder, value) for value in loose]
    builder.add(ops.Concat(), *ends, name="ends")
    return builder.graph()


def _open_scope(random: Random, builder: Builder, number: int) -> None:
    outer = random.choice(builder.scopes)
    passed = [a for a in outer.arguments if random.random() < 0.5]
    arguments = [ScopeArgument(a.name, a.value, a.name) for a in passed]
    if not arguments:
        arguments = [ScopeArgument("width", random.choice((1, 2, 4))), ScopeArgument("stride", random.choice((1, 2)))]
    path = f"{outer.path}.part{number}" if outer.path else f"part{number}"
    builder.inside(path, random.choice(("block", "module")), "unit", arguments, random.choice(("main", "main", "insert")))


def _step(random: Random, builder: Builder, values: list[str], kinds: tuple[str, ...]) -> tuple[str, ...]:
    """One operation that fits one of the values."""
    while True:
        value = random.choice(values[-6:])
        type_ = builder.types[value]
        op = random_op(random, random.choice(kinds), type_)
        operands = [value]
        if isinstance(op, ops.Add | ops.Mul | ops.Concat):
            operands += random.choices(values, k=random.choice((1, 1, 2)))
        elif isinstance(op, ops.Div | ops.Mix):
            operands += random.choices(values)
        elif isinstance(op, ops.Attention):
            operands *= 3
        try:
            op.infer(*(builder.types[name] for name in operands))
        except ShapeError:
            continue
        if isinstance(op, ops.Div):  # by what is between 1 and 2
            operands[1] = builder.add(ops.Affine(1.0, 1.0), builder.add(ops.Act("sigmoid"), operands[1]))
        named = {"width": "out_channels", "stride": "stride"}
        scope = next(s for s in builder.scopes if s.path == builder.scope)
        arguments = tuple(
            (named[a.name], a.name)
            for a in scope.arguments
            if getattr(op, named[a.name], None) == a.value and random.random() < 0.7
        )
        owned = op.parameters()
        init = ((owned[0].name, Init("constant", 0.5)),) if owned and random.random() < 0.2 else ()
        role = random.choice(("main", "main", "shortcut", "insert"))
        return builder.add_all(op, *operands, arguments=arguments, init=init, role=role)


def _vector(builder: Builder, value: str) -> str:
    type_ = builder.types[value]
    if type_.is_map:
        value = builder.add(ops.GlobalPool(), value)
    return value if type_.is_vector else builder.add(ops.Flatten(), value)
