"""`--features`, `--no-head` and `--frozen-norm` on the command line, and what `list` and `resolve` say of features."""

import json
from pathlib import Path

import pytest
from graph_parser import from_text

from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc.ir.hash import weights_hash

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def built(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> str:
    assert main(["build", *words, "-o", "-"]) == 0
    return capfdbinary.readouterr().out.decode()


def test_features_are_what_set_makes_of_them(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    one = built(capfdbinary, "resnet18", "--features", "layer1, layer3")
    assert one == built(capfdbinary, "resnet18", "--set", "features=[layer1, layer3]")


def test_the_weights_are_the_whole_networks(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = built(capfdbinary, "resnet18", "--features", "layer1", "--frozen-norm")
    assert f"# weights  {weights_hash(compile_spec('resnet18').graph)}" in source.splitlines()


@pytest.mark.parametrize(("features", "said"), [("layer1", "one feature by name"), ("layer1,layer2", "2 features by name")])
def test_how_many_there_are(features: str, said: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert f"Nx3x224x224 to {said}." in built(capfdbinary, "resnet18", "--features", features)


def test_the_factory_of_features_has_no_classes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert "num_classes" not in built(capfdbinary, "resnet18", "--features", "layer4")


@pytest.mark.parametrize("options", [["--no-head"], ["--set", "head={}"]])
def test_without_a_head(options: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = built(capfdbinary, "resnet18", *options)
    assert ("Nx3x224x224 to Nx512x7x7" in source, "num_classes" in source) == (True, False)


def test_every_batch_norm_is_frozen(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = built(capfdbinary, "resnet18", "--frozen-norm")
    assert ("FrozenBatchNorm2d(" in source, "nn.BatchNorm2d(" in source) == (True, False)


@pytest.mark.parametrize(("network", "there"), [("resnet50_gn", "its norms are group"), ("vgg19", "it has no norm")])
def test_there_is_no_norm_to_freeze(network: str, there: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["build", network, "--frozen-norm"]), list(folder.iterdir())) == (1, [])
    said = f"error[E0358]: no batch norm of `{network}` could be frozen: {there}"
    assert said == capsys.readouterr().err.splitlines()[0]


def test_the_graph_of_features(capsys: pytest.CaptureFixture[str]) -> None:
    assert from_text(printed(capsys, "ir", "resnet18", "--features", "layer1")).output_names == ("layer1",)


def test_onnx_of_features(folder: Path) -> None:
    words = ["build", "resnet18", "--target", "onnx", "--features", "layer1", "--no-weights", "--frozen-norm"]
    assert (main(words), [path.name for path in folder.iterdir()]) == (0, ["resnet18.onnx"])


@pytest.mark.parametrize(
    ("features", "code", "said"),
    [
        ("layer1,layer7", 1, ["error[E0356]: there is no node or scope `layer7`", " --> --features:1:8"]),
        ("layer1,", 2, ["error: --features needs paths with a comma between them", "as in --features layer1,layer4"]),
    ],
)
def test_what_is_refused(features: str, code: int, said: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "resnet18", "--features", features]) == code
    assert (capsys.readouterr().err.splitlines()[:2], list(folder.iterdir())) == (said, [])


def test_a_spec_names_the_line_of_a_wrong_path(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.yaml").write_text("archc: 1\nname: mine\nextends: resnet18\nset:\n  features: [layer1, layer1.0.cnov1]\n")
    assert main(["build", "mine.yaml"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert (lines[:2], "  = help: did you mean `layer1.0.conv1`?" in lines) == (
        ["error[E0356]: there is no node or scope `layer1.0.cnov1`", " --> mine.yaml:5:22"],
        True,
    )


def test_resolve_ends_with_channels_and_strides(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "resolve", "resnet18", "--set", "features=[stem.act, layer2, head.pool]").splitlines()
    assert lines[-4:] == [
        "# feature    label    channels  stride  size",
        "# stem.act                  64       2  112x112",
        "# layer2     conv3_x       128       8  28x28",
        "# head.pool                512       -  1x1",
    ]


def test_list_of_features(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "list", "--features", "resnet18", "vgg19").splitlines()[:3] == [
        "network   feature  label    channels  stride  size",
        "resnet18  stem                    64       4  56x56",
        "resnet18  layer1   conv2_x        64       4  56x56",
    ]


def test_list_of_features_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    (network,) = json.loads(printed(capsys, "list", "--features", "resnet18", "--format", "json"))["networks"]
    assert (network["name"], network["features"][-1]) == (
        "resnet18",
        {"name": "layer4", "channels": 512, "stride": 32, "size": [7, 7]},
    )


def test_list_of_some_networks(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "list", "--names", "resnet50", "resnet18") == "resnet18\nresnet50\n"


def test_list_of_no_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["list", "resnt18"]), capsys.readouterr().err) == (
        2,
        "error: there is no shipped network `resnt18`\ndid you mean `resnet18`?\n",
    )
