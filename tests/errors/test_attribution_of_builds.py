"""Where a problem is told that only `archc build` finds: at what brings it about, else at the option that asks for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import archc.cli.build
from archc.backend import Artifact, Network
from archc.cli.main import main
from archc_torch import TorchBackend

CHILD = "archc: 1\nname: net\nextends: {}\nset:\n  classes: 10\n  {}\n"
PREACT = "block.order: pre\n  block.shortcut: {kind: B, change.of: preact}"
BLOCK = "archc: 1\nblock: own\nextends: basic\nset:\n  stride_at: conv2\n  steps.conv1.conv: standardized\n"
LAYOUT = "archc: 1\nlayout: my/net\nextends: torchvision/resnet\nset:\n  block: {norm1: bn1, norm2: bn1, shortcut: downsample}\n"
FILES = {
    "net.yaml": CHILD.format("resnet18", PREACT),
    "grandchild.yaml": CHILD.format("net", "act: silu"),
    "group.yaml": CHILD.format("resnet18", "norm: {kind: group, groups: 8}"),
    "of_preact.yaml": CHILD.format("preact_resnet18", "act: silu"),
    "own.yaml": BLOCK,
    "uses.yaml": CHILD.format("resnet18", "block.kind: own.yaml"),
    "names.yaml": LAYOUT,
    "named.yaml": CHILD.format("resnet18", "layouts: {timm: timm/resnet, mine: names.yaml}\n  act: silu"),
}
FOLD = ("--fold-bn",)
CASES: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "a change of its own": ("net.yaml", FOLD, "error[E0512] net.yaml:6:3"),
    "a parent's change": ("grandchild.yaml", FOLD, "error[E0512] net.yaml:6:3"),
    "an option": ("resnet18", (*FOLD, "--set", "classes=10", "--set", "norm=none"), "error[E0512] --set:1:1"),
    "no batch norm is left": ("group.yaml", FOLD, "error[E0512] group.yaml:6:3"),
    "a definition's change": ("uses.yaml", FOLD, "error[E0512] own.yaml:6:3"),
    "a layout asked for by name": ("named.yaml", (*FOLD, "--layout", "mine"), "error[E0322] names.yaml:5:30"),
    "a layout of an ONNX model": (
        "named.yaml",
        ("--target", "onnx", "--no-weights", "--layout", "mine"),
        "error[E0322] names.yaml:5:30",
    ),
    "what ships, by name": ("preact_resnet18", FOLD, "error[E0512] --fold-bn:1:1"),
    "what ships, without a batch norm": ("nf_resnet50", FOLD, "error[E0512] --fold-bn:1:1"),
    "what ships, as a parent": ("of_preact.yaml", FOLD, "error[E0512] --fold-bn:1:1"),
}


@pytest.mark.parametrize(("spec", "options", "expected"), CASES.values(), ids=CASES)
def test_where_it_is_told(
    spec: str,
    options: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    assert main(["build", spec, *options, "-o", "-"]) == 1
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert f"{first.partition(':')[0]} {second.strip().removeprefix('--> ')}" == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


class Folding:
    """A backend that folds the batch norms of several networks at once."""

    def emit(self, network: Network) -> Artifact:
        return TorchBackend(fold_bn=True).emit(network)

    def emit_all(self, networks: Sequence[Network]) -> Artifact:
        return Artifact(tuple([file for network in networks for file in self.emit(network).files]))


def test_networks_that_are_written_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(FILES["net.yaml"], encoding="utf-8")
    monkeypatch.setattr(archc.cli.build, "find_backend", lambda _: Folding())
    assert main(["build", "resnet18", "net.yaml"]) == 1
    assert capsys.readouterr().err.splitlines()[1] == "  --> net.yaml:6:3"
