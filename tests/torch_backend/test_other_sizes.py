"""A module emitted for a small image is the network at every other size: nothing in it was decided by maps of one pixel."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from rounding import Values, allowed, close, differing
from small_specs import HEAD, graph_of, spec
from torch import Tensor
from torch_backend.live import module_of, source_of, tensors_of

from archc.analyse.verify.interpreter import run
from archc.ir.graph import Graph

BASIC = "{kind: basic, order: %s, shortcut: %s, insert: {%s}}"
STAGES = "{layer1: {out: 16, repeat: 2, stride: 2}, layer2: {out: 32, repeat: 2, stride: 2}}"
PRE = (
    "{kind: basic, order: pre, shortcut: {same: identity, change: {module: projection, of: preact, out: out, stride: stride, "
    "norm: none}}, insert: {%s}}"
)
CONTEXT = "attention: {module: global_context, width: 4, before: add}"
WIDE = "conv: {kernel: 3, stride: 4, out: 16}, "

NETWORKS = {
    "context": (BASIC % ("post", "B", CONTEXT), "{conv: {kernel: 3, out: 16}}", HEAD),
    "context_pre": (PRE % CONTEXT, "{conv: {kernel: 3, out: 16}}", HEAD),
    "pooled_first": (
        BASIC % ("post", "B", ""),
        "{" + WIDE + "pool: {op: global_pool}, c: {op: conv, kernel: 1, out: 16}, y: {op: add, of: [c, act]}}",
        HEAD,
    ),
    "pooled_last": (
        BASIC % ("post", "B", ""),
        "{"
        + WIDE
        + "m: {op: max}, c: {op: conv, kernel: 1, out: 16}, d: {op: conv, kernel: 1, out: 16, of: act}, "
        + "y: {op: add, of: [d, c]}, z: {op: act, kind: relu}}",
        HEAD,
    ),
    "adaptive": (
        BASIC % ("post", "B", ""),
        "{" + WIDE + "m: {op: adaptive_avg_pool, size: 1}, n: {op: norm, kind: layer}, "
        "d: {op: conv, kernel: 1, out: 16, of: act}, y: {op: add, of: [n, d]}}",
        HEAD,
    ),
    "three": (
        BASIC % ("post", "B", ""),
        "{" + WIDE + "m: {op: global_pool}, c: {op: conv, kernel: 1, out: 16}, d: {op: conv, kernel: 1, out: 16}, "
        "e: {op: add, of: [c, d]}, f: {op: conv, kernel: 1, out: 16, of: act}, y: {op: add, of: [e, f]}}",
        HEAD,
    ),
    "spread": (
        BASIC % ("post", "B", "gate: {op: mean, over: height, before: add}, open: {op: mul, of: [gate, norm2], before: add}"),
        "{" + WIDE + "up: {op: softmax, over: space}, q: {op: add, of: [up, act]}}",
        HEAD,
    ),
    "head": (
        BASIC % ("post", "B", ""),
        "{conv: {kernel: 3, out: 16}}",
        "{c: {op: conv, kernel: 1, out: 8}, p: {op: global_pool}, d: {op: conv, kernel: 1, out: 8}, s: {op: add, of: [d, c]}, "
        + HEAD.replace("{pool", "r: {op: act}, pool", 1),
    ),
}


def small(name: str, folder: Path, size: int) -> Graph:
    block, stem, head = NETWORKS[name]
    text = spec(block, stem=stem, stages=STAGES, head=head)
    return graph_of(folder, text.replace("height: 32, width: 32", f"height: {size}, width: {size}"))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_function_and_gradients_at_another_size(name: str, training: bool, tmp_path: Path) -> None:
    graph = small(name, tmp_path, 4)
    torch.manual_seed(0)
    model = module_of(graph).double().train(training)
    tensors = {key: tensor.detach().clone() for key, tensor in tensors_of(model, graph).items()}
    image = torch.randn(3, 3, 40, 56, dtype=torch.float64).requires_grad_()

    def values(program: Callable[[], Tensor]) -> Values:
        output = program()
        return {"output": output, "gradient": torch.autograd.grad(output.square().sum(), image)[0]}

    ours, theirs = (lambda: run(graph, tensors, image, training=training)), (lambda: model(image))
    assert differing(lambda: values(ours), lambda: values(theirs)) == {}


@pytest.mark.parametrize("name", NETWORKS)
def test_code_does_not_hang_on_the_size(name: str, tmp_path: Path) -> None:
    """But for the shapes that docstrings and comments state."""

    codes = [re.sub(r'""".*?"""|#.*', "", source_of(small(name, tmp_path, size)), flags=re.DOTALL) for size in (4, 64)]
    assert [line for line in codes[0].splitlines() if line.strip()] == [line for line in codes[1].splitlines() if line.strip()]


def test_sum_of_one_operand_is_not_written_over(tmp_path: Path) -> None:
    stem = "{conv: {kernel: 3, out: 16, act: none}, one: {op: add, of: conv}, r: {op: act}, y: {op: add, of: [r, norm]}}"
    graph = graph_of(tmp_path, spec("{kind: basic, order: post, shortcut: B}", stem=stem))
    model = module_of(graph).double().train()
    tensors = {key: tensor.detach().clone() for key, tensor in tensors_of(model, graph).items()}
    image = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    made = model(image)
    made.sum().backward()
    assert close(run(graph, tensors, image, training=True), made, allowed(model.parameters()))


def test_negative_slope_trains(tmp_path: Path) -> None:
    more = "act: {kind: leaky_relu, slope: -0.1}"
    model = module_of(graph_of(tmp_path, spec("{kind: basic, order: post, shortcut: B}", more=more))).train()
    model(torch.randn(2, 3, 16, 16)).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
