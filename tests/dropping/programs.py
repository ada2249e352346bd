"""Everything that runs a random operation in training, as a function from a batch to a batch."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import onnx
import torch
from graph_builder import Builder
from onnx_models import Net, model_of, run_exactly
from timm.layers import DropBlock2d, DropPath
from timm_backend.models import emitted, imported
from torch import Tensor, nn
from torch_backend.live import module_of

from archc.analyse.verify.interpreter import apply
from archc.compile.pipeline import compile_spec
from archc.ir.ops import Dropout
from archc_hub import HubBackend

Program: TypeAlias = Callable[[Tensor], Tensor]

NUMBERS = count()
"""timm knows each model by a name of its own."""
WORDS = {"elements": "dropout", "path": "drop_path", "channels": "drop_channels", "block": "drop_block"}


def interpreter(op: Dropout, shape: tuple[int, ...], folder: Path) -> Program:
    return lambda x: apply(op, [x], {}, training=True)[0]


def layer(op: Dropout, shape: tuple[int, ...]) -> nn.Module:
    """The emitted layer by itself."""
    builder = Builder(*shape)
    builder.add(op, name="drop")
    made: nn.Module = module_of(builder.graph()).drop
    return made


def torch_module(op: Dropout, shape: tuple[int, ...], folder: Path) -> Program:
    return layer(op, shape).train()


def written(op: Dropout) -> str:
    squares = f", size: {op.size}, law: {op.law}" if op.what == "block" else ""
    return f"stem.drop: {{op: {WORDS[op.what]}, rate: {op.rate}{squares}}}"


def timm_target(op: Dropout, shape: tuple[int, ...], folder: Path) -> Program:
    name = f"random_{next(NUMBERS)}"
    module = imported(folder, name, emitted(folder, name, "cifar_resnet20", "vars.n: 1", written(op)))
    return _layer_of(getattr(module, name)())


def hub_target(op: Dropout, shape: tuple[int, ...], folder: Path) -> Program:
    compiled = compile_spec("cifar_resnet20", overrides=["vars.n=1", written(op).replace(": ", "=", 1)])
    files = {file.name: b"".join(file.chunks).decode() for file in HubBackend().emit_all([compiled]).files}
    text = next(text for name, text in files.items() if name.endswith("cifar_resnet20.py"))
    namespace: dict[str, Any] = {"__name__": "hub_target"}
    exec(compile(text, "hub_target", "exec"), namespace)  # noqa: S102  our own source
    return _layer_of(namespace["cifar_resnet20"]())


def _layer_of(model: nn.Module) -> Program:
    """The first that drops: in the stem. timm's heads have one of their own."""
    return next(module for module in model.modules() if "Drop" in type(module).__name__).train()


def onnx_training_form(op: Dropout, shape: tuple[int, ...], folder: Path) -> Program:
    """By onnx's own evaluator, whose draws follow from a node's seed."""
    builder = Builder(*shape)
    builder.add(op, name="drop")
    model = model_of(Net(builder.graph()), {}, training=True, dtype="float64")
    for node in model.graph.node:
        if node.op_type == "Dropout":
            node.attribute.append(onnx.helper.make_attribute("seed", 5))
    return lambda x: torch.as_tensor(run_exactly(model, x))


def timm_s_own(op: Dropout, shape: tuple[int, ...], folder: Path) -> Program:
    """What the law `timm` is the law of; the paper's is written out in `references.drop_block`."""
    return (DropPath(op.rate) if op.what == "path" else DropBlock2d(op.rate, op.size)).train()
