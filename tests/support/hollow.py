"""Live networks all of whose values are zero: for what depends on shapes alone, without the time a random start takes."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from archc.ir.graph import Graph
from archc.language.layouts.table import CANONICAL
from archc_torch.source import Meta, emit_source


def hollow(make: Callable[[], nn.Module]) -> nn.Module:
    """What `make` makes, with zeros."""
    with torch.device("meta"):
        module = make()
    module = module.to_empty(device="cpu")
    for tensor in (*module.parameters(), *module.buffers()):
        tensor.detach().zero_()
    return module


def emitted(graph: Graph) -> nn.Module:
    """The emitted network, with zeros."""
    source = emit_source(graph, CANONICAL, Meta(graph.name, hash="0" * 64, version="1"))
    namespace: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(source, "emitted", "exec"), namespace)  # noqa: S102  our own source
    return hollow(namespace[graph.name])
