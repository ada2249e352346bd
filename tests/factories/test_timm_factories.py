"""The same of models for timm: `num_classes`, `in_chans`, no classifier at all, and another one."""

from pathlib import Path
from typing import Any

import pytest
import torch
from factories.networks import DEFINITIONS, NAMES, parts_of
from small_specs import spec
from timm_backend.models import imported, randomized

from archc.compile.pipeline import compile_spec
from archc.live import load_module
from archc_timm import TimmBackend

NAMED = [name for name in NAMES if name not in ("conv", "grouped")]  # their features are of the head
BASIC = "{kind: basic, order: post, shortcut: B}"
SEVERAL = ("two", "after", "module", "modules", "pair")
"""Where more than one layer depends on the number of classes."""


def models(name: str, parts: dict[str, str], folder: Path) -> tuple[Any, Any]:
    """The entry point for timm, and what makes the network that the spec is with other numbers."""
    for key, text in DEFINITIONS.items():
        (folder / f"{key}.yaml").write_text(f"archc: 1\n{text}", encoding="utf-8")
    text = spec(BASIC, **parts).replace("name: small", f"name: {name}")
    path = folder / f"{name}.yaml"
    path.write_text(text.replace("width: 32", "width: 32, multiple: 2") if "squares" in name else text, encoding="utf-8")
    source = b"".join(TimmBackend().emit(compile_spec(str(path))).files[0].chunks).decode()

    def own(classes: int, channels: int) -> Any:
        compiled = compile_spec(str(path), overrides=[f"classes={classes}", f"input.channels={channels}"])
        return getattr(load_module(compiled), name)()

    return getattr(imported(folder, name, source), name), own


@pytest.mark.parametrize("name", NAMED)
def test_model_is_the_spec_with_these_numbers(name: str, tmp_path: Path) -> None:
    make, own = models(f"factory_{name}", parts_of(name), tmp_path)
    classes, channels = 17, 9
    model, expected = make(num_classes=classes, in_chans=channels).eval(), own(classes, channels).eval()
    weights = randomized(expected)
    model.load_state_dict(weights)
    expected.load_state_dict(weights)
    image = torch.rand(2, channels, 16, 16)
    torch.testing.assert_close(model(image), expected(image), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", [name for name in NAMED if name not in SEVERAL])
def test_classifier_made_anew_is_that_of_the_spec(name: str, tmp_path: Path) -> None:
    make, own = models(f"reset_{name}", parts_of(name), tmp_path)
    model = make(num_classes=0)
    assert isinstance(model.get_classifier(), torch.nn.Identity)
    model.reset_classifier(7)
    assert [tensor.shape for tensor in model.parameters()] == [tensor.shape for tensor in own(7, 3).parameters()]


@pytest.mark.parametrize("name", SEVERAL)
def test_several_layers_are_not_made_anew(name: str, tmp_path: Path) -> None:
    make, _ = models(f"several_{name}", parts_of(name), tmp_path)
    with pytest.raises(ValueError, match=r"`head\..*` of several_\w+ depends on num_classes too: create the model anew"):
        make().reset_classifier(7)


def test_what_no_formula_says_is_refused(tmp_path: Path) -> None:
    make, _ = models("fixed_classes", {"stages": "{layer1: {out: 16, repeat: classes // 5}}"}, tmp_path)
    assert make(num_classes=0)(torch.rand(1, 3, 32, 32)).shape == (1, 16)
    with pytest.raises(ValueError, match="fixed_classes has no other num_classes: `repeat` of stage `layer1` depends on it"):
        make(num_classes=7)
    make, _ = models("fixed_image", {"stem": "{}"}, tmp_path)
    with pytest.raises(ValueError, match="fixed_image has no other in_chans: the shortcut in stage `layer1` depends on it"):
        make(in_chans=4)
