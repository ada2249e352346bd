"""A small residual network with two alike blocks and an unlike one, for tests of ONNX models."""

import torch
from golden_weights import golden_tensors
from graph_builder import Builder

from archc.analyse.verify.interpreter import run
from archc.ir import ops
from archc.ir.graph import Graph, ScopeArgument
from archc.ir.ops import Operation


def residual(*extra: Operation) -> Graph:
    """A stem, two alike blocks and an unlike one with a projection, and a head; `extra` operations before the pool."""
    builder = Builder(3, 16, 16)
    builder.inside("stem", "stem", "stem")
    value = builder.add(ops.Conv(3, 8, 3, padding=1), name="conv")
    value = builder.add(ops.Norm("batch", 8), name="norm")
    for place, out in enumerate((8, 8, 16)):
        builder.inside(f"{place}", "block", "basic", [ScopeArgument("out", out)])
        shortcut = value
        width = builder.types[value].channels
        builder.add(ops.Conv(width, out, 3, padding=1), value, name="conv1")
        builder.add(ops.Norm("batch", out), name="norm1")
        builder.add(ops.Act("relu"), name="act1")
        main = builder.add(ops.Conv(out, out, 3, padding=1, bias=True), name="conv2")
        main = builder.add(ops.Norm("batch", out), name="norm2")
        if out == width:
            shortcut = builder.add(ops.Identity(), shortcut, name="shortcut")
        else:
            shortcut = builder.add(ops.Conv(width, out, 1), shortcut, name="shortcut")
        value = builder.add(ops.Add(), main, shortcut, name="add")
        value = builder.add(ops.Act("relu"), name="act_out")
    builder.inside("head", "head", "head")
    for op in extra:
        builder.add(op)
    builder.add(ops.GlobalPool(), name="pool")
    builder.add(ops.Flatten(), name="flat")
    builder.add(ops.Linear(16, 5), name="fc")
    return builder.graph()


GRAPH = residual()
TENSORS = golden_tensors(GRAPH)
X = torch.randn(2, 3, 16, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
EXPECTED = run(GRAPH, TENSORS, X)
