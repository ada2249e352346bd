"""`archc.torch_module`: the same source as `archc build` writes, as a live module."""

import copy
import linecache
import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from processes import count_parameters

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


def test_another_process_loads_a_saved_module(tmp_path: Path) -> None:
    model = archc.load("cifar_resnet20").torch().eval()
    torch.save(model, tmp_path / "model.pt")
    torch.save(model.layer2, tmp_path / "part.pt")
    x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    code = (
        "import sys, torch\n"
        "part = torch.load(sys.argv[2], weights_only=False)\n"
        "model = torch.load(sys.argv[1], weights_only=False)\n"
        "assert type(part) is type(model.layer2)\n"
        "x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))\n"
        "torch.save(model(x), sys.argv[1])\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "model.pt"), str(tmp_path / "part.pt")], check=True)
    assert torch.equal(torch.load(tmp_path / "model.pt"), model(x))


def test_a_copy_has_weights_of_its_own() -> None:
    model = archc.load("cifar_resnet20").torch()
    other = copy.deepcopy(model)
    with torch.no_grad():
        next(other.parameters()).zero_()
    assert next(model.parameters()).abs().sum() > 0
    assert type(other) is type(model)


def test_a_spawned_process_takes_a_module() -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    model = archc.load("cifar_resnet20").torch()
    process = context.Process(target=count_parameters, args=(model, results))
    process.start()
    assert results.get(timeout=120) == sum(parameter.numel() for parameter in model.parameters())
    process.join()
