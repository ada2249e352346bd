"""A folder built for torch.hub is what torch.hub itself takes, from the disk or as a repository it has fetched before."""

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from rounding import SINGLE, allowed

from archc.backend import BackendError
from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc_hub import HubBackend

SPECS = ("cifar_resnet20", "cifar_resnet20_b")
REPOSITORY = {"trust_repo": True, "skip_validation": True, "verbose": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where torch.hub keeps what it has fetched of `owner/nets:main`."""
    made = tmp_path_factory.mktemp("hub") / "owner_nets_main"
    made.mkdir()
    assert main(["build", *SPECS, "--target", "hub", "-o", f"{made}/"]) == 0
    return made


@pytest.fixture(autouse=True)
def hub(folder: Path) -> Any:
    before = torch.hub.get_dir()
    torch.hub.set_dir(str(folder.parent))
    yield
    torch.hub.set_dir(before)


def test_files(folder: Path) -> None:
    assert ["cifar_resnet20.py", "cifar_resnet20_b.py", "hubconf.py"] == sorted(os.listdir(folder))


def test_list() -> None:
    assert list(SPECS) == torch.hub.list("owner/nets:main", **REPOSITORY)


def test_help() -> None:
    assert torch.hub.help("owner/nets:main", "cifar_resnet20", trust_repo=True, skip_validation=True) == (
        "ResNet-20 (CIFAR-10): arXiv:1512.03385, section 4.2, fb.resnet.torch.\n\n"
        "    Nx3x32x32 to Nx10, 269722 parameters. `weights`: a file or URL of a state dict with\n    canonical keys.\n    "
    )


def test_load(folder: Path) -> None:
    model: Any = torch.hub.load(str(folder), "cifar_resnet20_b", source="local", num_classes=4, in_channels=1)
    assert (2, 4) == tuple(model(torch.rand(2, 1, 32, 32)).shape)


def test_load_from_a_repository() -> None:
    model: Any = torch.hub.load("owner/nets:main", "cifar_resnet20", **REPOSITORY)
    assert 269_722 == sum(parameter.numel() for parameter in model.parameters())


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_weights(scheme: str, folder: Path, tmp_path: Path) -> None:
    first: Any = torch.hub.load(str(folder), "cifar_resnet20", source="local")
    torch.save(first.state_dict(), tmp_path / "weights.pth")
    where = f"{scheme}{tmp_path / 'weights.pth'}"
    same: Any = torch.hub.load(str(folder), "cifar_resnet20", source="local", weights=where)
    assert all(torch.equal(value, same.state_dict()[key]) for key, value in first.state_dict().items())


def test_two_folders_may_have_one_name(folder: Path, tmp_path: Path) -> None:
    assert main(["build", "cifar_resnet20", "--set", "classes=3", "--target", "hub", "-o", f"{tmp_path}/"]) == 0
    models: list[Any] = [torch.hub.load(str(each), "cifar_resnet20", source="local") for each in (folder, tmp_path)]
    assert [10, 3] == [model(torch.rand(1, 3, 32, 32)).shape[1] for model in models]


def test_scripted(folder: Path) -> None:
    model: Any = torch.hub.load(str(folder), "cifar_resnet20", source="local").eval()
    image = torch.rand(1, 3, 32, 32)
    expected, actual = model(image), torch.jit.script(model)(image)
    assert (expected - actual).abs().max() <= allowed(model.parameters(), SINGLE) * expected.abs().max()


@pytest.mark.parametrize("name", ["torch", "hubconf", "dependencies"])
def test_a_name_the_file_uses_itself(name: str, tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(f"archc: 1\nname: {name}\nextends: cifar_resnet20\n", encoding="utf-8")
    with pytest.raises(BackendError, match=f"cannot be called `{name}`"):
        HubBackend().emit(compile_spec(str(spec)))


def test_one_name_twice() -> None:
    network = compile_spec("cifar_resnet20")
    with pytest.raises(BackendError, match="two networks are called `cifar_resnet20`"):
        HubBackend().emit_all([network, network])


def test_one_file_twice_for_another_target(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status = main(["build", "cifar_resnet20", "cifar_resnet20", "-o", f"{tmp_path}/"])
    assert (2, [], True) == (status, os.listdir(tmp_path), "two of these networks are written to" in capsys.readouterr().err)


def test_several_for_another_target(tmp_path: Path) -> None:
    assert main(["build", *SPECS, "-o", f"{tmp_path}/"]) == 0
    assert ["cifar_resnet20.py", "cifar_resnet20_b.py"] == sorted(os.listdir(tmp_path))
