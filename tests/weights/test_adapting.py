"""What `archc weights convert` changes where asked to: the classifier for other classes, the stem for other channels."""

import re
from pathlib import Path

import draws
import pytest
import torch
from rounding import SINGLE, close, of_terms
from weight_files import contents, convert, random_state, saved, state_of

from archc.cli.main import main

PLAIN = "num_batches_tracked"


def test_a_new_classifier(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--classes", 3)
    assert convert(path, tmp_path / "a.safetensors", *words) == 0
    found = state_of(tmp_path / "a.safetensors")
    bound = found["fc.weight"].shape[1] ** -0.5  # torch's own beginning of a linear layer, the spec's too
    assert ([3, 32], [3]) == (list(found["fc.weight"].shape), list(found["fc.bias"].shape))
    assert (True, True) == (bool((found["fc.weight"].abs() <= bound).all()), bool(found["fc.weight"].std() > bound / 3))


def test_a_new_classifier_leaves_the_rest_alone(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--classes", 3)
    assert convert(path, tmp_path / "a.safetensors", *words) == 0
    rest = {key: value for key, value in contents(path).items() if not key.startswith("fc.")}
    assert rest == {key: value for key, value in contents(tmp_path / "a.safetensors").items() if not key.startswith("fc.")}


def test_a_new_classifier_for_a_file_of_any_width(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    torch.save(random_state(spec, "torchvision") | {"fc.weight": torch.zeros(7, 32), "fc.bias": torch.zeros(7)}, path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--classes", 3)
    assert convert(path, tmp_path / "a.safetensors", *words) == 0


def test_a_classifier_of_that_width_is_kept(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--classes", 10)
    assert convert(path, tmp_path / "a.pth", *words) == 0
    assert contents(path) == contents(tmp_path / "a.pth")


@pytest.mark.parametrize(
    ("policy", "expected"), [("{kind: normal, std: 0.01}", 0.01), ("kaiming_normal_fan_out", (2 / 400) ** 0.5)]
)
def test_a_new_classifier_begins_as_the_spec_says(policy: str, expected: float, tmp_path: Path) -> None:
    spec, path = saved(tmp_path, changes=f"  init: {{linear: {policy}}}\n")
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--classes", 400)
    assert convert(path, tmp_path / "a.safetensors", *words) == 0
    found = state_of(tmp_path / "a.safetensors")
    assert float(found["fc.weight"].std()) == pytest.approx(expected, rel=draws.sampling(found["fc.weight"].numel()))
    assert torch.equal(found["fc.bias"], torch.zeros(400))


def test_the_seed_makes_the_classifier(tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--classes", 3)
    for seed in (1, 2):
        assert convert(path, tmp_path / f"{seed}.safetensors", *words, "--seed", seed) == 0
    assert not torch.equal(*(state_of(tmp_path / f"{seed}.safetensors")["fc.weight"] for seed in (1, 2)))


@pytest.mark.parametrize(
    ("channels", "stem", "expected"),
    [
        (1, (), lambda w: w.sum(1, keepdim=True)),
        (1, ("--stem", "repeat"), lambda w: w[:, :1] * 3),
        (2, (), lambda w: w[:, :2] * 3 / 2),
        (4, (), lambda w: w[:, [0, 1, 2, 0]] * 3 / 4),
        (4, ("--stem", "sum"), lambda w: w.sum(1, keepdim=True).repeat(1, 4, 1, 1) / 4),
    ],
    ids=range(5),
)
def test_other_input_channels(channels: int, stem: tuple[str, ...], expected: object, tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--in-channels", channels, *stem)
    assert convert(path, tmp_path / "a.safetensors", *words) == 0
    before = random_state(spec, "torchvision")["conv1.weight"]
    wanted: torch.Tensor = expected(before)  # type: ignore[operator]
    assert close(wanted, state_of(tmp_path / "a.safetensors")["conv1.weight"], of_terms(3, SINGLE))


@pytest.mark.parametrize("stem", ["sum", "repeat"])
def test_an_image_of_equal_channels_keeps_its_response(stem: str, tmp_path: Path) -> None:
    spec, path = saved(tmp_path)
    words = ("--spec", spec, "--from", "torchvision", "--to", "torchvision", "--in-channels", 6, "--stem", stem)
    assert convert(path, tmp_path / "a.safetensors", *words) == 0
    before, after = random_state(spec, "torchvision")["conv1.weight"], state_of(tmp_path / "a.safetensors")["conv1.weight"]
    assert close(before.sum(1), after.sum(1), of_terms(6, SINGLE))


@pytest.mark.parametrize(
    ("own", "expected"), [("", (2 / 3) ** 0.5), ("fc.init: {weight: {kind: normal, std: 0.5}, bias: -6}", 0.5)]
)
def test_a_classifier_that_is_a_convolution_begins_as_one(own: str, expected: float, tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    text = """\
archc: 1
name: net
extends: resnetv2_50
set: {classes: 4, stages: {layer1: {out: 64, repeat: 1}}}
"""
    spec.write_text(text.replace("}}}", f"}}}}, head.{own}}}") if own else text)
    torch.save(random_state(str(spec), "timm"), tmp_path / "in.pth")
    words = ("--spec", spec, "--from", "timm", "--to", "canonical", "--classes", 3)
    assert convert(tmp_path / "in.pth", tmp_path / "a.safetensors", *words) == 0
    found = state_of(tmp_path / "a.safetensors")
    assert list(found["head.fc.weight"].shape) == [3, 64, 1, 1]
    assert float(found["head.fc.weight"].std()) == pytest.approx(expected, rel=draws.sampling(3 * 64))
    assert torch.equal(found["head.fc.bias"], torch.full((3,), -6.0 if own else 0.0))


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [("--in-channels", "99999", "E0411"), ("--in-channels", "4", "E0312"), ("--classes", "99999", "E0411")],
    ids=["beyond a limit", "what does not divide", "too many classes"],
)
def test_a_spec_that_cannot_be_adapted_is_told_at_the_option(
    option: str, value: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text("archc: 1\nname: net\nextends: resnet18\nset: {stem.conv.groups: 3, stem.conv.out: 66}\n", encoding="utf-8")
    words = ["--spec", str(spec), "--from", "timm", "--to", "timm", option, value]
    main(["weights", "convert", "none.pth", "out.pth", *words])
    said = capsys.readouterr().err
    assert re.findall(r"^error\[(E\d+)\].*\n *--> (.+):1:1\n *\|\n *1 \| (.+)$", said, re.MULTILINE) == [(code, option, value)]
