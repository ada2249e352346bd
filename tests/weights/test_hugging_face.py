"""The layout `huggingface` held against transformers itself: keys, shapes, and outputs of weights moved there and back."""

from pathlib import Path

import pytest
import torch
import torchvision
from rounding import allowed, close
from transformers import PreTrainedModel, ResNetConfig, ResNetForImageClassification, ResNetModel
from weight_files import compiled, convert, random_state, small, state_of

from archc import torch_module
from archc.weights.slots import slots

DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
WIDTHS = {"basic": [64, 128, 256, 512], "bottleneck": [256, 512, 1024, 2048]}
SMALL = ResNetConfig(embedding_size=8, hidden_sizes=[16, 32], depths=[1, 2], layer_type="bottleneck", num_labels=10)
TRUNK = ("--set", "head={}", "--set", "layouts={here: huggingface/resnet_model, there: timm/resnet}")


def config(depth: int) -> ResNetConfig:
    kind = "basic" if depth < 50 else "bottleneck"
    return ResNetConfig(depths=list(DEPTHS[depth]), layer_type=kind, hidden_sizes=WIDTHS[kind], num_labels=1000)


def theirs(kind: type[PreTrainedModel], config: ResNetConfig) -> PreTrainedModel:
    """With weights, statistics and norms that are not those a network begins with."""
    generator = torch.Generator().manual_seed(0)
    model = kind(config)
    with torch.no_grad():
        for tensor in (*model.parameters(), *(b for b in model.buffers() if b.is_floating_point())):
            tensor.copy_(torch.rand(tensor.shape, generator=generator) * 0.2 + 0.05)
    return model.eval()


def image(dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1), dtype=dtype)


def shapes(model: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}


@pytest.mark.parametrize("depth", DEPTHS)
def test_keys_and_shapes(depth: int) -> None:
    with torch.device("meta"):
        expected = shapes(ResNetForImageClassification(config(depth)))
    assert expected == {slot.key: slot.shape for slot in slots(*compiled(f"resnet{depth}", "huggingface"))}


def test_their_weights_in_torchvision(tmp_path: Path) -> None:
    model = theirs(ResNetForImageClassification, config(18))
    model.save_pretrained(tmp_path)
    words = ("--spec", "resnet18", "--from", "huggingface", "--to", "torchvision")
    assert convert(tmp_path / "model.safetensors", tmp_path / "out.pth", *words) == 0
    other = torchvision.models.resnet18().eval()
    other.load_state_dict(torch.load(tmp_path / "out.pth", weights_only=True))
    with torch.no_grad():
        expected = model.double()(image()).logits
        assert close(expected, other.double()(image()), allowed(model.parameters()))


@pytest.mark.parametrize(("position", "in_bottleneck"), [("conv2", False), ("conv1", True)])
def test_torchvision_s_names_in_transformers(position: str, in_bottleneck: bool, tmp_path: Path) -> None:
    """The stride is where transformers' `downsample_in_bottleneck` has it."""
    spec = small(tmp_path, f"  block.stride_at: {position}\n")
    ours = torch_module(spec, layout="torchvision")
    ours.load_state_dict(random_state(spec, "torchvision"))
    torch.save(ours.state_dict(), tmp_path / "in.pth")
    words = ("--spec", spec, "--from", "torchvision", "--to", "huggingface")
    assert convert(tmp_path / "in.pth", tmp_path / "model.safetensors", *words) == 0
    ResNetConfig(**{**SMALL.to_dict(), "downsample_in_bottleneck": in_bottleneck}).save_pretrained(tmp_path)
    model = ResNetForImageClassification.from_pretrained(tmp_path).eval()
    with torch.no_grad():
        expected = model.double()(image()).logits
        assert close(expected, ours.double().eval()(image()), allowed(model.parameters()))


def test_a_model_without_a_classifier_takes_them_too(tmp_path: Path) -> None:
    spec = small(tmp_path)
    torch.save(random_state(spec, "huggingface"), tmp_path / "in.pth")
    words = ("--spec", spec, "--from", "huggingface", "--to", "huggingface")
    assert convert(tmp_path / "in.pth", tmp_path / "model.safetensors", *words) == 0
    SMALL.save_pretrained(tmp_path)
    model = ResNetModel.from_pretrained(tmp_path).eval()
    ours = torch_module(spec, layout="huggingface", features=["layer2"])
    ours.load_state_dict(state_of(tmp_path / "model.safetensors"), strict=False)
    with torch.no_grad():
        expected = model.double()(image()).last_hidden_state
        assert close(expected, ours.double().eval()(image())["layer2"], allowed(model.parameters()))


def test_weights_of_a_model_without_a_classifier(tmp_path: Path) -> None:
    spec = small(tmp_path)
    model = theirs(ResNetModel, SMALL)
    model.save_pretrained(tmp_path)
    words = ("--spec", spec, "--from", "here", "--to", "there", *TRUNK)
    assert convert(tmp_path / "model.safetensors", tmp_path / "out.pth", *words) == 0
    ours = torch_module(spec, layout="timm", features=["layer2"])
    ours.load_state_dict(torch.load(tmp_path / "out.pth", weights_only=True))
    with torch.no_grad():
        expected = model.double()(image()).last_hidden_state
        assert close(expected, ours.double().eval()(image())["layer2"], allowed(model.parameters()))
