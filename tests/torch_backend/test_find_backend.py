"""Backends by name, from the entry points of installed packages."""

import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from archc.backend import BUILT_IN, GROUP, BackendError, find_backend
from archc_torch import TorchBackend


def offered(monkeypatch: pytest.MonkeyPatch, *offers: tuple[str, str]) -> None:
    entries = EntryPoints(EntryPoint(name, value, GROUP) for name, value in offers)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: entries)


def failure(name: str) -> BackendError:
    with pytest.raises(BackendError) as error:
        find_backend(name)
    return error.value


def test_found(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, ("mlx", "archc_torch:TorchBackend"), ("onnx", "archc_onnx:OnnxBackend"))
    assert find_backend("mlx") == TorchBackend()


def test_one_offer_twice_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed and on the path."""
    offered(monkeypatch, ("mlx", "archc_torch:TorchBackend"), ("mlx", "archc_torch:TorchBackend"))
    assert find_backend("mlx") == TorchBackend()


def test_an_own_name_is_archcs_whoever_offers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, ("torch", "other:Backend"))
    assert find_backend("torch") == TorchBackend()


def test_own_names_are_the_entry_points() -> None:
    """So that they are found as others' are where all are listed."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["entry-points"][GROUP] == BUILT_IN


def test_unknown_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, ("torch", "archc_torch:TorchBackend"))
    error = failure("trch")
    assert (error.code, error.message, error.help) == ("E0501", "there is no backend `trch`", "did you mean `torch`?")


def test_unknown_with_all_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, ("torch", "a:A"), ("onnx", "b:B"))
    assert failure("caffe").help == "installed: onnx, torch"


def test_two_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, ("mlx", "one:Backend"), ("mlx", "other:Backend"))
    error = failure("mlx")
    assert (error.code, error.message) == ("E0502", "two backends are called `mlx`: `one:Backend` and `other:Backend`")


@pytest.mark.parametrize("value", ["no_such_package_of_ours:Backend", "archc_torch:Nothing", "archc_torch:__doc__"])
def test_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    offered(monkeypatch, ("mlx", value))
    assert failure("mlx").code == "E0508"
