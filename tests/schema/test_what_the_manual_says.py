"""Sentences of docs/language.md that settle what two readers might read differently, each held by what the network computes."""

import math
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from archc.analyse.verify.interpreter import run
from archc.compile.pipeline import compile_spec
from archc.diagnostics import SpecError
from archc.ir import ops
from archc.ir.graph import Graph
from archc.language.expressions.evaluate import evaluate
from archc.language.expressions.parse import parse

TEXT = " ".join((Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8").split())
SENTENCES: dict[str, Callable[[Path], None]] = {}


def says(*sentences: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """The sentences that a check holds."""

    def register(check: Callable[[Path], None]) -> Callable[[Path], None]:
        SENTENCES.update(dict.fromkeys(sentences, check))
        return check

    return register


def network(folder: Path, head: str, *, channels: int = 3, height: int = 6, width: int = 4, more: str = "") -> Graph:
    """A network whose steps are all in its head, one a line; the one stage that it must have changes nothing, by its weight."""
    steps = "".join(f"  {line.strip()}\n" for line in head.strip().splitlines())
    size = f"{{channels: {channels}, height: {height}, width: {width}, fixed: true}}"
    path = folder / "net.yaml"
    block = "{kind: conv, kernel: 1, norm: none, order: {each: [conv]}, shortcut: none, conv: {kind: plain, bias: false}}"
    stages = f"{{s: {{out: {channels}, repeat: 1}}}}"
    path.write_text(f"archc: 1\nname: net\ninput: {size}\nstem: {{}}\nblock: {block}\nstages: {stages}\n{more}head:\n{steps}")
    return graph_of(path)


def graph_of(path: Path) -> Graph:
    try:
        return compile_spec(path).graph
    except SpecError as error:  # whether `fixed` is needed depends on the operation
        if {problem.code for problem in error.diagnostics} != {"E0354"}:
            raise
    path.write_text(path.read_text().replace(", fixed: true", ""))
    return compile_spec(path).graph


def image(graph: Graph) -> Tensor:
    torch.manual_seed(3)
    return torch.randn(2, *graph.types[graph.input].shape, dtype=torch.float64)


def computed(graph: Graph, x: Tensor, tensors: dict[str, Tensor] | None = None) -> Tensor:
    """What comes out, with a stage that gives on what it reads."""
    return run(graph, unit(graph) | (tensors or {}), x)


def unit(graph: Graph) -> dict[str, Tensor]:
    channels = graph.types[graph.input].channels
    return {"s.0.conv1.weight": torch.eye(channels, dtype=torch.float64)[:, :, None, None]}


def names_of(graph: Graph) -> list[str]:
    """The tensors of the head."""
    return [name for name, *_ in graph.parameters() if name.startswith("head.")]


def blocks(
    folder: Path,
    block: str = "",
    *,
    stages: str = "layer1: {out: 8, repeat: 1}",
    stem: str = "conv: {kernel: 3, out: 8}",
    more: str = "",
) -> Graph:
    path = folder / "net.yaml"
    path.write_text(
        "archc: 1\nname: net\ninput: {channels: 3, height: 32, width: 32}\nhead: {}\n"
        f"stem: {{{stem}}}\nblock: {{kind: basic, order: post, shortcut: B{block}}}\nstages: {{{stages}}}\n{more}"
    )
    return compile_spec(path).graph


def within(graph: Graph, scope: str) -> list[str]:
    return [node.local for node in graph.nodes if node.scope == scope]


@says(
    "all channels of one pixel stand together",
    "channel (dy·block + dx)·C + c of the result is pixel (dy, dx) of each square",
)
def space_to_depth(folder: Path) -> None:
    graph = network(folder, "y: {op: space_to_depth, block: 2}")
    x = image(graph)
    y = computed(graph, x)
    assert all(torch.equal(y[:, (dy * 2 + dx) * 3 + c], x[:, c, dy::2, dx::2]) for dy, dx, c in product((0, 1), (0, 1), range(3)))


@says(
    "`conv_transpose` adds, for each position and channel of the map, its filter times that value to a window of the result;",
    "windows lie a stride apart, the filter's elements a dilation, and `padding` cuts so much off every side.",
    "Group g of the outputs reads group g of the inputs.",
    "s(L − 1) + d(k − 1) + 1 − 2p + o of a length L",
)
def conv_transpose(folder: Path) -> None:
    step = "{op: conv_transpose, kernel: 3, stride: 3, padding: 1, output_padding: 2, dilation: 2, groups: 2, out: 6}"
    graph = network(folder, f"y: {step}", channels=4)
    x, weight = image(graph), torch.randn(4, 3, 3, 3, dtype=torch.float64)
    whole = torch.zeros(2, 6, 3 * x.shape[2] + 8, 3 * x.shape[3] + 8, dtype=torch.float64)
    for c, i, j in product(range(4), range(x.shape[2]), range(x.shape[3])):
        group = c // 2 * 3
        whole[:, group : group + 3, 3 * i : 3 * i + 5 : 2, 3 * j : 3 * j + 5 : 2] += x[:, c, i, j, None, None, None] * weight[c]
    sides = [3 * (length - 1) + 2 * 2 + 1 - 2 + 2 for length in x.shape[2:]]
    y = computed(graph, x, {"head.y.weight": weight})
    assert torch.allclose(y, whole[:, :, 1 : 1 + sides[0], 1 : 1 + sides[1]], rtol=0, atol=1e-12)


@says("Its fan in is `out`/`groups`·k·k and its fan out C·k·k, as torch counts them.")
def transposed_fans(folder: Path) -> None:
    graph = network(folder, "y: {op: conv_transpose, kernel: 3, out: 8, groups: 2}", channels=4)
    [shape] = [shape for name, _, shape, _ in graph.parameters() if name == "head.y.weight"]
    assert torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape)) == (4 * 9, 4 * 9)


@says("channel c·block² + dy·block + dx becomes pixel (dy, dx) of channel c", "One does not undo the other.")
def pixel_shuffle(folder: Path) -> None:
    graph = network(folder, "y: {op: pixel_shuffle, block: 2}", channels=12)
    x = image(graph)
    y = computed(graph, x)
    assert all(torch.equal(y[:, c, dy::2, dx::2], x[:, c * 4 + dy * 2 + dx]) for dy, dx, c in product((0, 1), (0, 1), range(3)))
    both = network(folder, "down: {op: space_to_depth, block: 2}\ny: {op: pixel_shuffle, block: 2}")
    assert not torch.equal(computed(both, image(both)), image(both))


@says(
    "`blur_pool` pads every side by (`stride` + `kernel` − 2) // 2, by reflection without the border's own pixel",
    "the outer product of row `kernel` − 1 of Pascal's triangle with itself, of sum one",
)
def blur_pool(folder: Path) -> None:
    for kernel, stride in ((3, 2), (3, 1), (5, 2), (4, 2), (2, 1)):
        graph = network(folder, f"y: {{op: blur_pool, kernel: {kernel}, stride: {stride}}}", height=7, width=6)
        row = torch.tensor([math.comb(kernel - 1, i) for i in range(kernel)], dtype=torch.float64)
        filt = row[:, None] * row / 4 ** (kernel - 1)
        [name] = names_of(graph)
        x, p = image(graph), (stride + kernel - 2) // 2

        def mirrored(place: int, length: int) -> int:
            return -place if place < 0 else 2 * (length - 1) - place if place >= length else place

        rows = [mirrored(place, 7) for place in range(-p, 7 + p)]
        columns = [mirrored(place, 6) for place in range(-p, 6 + p)]
        wide = x[:, :, rows][:, :, :, columns]
        expected = (wide.unfold(2, kernel, stride).unfold(3, kernel, stride) * filt).sum((-1, -2))
        torch.testing.assert_close(computed(graph, x, {name: filt.expand(3, 1, -1, -1)}), expected)


@says("An adaptive pool's window i of n over a length L reaches from ⌊i·L/n⌋ to before ⌈(i + 1)·L/n⌉")
def adaptive(folder: Path) -> None:
    for op, reduce in (("adaptive_avg_pool", torch.mean), ("adaptive_max_pool", torch.amax)):
        graph = network(folder, f"y: {{op: {op}, size: [4, 3]}}", height=7, width=5)
        x = image(graph)

        def part(i: int, n: int, length: int) -> slice:
            return slice(math.floor(i * length / n), math.ceil((i + 1) * length / n))

        expected = [[reduce(x[:, :, part(i, 4, 7), part(j, 3, 5)], (2, 3)) for j in range(3)] for i in range(4)]
        torch.testing.assert_close(computed(graph, x), torch.stack([torch.stack(row, -1) for row in expected], -2))


@says("The divisor of an average pool is the part of the window that lies within map and padding;")
def average_pool(folder: Path) -> None:
    for include in ("true", "false"):
        text = f"y: {{op: avg_pool, kernel: 3, stride: 2, padding: 1, ceil: true, count_include_pad: {include}}}"
        graph = network(folder, text, height=6, width=6)
        x = image(graph)
        y = computed(graph, x)
        low, high = (-1, 7) if include == "true" else (0, 6)
        for i in range(y.shape[2]):
            begin = 2 * i - 1
            count = min(begin + 3, high) - max(begin, low)
            total = x[0, 0, max(begin, 0) : min(begin + 3, 6), max(begin, 0) : min(begin + 3, 6)].sum()
            torch.testing.assert_close(y[0, 0, i, i], total / count**2)


@says("`pad_channels` with `zeros: both` puts (`out` − C) // 2 in front and the rest behind")
def pad_channels(folder: Path) -> None:
    graph = network(folder, "y: {op: pad_channels, out: 8, zeros: both}")
    y = computed(graph, image(graph))
    assert [bool(y[:, c].any()) for c in range(8)] == [False] * 2 + [True] * 3 + [False] * 3


@says("`split` gives neighbouring channels to a part, in order", "`flatten` goes by channel, then row, then column")
def split(folder: Path) -> None:
    graph = network(
        folder,
        "parts: {op: split, parts: 3}\nback: {op: concat, of: [parts.2, parts.0, parts.1]}\ny: {op: flatten}",
        channels=6,
    )
    x = image(graph)
    assert torch.equal(computed(graph, x), x[:, [4, 5, 0, 1, 2, 3]].reshape(2, -1))


@says("takes the channels as (part, c), and is over the parts for each c", "it is over all of H·W for each channel")
def softmax(folder: Path) -> None:
    graph = network(folder, "y: {op: softmax, over: parts, parts: 2}", channels=6)
    x = image(graph)
    exps = x.exp()
    expected = torch.cat([exps[:, :3], exps[:, 3:]], 1) / (exps[:, :3] + exps[:, 3:]).repeat(1, 2, 1, 1)
    torch.testing.assert_close(computed(graph, x), expected)
    space = network(folder, "y: {op: softmax, over: space}")
    x = image(space)
    torch.testing.assert_close(computed(space, x), x.exp() / x.exp().sum((2, 3), keepdim=True))


@says("and divides the products by the root of the query's channels per head.")
def attention(folder: Path) -> None:
    graph = network(folder, "t: {op: tokens}\ny: {op: attention, heads: 2, of: [t, t, t]}", channels=6)
    x = image(graph)
    t = x.flatten(2).transpose(1, 2)
    heads = [t[..., :3], t[..., 3:]]
    torch.testing.assert_close(
        computed(graph, x), torch.cat([(h @ h.transpose(1, 2) / math.sqrt(3)).softmax(-1) @ h for h in heads], -1)
    )


@says(
    "A convolution is a cross-correlation", "Group g of the outputs reads group g of the inputs, both of neighbouring channels."
)
def convolution(folder: Path) -> None:
    graph = network(folder, "y: {op: conv, kernel: 2, padding: 0, out: 4, groups: 2}", channels=6)
    x, weight = image(graph), torch.arange(48, dtype=torch.float64).reshape(4, 3, 2, 2)
    [name] = names_of(graph)
    y = computed(graph, x, {name: weight})
    for out in range(4):
        group = out // 2
        torch.testing.assert_close(y[:, out, 0, 0], (x[:, group * 3 : group * 3 + 3, :2, :2] * weight[out]).sum((1, 2, 3)))


@says("mean and biased variance over a filter's C/`groups`·k·k weights, which are the `fan_in` of `scaled` too.")
def standardized(folder: Path) -> None:
    graph = network(folder, "y: {op: conv, kernel: 3, padding: 0, out: 4, groups: 2}", channels=6, more="conv: scaled\n")
    shapes = {key: shape for key, _, shape, _ in graph.parameters() if key.startswith("head.")}
    tensors = {key: torch.randn(shape, dtype=torch.float64) for key, shape in shapes.items()}
    weight, gain = tensors["head.y.weight"], tensors["head.y.gain"]
    rows = weight.reshape(4, 27)
    deviation = ((rows - rows.mean(1, keepdim=True)) ** 2).mean(1, keepdim=True).add(1e-6).sqrt()
    filters = (rows - rows.mean(1, keepdim=True)) / deviation * gain.reshape(4, 1) / math.sqrt(27)
    x = image(graph)
    torch.testing.assert_close(computed(graph, x, tensors), functional.conv2d(x, filters.reshape(weight.shape), groups=2))


@says("`channel_conv` pads with (k − 1) / 2 zeros.")
def channel_conv(folder: Path) -> None:
    graph = network(folder, "pool: {op: global_pool}\ny: {op: channel_conv, kernel: 3}", channels=5)
    [name] = names_of(graph)
    x, weight = image(graph), torch.tensor([[[1.0, 2.0, 4.0]]], dtype=torch.float64)
    means = functional.pad(x.mean((2, 3)), (1, 1))
    expected = means[:, :-2] + 2 * means[:, 1:-1] + 4 * means[:, 2:]
    torch.testing.assert_close(computed(graph, x, {name: weight}).flatten(1), expected)


@says(
    "`hard_sigmoid` is x/6 + 1/2, at least 0 and at most 1; `hard_swish` is x times that;",
    "`hard_mish` is x/2 times x + 2, that at least 0",
    "`softsign` is x/(1 + |x|).",
    "`elu` below zero is slope·(eˣ − 1), `celu` slope·(e^(x/slope) − 1).",
)
def activations(folder: Path) -> None:
    formulas: dict[str, Callable[[float], float]] = {
        "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
        "hard_swish": lambda x: x * min(max(x / 6 + 0.5, 0), 1),
        "hard_mish": lambda x: x / 2 * min(max(x + 2, 0), 2),
        "softsign": lambda x: x / (1 + abs(x)),
        "elu": lambda x: x if x > 0 else 0.5 * (math.exp(x) - 1),
        "celu": lambda x: x if x > 0 else 0.5 * (math.exp(x / 0.5) - 1),
    }
    for kind, formula in formulas.items():
        slope = ", slope: 0.5" if kind in ("elu", "celu") else ""
        graph = network(folder, f"y: {{op: act, kind: {kind}{slope}}}")
        x = 4 * image(graph)
        expected = torch.tensor([formula(float(value)) for value in x.flatten()], dtype=torch.float64).reshape(x.shape)
        torch.testing.assert_close(computed(graph, x), expected)


@says("`add` also takes maps C×H×W together with maps C×1×1, which are added to every pixel.")
def add(folder: Path) -> None:
    graph = network(folder, "mean: {op: global_pool}\ny: {op: add, of: [x, mean]}")
    x = image(graph)
    torch.testing.assert_close(computed(graph, x), x + x.mean((2, 3), keepdim=True))


@says(
    "A batch norm divides by the biased variance of the batch and keeps the unbiased one;",
    "every `eps` is added to a variance, below the root.",
    "Groups are of neighbouring channels.",
)
def norms(folder: Path) -> None:
    graph = network(folder, "y: {op: norm, kind: batch, eps: 0.5}")
    x = image(graph)
    one, zero = torch.ones(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    tensors = {"head.y.weight": one, "head.y.bias": zero, "head.y.running_mean": zero.clone(), "head.y.running_var": zero.clone()}
    variance, mean = torch.var_mean(x, (0, 2, 3), correction=0, keepdim=True)
    torch.testing.assert_close(run(graph, unit(graph) | tensors, x, training=True), (x - mean) / (variance + 0.5).sqrt())
    torch.testing.assert_close(tensors["head.y.running_var"], 0.1 * torch.var(x, (0, 2, 3), correction=1))
    group = network(folder, "y: {op: norm, kind: group, groups: 2, eps: 0.5}", channels=6)
    x = image(group)
    parts = [
        (part - part.mean((1, 2, 3), keepdim=True)) / (part.var((1, 2, 3), correction=0, keepdim=True) + 0.5).sqrt()
        for part in x.chunk(2, 1)
    ]
    tensors = {"head.y.weight": torch.ones(6, dtype=torch.float64), "head.y.bias": torch.zeros(6, dtype=torch.float64)}
    torch.testing.assert_close(computed(group, x, tensors), torch.cat(parts, 1))


def convolution_of(graph: Graph, name: str) -> tuple[str, bool, float]:
    [op] = [node.op for node in graph.nodes if node.name == name]
    assert isinstance(op, ops.Conv)
    return op.weights, op.bias, op.eps


@says("A restated one, a unit's `conv:` too, keeps the outer `bias` unless it says its own; a word, and a map with `kind`")
def restated_convolutions(folder: Path) -> None:
    outer = "conv: {kind: standardized, bias: true, eps: 1e-3}\n"
    expected = {
        "plain": ("plain", True),
        "standardized": ("standardized", True, 1e-6),
        "{kind: standardized}": ("standardized", True, 1e-6),
        "{eps: 1e-4}": ("standardized", True, 1e-4),
        "{bias: false}": ("standardized", False, 1e-3),
    }
    found = {}
    for said, wanted in expected.items():
        graph = network(folder, f"conv: {{kernel: 1, out: 3, conv: {said}}}", more=outer)
        found[said] = convolution_of(graph, "head.conv")[: len(wanted)]
    assert found == expected


@says("`norm` or `act` that says its `kind` is a whole one: what it does not say is at its default, whatever the outer one says;")
def restated_norms(folder: Path) -> None:
    graph = network(
        folder, "conv: {kernel: 1, out: 3, norm: {kind: batch, momentum: 0.5}}", more="norm: {kind: batch, eps: 1e-2}\n"
    )
    [norm] = [node.op for node in graph.nodes if isinstance(node.op, ops.Norm)]
    assert (norm.eps, norm.momentum) == (1e-5, 0.5)


@says(
    '"So far" is the product of the `stride` of every step of the stem, of its parallel branches too, and of the stages before',
    "of `[2, 1]` it takes the larger",
    "under `output_stride: 8` becomes a dilation of 4, and a later stage of stride 2 still strides.",
)
def output_stride(folder: Path) -> None:
    def sizes(stem: str, strides: tuple[int, ...], most: int) -> list[int]:
        stages = ", ".join(f"s{i}: {{out: 8, repeat: 1, stride: {stride}}}" for i, stride in enumerate(strides))
        graph = blocks(folder, stages=stages, stem=stem, more=f"output_stride: {most}\n")
        ends = {scope.path: scope.output for scope in graph.scopes}
        return [graph.types[ends[f"s{i}"]].shape[1] for i in range(len(strides))]

    plain = "conv: {kernel: 3, out: 8, stride: 2}, pool: {op: max_pool, kernel: 2, stride: 2}"
    pools = "one: {op: max_pool, kernel: 2, stride: 2}, two: {op: avg_pool, kernel: 2, stride: 2, of: x}"
    assert sizes(plain, (4, 2), 8) == [8, 4]
    assert sizes("conv: {kernel: 3, out: 8, stride: [2, 1]}", (2, 2), 4) == [8, 8]
    assert sizes(f"{pools}, both: {{op: concat, of: [one, two]}}", (2,), 4) == [16]
    assert sizes("down: {op: adaptive_avg_pool, size: 16}", (2, 2), 2) == [8, 8]


@says("those `after` the node in front come first, then those `before` the node behind. What stands after an inserted step")
def insertions(folder: Path) -> None:
    places = ("b1 before norm1", "a1 after conv1", "b2 before norm1", "a2 after a1", "a3 after conv1")
    steps = ", ".join(f"{name}: {{op: act, kind: tanh, {where}: {node}}}" for name, where, node in map(str.split, places))
    graph = blocks(folder, f", insert: {{{steps}}}")
    assert within(graph, "layer1.0")[:7] == ["conv1", "a1", "a2", "a3", "b1", "b2", "norm1"]


@says(
    "`stride` is what its step at `stride_at` receives",
    "`dilation` that of the steps behind `stride_at`, and `change` is `stride != 1 or in != out`.",
    "They are the block's also in a step that is inserted, in a shortcut and in `norm: …` of a stage;",
)
def names_in_blocks(folder: Path) -> None:
    stages = "s0: {out: 8, repeat: 2, stride: 2}, s1: {out: 16, repeat: 2, stride: 2}"

    def made(block: str, more: str = "") -> Graph:
        return blocks(folder, block, stages=stages, more=f"output_stride: 2\n{more}")

    def seen(expression: str) -> list[float]:
        graph = made(f', insert: {{seen: {{op: affine, scale: "{expression}", before: add}}}}')
        return [float(node.op.scale) for node in graph.nodes if isinstance(node.op, ops.Affine)]

    assert [seen(name) for name in ("stride", "dilation", "in", "out", "1 if change else 0")] == [
        [2, 1, 1, 1],
        [1, 1, 2, 2],
        [8, 8, 8, 16],
        [8, 8, 16, 16],
        [1, 0, 1, 0],
    ]
    grouped = 'norm: {kind: group, groups: "out / 4"}'
    norms = [node.op for node in made(f", {grouped}").nodes if isinstance(node.op, ops.Norm) and node.op.norm == "group"]
    assert {norm.groups for norm in norms} == {2, 4}
    with pytest.raises(SpecError, match="E0371"):
        made("", f"{grouped}\n")


@says("rounded down, also below zero", "`%` (`a - a // b * b`)")
def arithmetic(_: Path) -> None:
    assert [evaluate(parse(text), lambda name: 0) for text in ("-7 // 2", "7 // -2", "-7 % 3", "7 % -3")] == [-4, -4, 2, -2]


@says("its fan out `out`·k·k, not divided by `groups`", "C/`groups`·k·k")
def fans(folder: Path) -> None:
    from archc.backend import find_backend

    path = folder / "net.yaml"
    network(folder, "y: {op: conv, kernel: 3, out: 8, groups: 2}", channels=4, more="init: {conv: kaiming_normal_fan_out}\n")
    [file] = find_backend("torch").emit(compile_spec(path)).files
    text = b"".join(file.chunks).decode()
    weight = torch.empty(8, 2, 3, 3)
    assert ('mode="fan_out", nonlinearity="relu"' in text, torch.nn.init._calculate_fan_in_and_fan_out(weight)) == (
        True,
        (18, 72),
    )


@says("`position` begins normal, of deviation 1/√C.")
def position(folder: Path) -> None:
    from archc.live import torch_module

    network(folder, "t: {op: tokens}\ny: {op: position}", channels=64, height=32, width=32)
    torch.manual_seed(0)
    [table] = [tensor for tensor in torch_module(folder / "net.yaml").parameters() if tensor.shape == (1024, 64)]
    assert abs(float(table.detach().std()) * 8 - 1) < 0.02  # of 65,536 numbers: seven deviations of the estimate


@says("`in` of a module is its own first input's, wherever it stands.")
def names_in_modules(folder: Path) -> None:
    (folder / "gate.yaml").write_text(
        "archc: 1\nmodule: gate\nsteps:\n  pool: {op: global_pool}\n  conv: {kernel: 1, out: in, act: none, norm: none}\n"
        "  y: {op: mul, of: [x, conv]}\n"
    )
    graph = blocks(folder, ", insert: {gate: {module: ./gate.yaml, before: add}}", stages="s: {out: 16, repeat: 1, stride: 2}")
    [op] = [node.op for node in graph.nodes if node.scope.endswith("gate") and isinstance(node.op, ops.Conv)]
    assert (op.in_channels, op.out_channels) == (16, 16)


@pytest.mark.parametrize(("sentence", "check"), SENTENCES.items(), ids=[re.sub(r"\W+", "_", text)[:60] for text in SENTENCES])
def test_said_and_so(sentence: str, check: Callable[[Path], None], tmp_path: Path) -> None:
    assert " ".join(sentence.split()) in TEXT
    check(tmp_path)
