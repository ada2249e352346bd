"""The keys a file has in each zoo, held against the zoos themselves or what they publish; real weights moved between them."""

import hashlib
import json
from pathlib import Path

import pytest
import timm
import torch
import torchvision
from weight_files import compiled, contents, equal, random_state, state_of

from archc.cli.main import main
from archc.weights.slots import slots

ZOO = json.loads((Path(__file__).parents[1] / "data" / "zoo_keys.json").read_text("utf-8"))
REPEATS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
NORM = ("weight", "bias", "running_mean", "running_var")


def written(spec: str, layout: str) -> dict[str, tuple[int, ...]]:
    """Keys and shapes of a file converted to a layout."""
    return {slot.key: slot.shape for slot in slots(*compiled(spec, layout)) if slot.part != "constant"}


@pytest.mark.parametrize(
    "spec", ["resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "regnet_y_400mf", "regnet_x_400mf"]
)
def test_torchvision(spec: str) -> None:
    theirs = torchvision.models.get_model(spec).state_dict()
    assert {key: tuple(tensor.shape) for key, tensor in theirs.items()} == written(spec, "torchvision")


@pytest.mark.parametrize(
    "spec",
    [
        *("resnet50", "resnet50d", "resnetblur50", "seresnet50", "skresnet50", "resnest50d", "res2net50_26w_4s", "ecaresnet50d"),
        *(
            "regnety_032",
            "resnetv2_50",
            "resnetv2_50x1_bit",
            "nf_resnet50",
            "gcresnet50t",
            "senet154",
            "resnet50_gn",
            "resnetrs50",
        ),
    ],
)
def test_timm(spec: str) -> None:
    with torch.device("meta"):
        theirs = timm.create_model(spec).state_dict()
    assert {key: tuple(tensor.shape) for key, tensor in theirs.items()} == written(spec, "timm")


@pytest.mark.parametrize("depth", REPEATS)
def test_hugging_face(depth: int) -> None:
    lines = sorted(
        f"{key}:{'x'.join(map(str, shape))}".encode() for key, shape in written(f"resnet{depth}", "huggingface").items()
    )
    expected = ZOO["huggingface"]["state_dict_sha256"][f"resnet{depth}"]
    assert expected == hashlib.sha256(b"\n".join(lines)).hexdigest()


@pytest.mark.parametrize("depth", REPEATS)
def test_hugging_face_s_names(depth: int) -> None:
    """From transformers, modeling_resnet.py: a convolution and its norm are one layer, layers and stages are counted."""

    def layer(path: str) -> list[str]:
        norm = [f"{path}.normalization.{name}" for name in (*NORM, "num_batches_tracked")]
        return [f"{path}.convolution.weight", *norm]

    expected = [*layer("resnet.embedder.embedder"), "classifier.1.weight", "classifier.1.bias"]
    for stage, repeat in enumerate(REPEATS[depth]):
        for block in range(repeat):
            path = f"resnet.encoder.stages.{stage}.layers.{block}"
            if block == 0 and (stage or depth >= 50):
                expected += layer(f"{path}.shortcut")
            for number in range(3 if depth >= 50 else 2):
                expected += layer(f"{path}.layer.{number}")
    assert sorted(expected) == sorted(written(f"resnet{depth}", "huggingface"))


@pytest.mark.parametrize("depth", REPEATS)
def test_detectron2(depth: int) -> None:
    """From detectron2, modeling/backbone/resnet.py and layers/batch_norm.py (FrozenBatchNorm2d): a convolution owns its norm."""

    def conv(path: str) -> list[str]:
        return [f"{path}.weight", *(f"{path}.norm.{name}" for name in NORM)]

    expected = [*conv("stem.conv1"), "linear.weight", "linear.bias"]
    for stage, repeat in enumerate(REPEATS[depth], 2):
        for block in range(repeat):
            path = f"res{stage}.{block}"
            if block == 0 and (stage > 2 or depth >= 50):
                expected += conv(f"{path}.shortcut")
            for number in range(1, 4 if depth >= 50 else 3):
                expected += conv(f"{path}.conv{number}")
    assert sorted(expected) == sorted(written(f"resnet{depth}", "detectron2"))


@pytest.mark.parametrize("spec", ZOO["caffe"]["keys_sha256"])
def test_caffe(spec: str) -> None:
    expected = ZOO["caffe"]["keys_sha256"][spec]
    assert expected == hashlib.sha256("\n".join(sorted(written(spec, "caffe"))).encode()).hexdigest()


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("conv1.1", (64,)),
        ("bn_conv1.2", (1,)),
        ("res2a_branch1.0", (256, 64, 1, 1)),
        ("scale4f_branch2c.1", (1024,)),
        ("fc1000.0", (1000, 2048)),
    ],
)
def test_caffe_s_shapes(key: str, shape: tuple[int, ...]) -> None:
    assert shape == written("caffe_resnet50", "caffe")[key]


def test_timm_s_weights_load_into_torchvision(tmp_path: Path) -> None:
    """The same network: torchvision takes them strictly, and computes what timm computes."""
    theirs = timm.create_model("resnet18").double().eval()
    torch.save(theirs.state_dict(), tmp_path / "in.pth")
    words = ["--spec", "resnet18", "--from", "timm", "--to", "torchvision"]
    assert main(["weights", "convert", str(tmp_path / "in.pth"), str(tmp_path / "out.pth"), *words]) == 0
    ours = torchvision.models.resnet18().double().eval()
    ours.load_state_dict(torch.load(tmp_path / "out.pth", weights_only=True))
    image = torch.rand(1, 3, 64, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(theirs(image), ours(image), rtol=0, atol=0)


def test_a_whole_network_around_the_zoos(tmp_path: Path) -> None:
    path = tmp_path / "0.safetensors"
    torch.save(random_state("regnety_032", "timm"), path)
    for number, (here, there) in enumerate([("timm", "canonical"), ("canonical", "timm")], 1):
        target = tmp_path / f"{number}.safetensors"
        words = ["--spec", "regnety_032", "--from", here, "--to", there]
        assert main(["weights", "convert", str(path), str(target), *words]) == 0
        path = target
    assert contents(tmp_path / "0.safetensors") == contents(path)


def test_torchvision_s_weights_under_hugging_face_s_names(tmp_path: Path) -> None:
    state = torchvision.models.resnet18().state_dict()
    torch.save(state, tmp_path / "in.pth")
    words = ["--spec", "resnet18", "--from", "torchvision", "--to", "huggingface"]
    assert main(["weights", "convert", str(tmp_path / "in.pth"), str(tmp_path / "out.safetensors"), *words]) == 0
    found = state_of(tmp_path / "out.safetensors")
    moved = {  # what transformers' convert_resnet_to_pytorch.py does by order, written down by name
        "resnet.embedder.embedder.convolution.weight": "conv1.weight",
        "resnet.encoder.stages.1.layers.0.shortcut.normalization.running_var": "layer2.0.downsample.1.running_var",
        "resnet.encoder.stages.3.layers.1.layer.1.convolution.weight": "layer4.1.conv2.weight",
        "classifier.1.bias": "fc.bias",
    }
    assert equal({key: state[theirs] for key, theirs in moved.items()}, {key: found[key] for key in moved})
