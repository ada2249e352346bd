"""What is accepted runs: evaluated, trained on two images, and backwards, in finite numbers."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from small_specs import spec

from archc.compile.pipeline import Compiled, compile_spec
from archc.diagnostics import SpecError
from archc.live import load_module

BASIC = "{kind: basic, order: post, shortcut: B, insert: {step: %s, before: add}}}"
FACTORS = (0, -1, "1e-30", "1e-300", "1e39", "1e300")
SLOPED = {"leaky_relu": FACTORS, "elu": FACTORS, "celu": (0, 0.001, 3, "1e-46", "1e-300", "1e39")}
EPSILONS = {"batch": ("1e-30", 1, -1), **dict.fromkeys(("layer", "instance", "filter_response"), (0, "1e-30", 1, -1))}
"""Of batch norms torch evaluates an eps of 0, and does not train it: W0612."""
RATES = (0, 0.5, "1e-300", 1, -0.1, "1e39")
WINDOWS = ((3, 1), (3, 2), (1, 0), (1, 1))
GROUPS = (1, 16, 3, 0)
VALUES: dict[str, list[str]] = {
    "act": [f"act: {{kind: {kind}, slope: {slope}}}" for kind, slopes in SLOPED.items() for slope in slopes],
    "norm": [
        *(f"norm: {{kind: {kind}, eps: {eps}}}" for kind, values in EPSILONS.items() for eps in values),
        *(f"norm: {{kind: {kind}, groups: {groups}}}" for kind in ("group", "evonorm_s0") for groups in GROUPS),
        *(f"norm: {{kind: batch, momentum: {momentum}}}" for momentum in (0, 1, -1, 2)),
    ],
    "preprocess": [f"preprocess: {{mean: [0, 0, 0], std: [{std}, 1, 1]}}" for std in (0, -1, 0.1)],
    "step": [
        *(f"{{op: {op}, rate: {rate}" for op in ("dropout", "drop_path", "drop_channels", "drop_block") for rate in RATES),
        *(f"{{op: drop_block, rate: 0.1, size: {size}, law: {law}" for size in (0, 1, 2, 255) for law in ("paper", "timm")),
        *(f"{{op: {op}, kernel: {kernel}, padding: {padding}" for op in ("max_pool", "avg_pool") for kernel, padding in WINDOWS),
        *(f"{{op: {key}: {value}" for key in ("scale, value", "affine, scale", "affine, shift") for value in FACTORS),
        *(f"{{op: conv, kernel: 3, out: 16, dilation: {dilation}" for dilation in (0, 1, 15, 31, 65536, 65537)),
        *(f"{{op: softmax, over: parts, parts: {parts}" for parts in (1, 16, 3)),
        *(f"{{op: shuffle, groups: {groups}, parts: {parts}" for groups, parts in ((1, 16), (16, 1), (3, 1))),
    ],
}
VALUES["conv"] = [
    f"conv: {{kind: {kind}: {value}}}"
    for kind, values in {
        "standardized, eps": EPSILONS["layer"],
        "scaled, eps": EPSILONS["layer"],
        "scaled, gamma": FACTORS,
    }.items()
    for value in values
]
CASES = [(where, text) for where, texts in VALUES.items() for text in texts]


def compiled(where: str, text: str, folder: Path) -> Compiled:
    path = folder / "small.yaml"
    block = BASIC % text if where == "step" else "{kind: basic, order: post, shortcut: B}"
    path.write_text(spec(block, stages="{layer1: {out: 16, repeat: 1}}", more="" if where == "step" else text), encoding="utf-8")
    return compile_spec(str(path))


def test_what_is_refused(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    lines = []
    for where, text in CASES:
        try:
            compiled(where, text, tmp_path)
        except SpecError as error:
            lines.append(f"{text}  {error.diagnostics[0].code} {error.diagnostics[0].message}\n")
    golden("golden/refused_values.txt", "".join(lines))


@pytest.mark.no_cover
@pytest.mark.parametrize(("where", "text"), CASES, ids=[text for _, text in CASES])
def test_what_is_accepted_runs(where: str, text: str, tmp_path: Path) -> None:
    try:
        network = compiled(where, text, tmp_path)
    except SpecError:
        return  # the golden file says so
    torch.manual_seed(0)
    model = load_module(network).small()
    images = torch.randn(2, 3, 32, 32)
    evaluated, trained = model.eval()(images), model.train()(images)
    trained.sum().backward()
    values = (evaluated, trained, *(parameter.grad for parameter in model.parameters()))
    assert [bool(torch.isfinite(value).all()) for value in values] == [True] * len(values)
