"""A thousand random calls of public functions: each gives a value or an error of archc's own, and leaves no file behind."""

import random
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import archc

SMALL = "cifar_resnet20"
NET = archc.load(SMALL)
VALUES: list[Any] = [
    None, True, False, 0, 1, -3, 10**30, 2.5, float("nan"), float("inf"), "", "x", SMALL, "resnet999", "layer1", "a\0b",
    "\ud800",
    "stages.layer1.repeat", b"bytes", [], [1], ["layer1"], (3, 4), (0, 0), {}, {"a": 1}, {"classes": "ten"}, {1: 2},
    {"classes": {3}}, {"archc": 1}, {"stages.layer1.repeat": -1}, set(), object(), Path("missing.yaml"), Path(),
    NET, NET.graph, int, print,
]  # fmt: skip
"""What arguments are drawn from: some are right somewhere."""
CALLS: list[Callable[..., Any]] = [
    archc.load, archc.parse, archc.check, archc.table, archc.draw, archc.diff, archc.convert_weights, archc.verify,
    NET.set, NET.cost, NET.table, NET.draw, NET.source, NET.onnx, NET.torch, NET.save, NET.under,
]  # fmt: skip


def arguments(call: Callable[..., Any], draw: random.Random) -> tuple[list[Any], dict[str, Any]]:
    """One to three arguments of a call: its own parameters by position or name, and now and then a name it does not have."""
    names = [name for name, one in signature(call).parameters.items() if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    positional = [draw.choice(VALUES) for _ in range(draw.randint(0, 2))]
    named = {name: draw.choice(VALUES) for name in draw.sample(names, min(len(names), draw.randint(0, 2)))}
    if draw.random() < 0.1:
        named["no_such_argument"] = draw.choice(VALUES)
    return positional, named


def fits(call: Callable[..., Any], positional: list[Any], named: dict[str, Any]) -> bool:
    """Whether Python itself would take the call; what it refuses is not for archc to say."""
    try:
        signature(call).bind(*positional, **named)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("seed", range(20))
def test_no_exception_but_ours(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    draw = random.Random(seed)
    done = 0
    while done < 50:
        call = draw.choice(CALLS)
        positional, named = arguments(call, draw)
        if not fits(call, positional, named):
            continue
        done += 1
        try:
            str(call(*positional, **named))
        except archc.ArchcError:
            pass
        except Exception as error:
            raise AssertionError(
                f"{call.__name__}(*{positional!r}, **{named!r}) raised {type(error).__name__}: {error}"
            ) from error
    assert [path for path in tmp_path.iterdir() if path.suffix not in (".yaml", ".py", ".onnx", ".pth")] == []
