"""Networks in Python: what they tell of themselves, others made of them, and the way into another process."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import archc

SMALL = "cifar_resnet20"


def test_a_network_tells_what_its_spec_says() -> None:
    net = archc.load("resnet50")
    assert (net.name, net.params, net.macs, net.depth) == ("resnet50", 25_557_032, 4_089_184_256, 50)
    assert net.stages[2] == archc.Stage("layer3", 6, "bottleneck", (1024, 14, 14))
    assert (net.shapes["input"], net.shapes["layer4.0"], net.shapes["head"]) == ((3, 224, 224), (2048, 7, 7), (1000,))
    assert repr(net) == "<Network resnet50: 25,557,032 parameters, 4,089,184,256 multiply-adds>"


def test_networks_are_equal_by_their_function() -> None:
    net = archc.load(SMALL)
    same, other = archc.load(SMALL, set={"title": "another title"}), net.set({"block.shortcut": "B"})
    assert net == same
    assert len({net, same, other}) == 2
    assert net != SMALL


def test_set_makes_another_network_and_leaves_the_first() -> None:
    net = archc.load("resnet50")
    wide = net.set({"block.ratio": 0.5, "stages.layer1": {"out": 512, "repeat": 3}}, classes=10)
    assert wide == archc.load("resnet50", set={"block.ratio": 0.5, "stages.layer1": {"out": 512, "repeat": 3}, "classes": 10})
    assert wide.set(classes=1000) == net.set({"block.ratio": 0.5, "stages.layer1": {"out": 512, "repeat": 3}})
    assert net == archc.load("resnet50")


@pytest.mark.parametrize("name", archc.shipped())
def test_yaml_reads_back_to_the_same_network(name: str) -> None:
    net = archc.load(name)
    assert archc.parse(net.yaml) == net


def test_yaml_of_a_changed_network_expects_nothing() -> None:
    net = archc.load(SMALL, set={"classes": 7})
    assert archc.parse(net.yaml) == net
    assert "expect" not in net.yaml


def test_resolve_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    from archc.cli.main import main

    assert main(["resolve", SMALL]) == 0
    assert capsys.readouterr().out.startswith(archc.load(SMALL).resolve())


def test_a_map_is_a_spec() -> None:
    net = archc.load(
        {
            "archc": 1,
            "name": "tiny",
            "extends": SMALL,
            "set": {"stages.layer1.repeat": 5, "stages.layer1.blocks": {0: {"out": 16}}},
        }
    )
    assert net.stages[0].blocks == 5


def test_a_problem_of_a_map_has_a_line() -> None:
    with pytest.raises(archc.SpecError) as caught:
        archc.load({"archc": 1, "name": "tiny", "extends": SMALL, "set": {"stages.layer1.repeats": 5}})
    [problem] = caught.value.diagnostics
    assert problem.span is not None
    assert (problem.code, problem.span.source.name) == ("E0201", "<text>")
    assert "stages.layer1.repeats: 5" in problem.span.source.text


OWN_BLOCK = """\
archc: 1
block: own
stride_at: conv1
steps:
  conv1: {kernel: 3, out: out}
  conv2: {kernel: 1, out: out}
"""
OWN = f"""\
archc: 1
name: own_net
extends: {SMALL}
set: {{block.kind: own}}
"""


def files(folder: Path) -> Path:
    (folder / "own.yaml").write_text(OWN_BLOCK)
    (folder / "own_net.yaml").write_text(OWN)
    return folder / "own_net.yaml"


def test_a_pickle_needs_no_file(tmp_path: Path) -> None:
    """A network with a block of the user's own goes to a process that does not have its folder."""
    net = archc.load(files(tmp_path), set={"classes": 3}, head=False)
    data = pickle.dumps(net)
    for file in tmp_path.iterdir():
        file.unlink()
    code = "import pickle, sys; net = pickle.load(sys.stdin.buffer); print(net.hash, net.set(classes=4).params)"
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True, cwd=os.sep)
    assert done.stdout.decode().split()[0] == net.hash
    assert pickle.loads(data) == net  # noqa: S301


def test_a_pickle_of_a_relative_path_or_a_text_goes_to_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    nets = [archc.load("own_net.yaml"), archc.parse(OWN)]
    monkeypatch.chdir(os.sep)
    assert [pickle.loads(pickle.dumps(net)).set(classes=3) for net in nets] == [net.set(classes=3) for net in nets]  # noqa: S301


def test_names_beside_a_text_are_looked_for_in_its_folder(tmp_path: Path) -> None:
    assert archc.parse(OWN, folder=files(tmp_path).parent) == archc.load(tmp_path / "own_net.yaml")


def test_source_and_onnx_are_what_build_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archc.cli.main import main

    monkeypatch.chdir(tmp_path)
    net = archc.load(SMALL)
    assert main(["build", SMALL, "--fold-bn"]) == main(["build", SMALL, "--target", "onnx", "--no-weights"]) == 0
    assert net.source(fold_bn=True) == Path(f"{SMALL}.py").read_text()
    assert net.onnx(no_weights=True) == Path(f"{SMALL}.onnx").read_bytes()


def test_save_goes_by_the_suffix(tmp_path: Path) -> None:
    net = archc.load(SMALL)
    for suffix in (".yaml", ".py"):
        net.save(tmp_path / f"a{suffix}")
    assert archc.load(tmp_path / "a.yaml") == net
    assert (tmp_path / "a.py").read_text() == net.source()
    with pytest.raises(archc.OutputError):
        net.save(tmp_path / "a.py")
    with pytest.raises(archc.ArchcError, match="unknown suffix"):
        net.save(tmp_path / "a.pyy")


def test_a_module_has_the_numbers_of_its_network() -> None:
    net = archc.load(SMALL)
    assert sum(parameter.numel() for parameter in net.torch().parameters()) == net.params
    assert sum(parameter.numel() for parameter in net.torch(num_classes=7).parameters()) == net.set(classes=7).params


def test_shipped() -> None:
    assert {"resnet50", SMALL, "resnet152"} <= set(archc.shipped())
