"""`archc resolve`: every default is printed, and what is printed is the same network."""

from pathlib import Path
from typing import Any

import pytest
from resolving import drawn, fault_of, write
from small_specs import HEAD, spec

from archc.compile.pipeline import complete_spec, shipped
from archc.diagnostics import Source
from archc.language.document.loader import parse
from archc.language.document.nodes import plain
from archc.limits import Limits

BLOCK = "{kind: basic, order: post, shortcut: B}"
DRAWN = 150


class TestSameNetwork:
    @pytest.mark.parametrize("name", [name for name, _ in shipped()])
    def test_of_what_ships(self, name: str, tmp_path: Path) -> None:
        assert fault_of(name, tmp_path / "resolved.yaml") == ""

    def test_of_drawn_specs(self) -> None:
        networks = dict(drawn(range(DRAWN)))
        assert {seed: fault for seed, fault in networks.items() if fault} == {}
        assert len(networks) > DRAWN // 2


STEPS = {
    "conv: {kernel: [1, 3], out: 8}": {"stride": 1, "dilation": 1, "padding": [0, 1], "groups": 1, "bias": False},
    "conv: {kernel: [5, 3], dilation: [1, 2], out: 8, bias: true}": {"stride": 1, "padding": 2, "groups": 1},
    "own: {op: linear, out: 8}": {"bias": True},
    "own: {op: norm, kind: batch}": {"eps": 1e-5, "momentum": 0.1, "frozen": False},
    "own: {op: norm, kind: layer}": {"eps": 1e-6, "frozen": False},
    "own: {op: norm, kind: group, groups: 2}": {"eps": 1e-5, "frozen": False},
    "own: {op: norm, kind: evonorm_s0, groups: 2}": {"eps": 1e-5, "linear": False, "frozen": False},
    "own: {op: act, kind: leaky_relu}": {"slope": 0.01},
    "own: {op: act, kind: celu}": {"slope": 1},
    "own: {op: max_pool, kernel: 2}": {"stride": 1, "padding": 0, "ceil": False},
    "own: {op: avg_pool, kernel: 2}": {"stride": 1, "padding": 0, "ceil": False, "count_include_pad": True},
    "own: {op: blur_pool}": {"kernel": 3, "stride": 1},
    "own: {op: sum}": {"over": "space"},
    "own: {op: max}": {"over": "space"},
    "own: {op: pad, left: 1}": {"size": 0, "right": 0, "top": 0, "bottom": 0},
    "own: {op: concat, of: [act1, act1]}": {"along": "channels"},
    "own: {op: affine}": {"scale": 1, "shift": 0},
    "own: {op: scale}": {"value": 1, "shared": False},
    "own: {op: drop_block, rate: 0.1}": {"size": 7, "law": "paper"},
    "own: {module: squeeze_excite, width: 2}": {"act": "relu", "gate": "sigmoid"},
    "own: {module: projection, out: 8, stride: 1}": {"kernel": 1},
    "own: {module: eca}": {"kernel": 3},
}
"""A step at the end of a stem of 8 channels, and what `archc resolve` adds to it."""

VALUES = {
    "norm: batch": {"kind": "batch", "eps": 1e-5, "momentum": 0.1, "frozen": False},
    "norm: layer": {"kind": "layer", "eps": 1e-6, "frozen": False},
    "norm: {kind: group, groups: 2}": {"kind": "group", "groups": 2, "eps": 1e-5, "frozen": False},
    "norm: none": "none",
    "act: leaky_relu": {"kind": "leaky_relu", "slope": 0.01},
    "act: relu": "relu",
    "conv: {bias: true}": {"kind": "plain", "bias": True},
    "conv: scaled": {"kind": "scaled", "bias": False, "eps": 1e-6, "gamma": 1},
    "conv: {kind: standardized}": {"kind": "standardized", "bias": False, "eps": 1e-6},
    "init: {last_norm: zeros}": {"conv": "kaiming_normal_fan_out", "linear": "torch", "last_norm": "zeros"},
}


def read(text: str) -> Any:
    return plain(parse(Source("text", text), Limits()))


