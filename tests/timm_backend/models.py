"""Networks built for timm in a test: their module imported, their model made by timm."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import timm
import torch

from archc.compile.pipeline import Changes, compile_spec
from archc_timm import TimmBackend


def emitted(folder: Path, name: str, parent: str, *changes: str, features: tuple[str, ...] = ()) -> str:
    """The source of a network that extends a shipped one under a name of its own."""
    spec = folder / f"{name}.yaml"
    lines = "".join(f"  {line}\n" for line in changes)
    spec.write_text(f"archc: 1\nname: {name}\nextends: {parent}\n" + (f"set:\n{lines}" if lines else ""), encoding="utf-8")
    compiled = compile_spec(str(spec), prefers=TimmBackend.prefers, changes=Changes(features=features))
    return b"".join(TimmBackend().emit(compiled).files[0].chunks).decode()


def imported(folder: Path, name: str, source: str) -> ModuleType:
    """The module of a source, which thereby is known to timm."""
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def randomized(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """A state in which no tensor is as it begins: norms' and gains too, which may begin at zero."""
    generator = torch.Generator().manual_seed(0)
    state = {}
    for key, value in model.state_dict().items():
        if value.is_floating_point():
            drawn = torch.rand(value.shape, generator=generator, dtype=value.dtype)
            value = drawn + 0.5 if value.ndim < 2 else (drawn - 0.5) * (3 / value[0].numel()) ** 0.5  # noqa: PLW2901
        state[key] = value
    return state


@contextmanager
def no_initialisation() -> Iterator[None]:
    """Weights that are loaded afterwards need not be drawn before: that is most of the time a model takes."""
    drawing = ("kaiming_normal_", "kaiming_uniform_", "normal_", "uniform_", "trunc_normal_")
    with ExitStack() as stack:
        for name in drawing:
            stack.enter_context(patch.object(torch.nn.init, name, lambda tensor, *_, **__: tensor))
        yield


def created(name: str, **given: Any) -> Any:
    """The model as timm makes it, its weights undrawn."""
    with no_initialisation():
        return timm.create_model(name, **given)
