"""`archc.torch_module`: the same source as `archc build` writes, as a live module."""

import linecache
import pickle
from pathlib import Path

import pytest
import torch

import archc
from archc.cli.main import main
from archc.live import load_module

SMALL = "cifar_resnet20"


def test_source_is_the_built_file(tmp_path: Path) -> None:
    assert main(["build", SMALL, "-o", str(tmp_path / "net.py")]) == 0
    module = load_module(archc.compile_spec(SMALL))
    assert "".join(linecache.getlines(str(module.__file__))) == (tmp_path / "net.py").read_text()


def test_arguments_are_the_factorys() -> None:
    model = archc.torch_module(SMALL, num_classes=7, in_channels=1)
    assert model(torch.zeros(2, 1, 32, 32)).shape == (2, 7)


def test_each_call_is_a_new_network() -> None:
    torch.manual_seed(0)
    one, two = archc.torch_module(SMALL), archc.torch_module(SMALL)
    assert (type(one) is type(two), torch.equal(next(one.parameters()), next(two.parameters()))) == (True, False)


def test_two_networks_of_one_name(tmp_path: Path) -> None:
    (tmp_path / f"{SMALL}.yaml").write_text(f"archc: 1\nname: {SMALL}\nextends: cifar_resnet32\n")
    mine, shipped = archc.torch_module(str(tmp_path / f"{SMALL}.yaml")), archc.torch_module(SMALL)
    assert len(mine.state_dict()) > len(shipped.state_dict())


def test_pickles() -> None:
    model = archc.torch_module(SMALL)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301  what was just written
    assert torch.equal(next(again.parameters()), next(model.parameters()))


def test_scripts() -> None:
    """torch.jit.script reads the source through linecache."""
    model = archc.torch_module(SMALL).eval()
    image = torch.randn(1, 3, 32, 32)
    assert torch.equal(torch.jit.script(model)(image), model(image))


def test_spec_error() -> None:
    with pytest.raises(archc.SpecError, match="there is no file and no shipped network"):
        archc.torch_module("cifar_resnte20")


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ImportError, match="pip install torch"):
        archc.torch_module(SMALL)