def resolved(folder: Path, text: str, **files: str) -> Any:
    """A network's text as a tree, with every default."""
    write(folder, {"net.yaml": text, **{name.replace("__", "/") + ".yaml": file for name, file in files.items()}})
    return plain(complete_spec(str(folder / "net.yaml")))


class TestDefaults:
    @pytest.mark.parametrize("step", STEPS)
    def test_of_a_step(self, step: str, tmp_path: Path) -> None:
        name = step.partition(":")[0]
        stem = "{conv1: {kernel: 1, out: 8}, " + step + "}"
        written = read(step)[name]
        assert resolved(tmp_path, spec(BLOCK, stem=stem))["stem"][name] == {**written, **STEPS[step]}

    @pytest.mark.parametrize("line", VALUES)
    def test_of_a_network(self, line: str, tmp_path: Path) -> None:
        assert resolved(tmp_path, spec(BLOCK, more=line))[line.partition(":")[0]] == VALUES[line]

    def test_of_a_policy(self, tmp_path: Path) -> None:
        block = resolved(tmp_path, spec(BLOCK.replace("B", "constant_scaling")))["block"]
        assert block["shortcut"] == {"kind": "constant_scaling", "shortcut_scale": 0.5, "residual_scale": 0.5}

    @pytest.mark.parametrize(
        ("said", "added"),
        [
            ("each: [conv, norm]", {"first": ["conv", "norm"], "last": ["conv", "norm"], "after_add": []}),
            ("each: [conv, norm], last: [conv]", {"after_add": []}),
        ],
    )
    def test_of_an_order(self, said: str, added: dict[str, Any], tmp_path: Path) -> None:
        block = resolved(tmp_path, spec(BLOCK.replace("post", f"{{{said}}}")))["block"]
        assert block["order"] == {**read(f"order: {{{said}}}")["order"], **added}

    def test_another_kind_of_block_has_its_own(self, tmp_path: Path) -> None:
        block = "{kind: bottleneck, stride_at: conv2, order: post, shortcut: B}"
        stages = "{layer1: {out: 16, repeat: 1}, layer2: {out: 32, repeat: 1, kind: dark}}"
        root = resolved(tmp_path, spec(block, stages=stages))
        assert [root["block"]["ratio"], root["stages"]["layer2"]["ratio"]] == [0.25, 0.5]

    def test_of_a_step_that_differs_from_block_to_block(self, tmp_path: Path) -> None:
        insert = '{own: {op: conv, kernel: ["2 * index + 1", 1], dilation: 1, out: out, before: add}}'
        block = resolved(tmp_path, spec(BLOCK[:-1] + f", insert: {insert}}}"))["block"]
        assert block["insert"]["own"]["padding"] == ["((2 * index + 1) - 1) / 2", "(1 - 1) / 2"]

    def test_a_stage_that_changes_a_part_says_the_whole(self, tmp_path: Path) -> None:
        stages = "{layer1: {out: 16, repeat: 1}, layer2: {out: 32, repeat: 1, norm.kind: layer}}"
        root = resolved(tmp_path, spec(BLOCK[:-1] + ", norm: batch}", stages=stages))
        assert root["stages"]["layer2"]["norm"] == {"kind": "layer", "eps": 1e-6, "frozen": False}


class TestPlaces:
    def test_paths_of_a_parent_are_those_of_the_child(self, tmp_path: Path) -> None:
        own = "archc: 1\nmodule: own\nsteps: {y: {op: affine, scale: 2}}\n"
        base = spec(BLOCK, head="{own: {module: ./own.yaml}, " + HEAD[1:])
        root = resolved(tmp_path, "archc: 1\nname: net\nextends: parts/base.yaml\n", parts__base=base, parts__own=own)
        assert root["head"]["own"]["module"] == "parts/own.yaml"

    def test_figures_of_another_network_are_left_out(self) -> None:
        assert "expect" in plain(complete_spec("resnet18"))
        assert "expect" not in plain(complete_spec("resnet18", overrides=["classes=10"]))
