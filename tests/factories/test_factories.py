"""An emitted factory with other classes and input channels is the network that the spec with those numbers is."""

import re
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from factories.networks import DEFINITIONS, HEAD, NAMES, parts_of
from small_specs import spec
from torch import Tensor

import archc
from archc.compile.pipeline import Compiled, compile_spec
from archc.live import load_module

BASIC = "{kind: basic, order: post, shortcut: B}"
CLASSES_AND_CHANNELS = (17, 9)
"""Unlike the declared ones in every formula of the table."""


@pytest.fixture
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The file of a network, beside those of its modules."""
    for name, text in DEFINITIONS.items():
        (tmp_path / f"{name}.yaml").write_text(f"archc: 1\n{text}", encoding="utf-8")
    text = spec(BASIC, **parts_of(request.param))
    text = text.replace("width: 32", "width: 32, multiple: 2") if "squares" in request.param else text
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path / "small.yaml")


def said(path: str, classes: int, channels: int) -> Compiled:
    return compile_spec(path, overrides=[f"classes={classes}", f"input.channels={channels}"])


def with_weights(model: Any, weights: dict[str, Tensor]) -> Any:
    model.load_state_dict(weights)
    return model.eval()


@pytest.mark.parametrize("path", NAMES, indirect=True)
def test_factory_is_the_spec_with_these_numbers(path: str) -> None:
    classes, channels = CLASSES_AND_CHANNELS
    own = load_module(said(path, classes, channels)).small()
    weights = {key: torch.rand_like(tensor) if tensor.is_floating_point() else tensor for key, tensor in own.state_dict().items()}
    made = with_weights(archc.torch_module(path, num_classes=classes, in_channels=channels), weights)
    image = torch.rand(2, channels, 16, 16)
    torch.testing.assert_close(made(image), with_weights(own, weights)(image), rtol=0, atol=0)


@pytest.mark.parametrize("path", NAMES, indirect=True)
def test_declared_numbers_are_defaults(path: str) -> None:
    own = {key: tensor.shape for key, tensor in archc.torch_module(path).state_dict().items()}
    assert own == {key: tensor.shape for key, tensor in load_module(said(path, 10, 3)).small().state_dict().items()}


def _head(width: str) -> str:
    return f"{{{HEAD}, fc: {{op: linear, out: {width}}}}}"


SMALLER = "{layer1: {out: 16, repeat: 1, stride: 2}}"
N, C = "num_classes", "in_channels"
REFUSED = {
    "blocks": (
        {"stages": "{layer1: {out: 16, repeat: classes // 5}}"},
        "num_classes",
        "`repeat` of stage `layer1` depends on it",
    ),
    "choice": ({"head": _head("classes if classes > 5 else 5")}, N, "`classes if classes > 5 else 5` depends on it"),
    "half": ({"head": _head("classes / 2")}, N, "`classes / 2` depends on it"),
    "kernel": ({"stem": "{conv: {kernel: classes - 7, out: 16}}"}, N, "`kernel` of `stem.conv` depends on it"),
    "constant": (
        {"head": _head("4}, a: {op: affine, shift: classes")},
        "num_classes",
        "a constant of the network depends on it",
    ),
    "shortcut": (
        {"stages": "{layer1: {out: classes, repeat: 1}}"},
        "num_classes",
        "the shortcut in stage `layer1` depends on it",
    ),
    "image": ({"stem": "{}"}, C, "the shortcut in stage `layer1` depends on it"),
    "sum": (
        {
            "stem": "{c: {op: conv, kernel: 3, out: 3}, y: {op: add, of: [x, c]}}",
            "stages": "{layer1: {out: 16, repeat: 1, stride: 2}}",
        },
        C,
        "the shapes in the network fit for no other value",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_decides_more_than_widths_is_no_argument(name: str, tmp_path: Path) -> None:
    parts, argument, reason = REFUSED[name]
    (tmp_path / "small.yaml").write_text(spec(BASIC, **parts), encoding="utf-8")
    compiled = compile_spec(str(tmp_path / "small.yaml"))
    factory = load_module(compiled).small
    assert compiled.factory().missing == {argument: reason}
    assert argument not in signature(factory).parameters
    assert f"`{argument}` is no argument: {reason}." in " ".join((factory.__doc__ or "").split())
    with pytest.raises(TypeError, match=f"`small` has no argument `{argument}`: {re.escape(reason)}; set"):
        archc.torch_module(str(tmp_path / "small.yaml"), **{argument: 7})
