"""Every shipped network in onnxruntime and as the emitted torch module, with the same weights from one file."""

import functools
import math
from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest
import torch
from golden_weights import binomial_filter
from onnx_models import distance, save
from rounding import SINGLE, allowed
from torch import Tensor

from archc.compile.pipeline import Compiled, compile_spec, shipped
from archc.cost.count import macs
from archc.ir.graph import Graph
from archc.ir.ops import BlurPool, Norm
from archc.language.layouts.naming import state_keys
from archc.live import load_module
from archc.output import write_files
from archc_onnx import OnnxBackend

pytestmark = pytest.mark.no_cover

POOL = 1 << 22

LARGEST = 500_000_000
"""Weights up to which they go through files. Four copies of more take over 8 GB; they are fed to a model without weights."""

LONGEST = 400_000_000_000
"""Multiply-adds at the declared size, which take minutes: two images of a quarter of the size are what is run then."""


@functools.cache
def pool() -> Tensor:
    """Numbers to cut weights from: drawing a thousand million anew would take longer than computing with them."""
    return torch.randn(2 * POOL, generator=torch.Generator().manual_seed(0))


def weights(graph: Graph) -> Iterator[tuple[str, Tensor]]:
    """By canonical key: what keeps a signal's size about the same through hundreds of layers.

    Filters are views of one row of numbers for each fan-in, every one from another place on.
    """
    rows: dict[tuple[int, int], Tensor] = {}

    def cut(start: int, shape: tuple[int, ...], fan_in: int) -> Tensor:
        count, begin = math.prod(shape), start % POOL
        turns = -(-(begin + count) // (2 * POOL))
        if (fan_in, turns) not in rows:
            rows[fan_in, turns] = pool().repeat(turns) / math.sqrt(fan_in)
        return rows[fan_in, turns][begin : begin + count].reshape(shape)

    for number, (key, node, shape, _) in enumerate(graph.parameters()):
        values = cut(7919 * number, shape, math.prod(shape[1:]))
        if isinstance(node.op, BlurPool):
            yield key, binomial_filter(node.op.channels, node.op.kernel).float()
        elif key.endswith("running_var"):
            yield key, 1 + 0.5 * values.clamp(-1, 1)
        elif len(shape) > 1:
            yield key, values
        else:
            # Without running statistics a network is worse conditioned: float32 would round away the digits that are compared.
            own = 0.3 if isinstance(node.op, Norm) and node.op.norm == "group" else 0.1
            yield key, own * values + (0.5 if key.endswith(("weight", "gain")) else 0.0)


def batches(graph: Graph) -> list[Tensor]:
    """One image at the declared size, and two of another size where the network takes it."""
    channels, height, width = graph.types[graph.input].shape
    sizes = [(1, height, width), (2, 96, 64) if graph.any_size else (2, height, width)]
    if macs(graph) > LONGEST:
        sizes = [(2, height // 4, width // 4)]
    random = torch.Generator().manual_seed(1)
    return [torch.randn((n, channels, h, w), generator=random) for n, h, w in sizes]


def emitted(network: Compiled, tensors: dict[str, Tensor]) -> torch.nn.Module:
    """The module with these tensors; nothing is drawn only to be overwritten."""
    with torch.device("meta"):
        model: torch.nn.Module = getattr(load_module(network), network.graph.name)().eval()
    state = {key: tensors[key] if key in tensors else torch.tensor(0) for key in model.state_dict()}
    model.load_state_dict(state, assign=True)
    for key, tensor in model.named_buffers():
        if tensor.is_meta:  # a blur pool's filter is no part of the state
            owner, _, attribute = key.rpartition(".")
            model.get_submodule(owner).register_buffer(attribute, tensors[key], persistent=False)
    return model


@pytest.mark.parametrize("name", [name for name, _ in shipped()])
def test_onnxruntime_and_the_emitted_module_agree(name: str, tmp_path: Path) -> None:
    network = compile_spec(name)
    keys = state_keys(network.graph, network.layout)
    tensors = {keys[key]: tensor for key, tensor in weights(network.graph)}
    model = emitted(network, tensors)
    fed = tensors if sum(tensor.numel() for tensor in tensors.values()) > LARGEST else {}
    if not fed:
        save(tensors, tmp_path / "weights.safetensors")
    backend = OnnxBackend(no_weights=True) if fed else OnnxBackend(weights=str(tmp_path / "weights.safetensors"))
    files = backend.emit(network).files
    write_files([(str(tmp_path / file.name), file.chunks) for file in files])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(tmp_path / files[0].name, options, providers=["CPUExecutionProvider"])
    for x in batches(network.graph):
        with torch.no_grad():
            expected = model(x).numpy()
        [actual] = session.run(None, {"input": x.numpy(), **{key: tensor.numpy() for key, tensor in fed.items()}})
        assert distance(torch.from_numpy(expected), actual) < allowed(tensors.values(), SINGLE)
    for file in tmp_path.iterdir():
        file.unlink()
