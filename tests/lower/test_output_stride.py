"""Stride that becomes dilation under `output_stride`: every convolution of timm's ResNets, attribute by attribute."""

from pathlib import Path

import pytest
import timm
import torch

from archc.compile.pipeline import compile_spec
from archc.ir.convolutions import Conv


def timm_convolutions(name: str, stride: int) -> list[tuple[str, int, int, int, int]]:
    """Name, kernel, stride, padding and dilation of every convolution of the blocks, in the order of a state dict."""
    model = timm.create_model(name, output_stride=stride)
    found = []
    for key, module in model.named_modules():
        if isinstance(module, torch.nn.Conv2d) and key.startswith("layer"):
            attributes = (module.kernel_size, module.stride, module.padding, module.dilation)
            assert all(pair[0] == pair[1] for pair in attributes)  # type: ignore[index]
            found.append((key.replace("downsample.0", "shortcut.conv"), *(pair[0] for pair in attributes)))  # type: ignore[index]
    return found


def convolutions(name: str, stride: int) -> list[tuple[str, int, int, int, int]]:
    graph = compile_spec(name, overrides=[f"output_stride={stride}"]).graph
    ops = {node.name: node.op for node in graph.nodes if isinstance(node.op, Conv) and node.scope.startswith("layer")}
    return [(key, op.kernel, op.stride, op.padding, op.dilation) for key, op in ops.items()]


@pytest.mark.parametrize("stride", [8, 16, 32])
@pytest.mark.parametrize("name", ["resnet50", "resnet18"])
def test_convolutions_are_those_of_timm(name: str, stride: int) -> None:
    assert convolutions(name, stride) == timm_convolutions(name, stride)


@pytest.mark.parametrize("stride", [8, 16])
def test_the_declared_size_shrinks_no_further(stride: int) -> None:
    graph = compile_spec("resnet50", overrides=[f"output_stride={stride}"]).graph
    size = 224 // stride
    assert graph.types["layer4.2.act_out"].shape == (2048, size, size)


def test_stride_on_the_first_convolution_leaves_the_3x3_with_the_dilation_of_the_block() -> None:
    found = {key: (stride, dilation) for key, _, stride, _, dilation in convolutions("resnet50_v1", 16)}
    assert {key: found[f"layer4.{key}"] for key in ("0.conv1", "0.conv2", "1.conv2", "0.shortcut.conv")} == {
        "0.conv1": (1, 1),
        "0.conv2": (1, 2),
        "1.conv2": (1, 2),
        "0.shortcut.conv": (1, 1),
    }


def test_a_pool_in_the_shortcut_strides_no_more() -> None:
    graph = compile_spec("resnet50d", overrides=["output_stride=16"]).graph
    pool = next(node.op for node in graph.nodes if node.name == "layer4.0.shortcut.pool")
    assert pool.stride == 1  # type: ignore[union-attr]


LOOPED = """\
archc: 1
name: looped
extends: cifar_resnet20
set:
  vars.n: 1
  output_stride: 2
  block.insert:
    turns: {repeat: 2, steps: {conv: {kernel: 3, out: out}}, after: act1}
    whole: {op: add, of: turns, after: turns}
"""


def test_a_convolution_in_a_loop_is_dilated_as_its_block_is(tmp_path: Path) -> None:
    path = tmp_path / "looped.yaml"
    path.write_text(LOOPED)
    graph = compile_spec(path).graph
    found = {node.name: node.op.dilation for node in graph.nodes if isinstance(node.op, Conv) and "turns" in node.name}
    assert [found[f"{stage}.0.turns.1.conv"] for stage in ("layer1", "layer2", "layer3")] == [1, 1, 2]
