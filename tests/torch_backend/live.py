"""Emitted source made live in a test, with the tensors of a module by canonical key."""

import linecache
from typing import Any

import torch

from archc.ir.graph import Graph
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import CANONICAL, Layout
from archc_torch.source import Meta, emit_source


def source_of(graph: Graph, layout: Layout = CANONICAL) -> str:
    return emit_source(graph, layout, Meta(graph.name, hash="0" * 64, version="1"))


def module_of(graph: Graph, layout: Layout = CANONICAL) -> Any:
    """The emitted network, freshly made; its source is where torch.jit.script looks for it."""
    source = source_of(graph, layout)
    filename = f"<{id(source)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": filename}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102  our own source
    return namespace[graph.name]()


def tensors_of(model: torch.nn.Module, graph: Graph, layout: Layout = CANONICAL) -> dict[str, torch.Tensor]:
    """Parameters and buffers by canonical key, buffers that are not saved among them."""
    own = dict(model.named_parameters()) | dict(model.named_buffers())
    return {canonical: own[key] for canonical, key in state_keys(graph, layout).items()}
