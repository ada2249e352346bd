"""Transposed convolutions: the emitted module and the ONNX model of a decoder against a network written by hand in torch."""

from pathlib import Path

import pytest
import torch
from onnx_models import Net, model_of, run_fast
from torch import Tensor, nn
from torch_backend.live import module_of, tensors_of

from archc.analyse.verify.interpreter import run
from archc.analyse.verify.onnx_program import load_onnx
from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph

SPEC = """
archc: 1
name: decoder
input: {channels: 3, height: 32, width: 48, multiple: 8}
stem:
  conv1: {kernel: 3, stride: 4, padding: 1, out: 16}
block: {kind: basic, order: post, shortcut: B}
stages:
  layer1: {out: 16, repeat: 1, stride: 2}
head:
  up1: {op: conv_transpose, kernel: 4, stride: 2, padding: 1, out: 12, groups: 4, bias: true}
  norm1: {op: norm}
  act1: {op: act}
  up2: {op: conv_transpose, kernel: [3, 2], stride: 2, padding: [1, 0], output_padding: [1, 0], out: 8}
  act2: {op: act}
  up3: {op: conv_transpose, kernel: 2, stride: 2, dilation: 3, padding: 1, out: 5, bias: true}
"""
SIZES = [(32, 48), (8, 16), (40, 24)]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    path = tmp_path_factory.mktemp("spec") / "decoder.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return compile_spec(path).graph


def by_hand() -> nn.Sequential:
    """The head, as torch has it."""
    return nn.Sequential(
        nn.ConvTranspose2d(16, 12, 4, 2, 1, groups=4),
        nn.BatchNorm2d(12),
        nn.ReLU(),
        nn.ConvTranspose2d(12, 8, (3, 2), 2, (1, 0), (1, 0), bias=False),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 5, 2, 2, 1, dilation=3),
    )


def difference(first: Tensor, second: Tensor) -> float:
    assert first.shape == second.shape
    return float((first - second).detach().abs().max() / second.detach().abs().max())


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("training", [False, True], ids=["evaluated", "trained"])
@pytest.mark.parametrize(("dtype", "near"), [(torch.float64, 1e-12), (torch.float32, 1e-5)], ids=str)
def test_the_module_is_the_network_by_hand(
    graph: Graph, size: tuple[int, int], dtype: torch.dtype, near: float, *, training: bool
) -> None:
    torch.manual_seed(0)
    model = module_of(graph).to(dtype).train(training)
    head = by_hand().to(dtype).train(training)
    head.load_state_dict(dict(zip(head.state_dict(), model.head.state_dict().values(), strict=True)))
    image = torch.randn(2, 3, *size, dtype=dtype)
    with torch.no_grad():
        before = model.layer1(model.stem(image))
    y, expected = model.head(before), head(before)
    assert difference(y, expected) <= near
    y.square().sum().backward()
    expected.square().sum().backward()
    pairs = zip(model.head.parameters(), head.parameters(), strict=True)
    assert max(difference(ours.grad, theirs.grad) for ours, theirs in pairs) <= 10 * near


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_onnx_model_is_the_graph(graph: Graph, size: tuple[int, int], tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = module_of(graph).double().eval()
    tensors, image = tensors_of(model, graph), torch.randn(2, 3, *size, dtype=torch.float64)
    with torch.no_grad():
        expected = run(graph, tensors, image)
    assert difference(torch.from_numpy(run_fast(model_of(Net(graph), tensors), image.float())), expected) <= 1e-5
    path = tmp_path / "decoder.onnx"
    path.write_bytes(model_of(Net(graph), tensors, dtype="float64").SerializeToString())
    assert difference(load_onnx(str(path))(image)[0], expected) <= 1e-12
