"""Steps that a child puts before or after inherited ones."""

from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.compile.pipeline import compile_spec, complete_spec
from archc.ir.hash import graph_hash
from archc.language.document.nodes import Map

CHILD = "archc: 1\nname: child\nextends: resnet18\nset:\n  layouts: null\n  %s\n"
MODULE = "archc: 1\nmodule: base\nsteps:\n  conv: {kernel: 3, out: in}\n  y: {op: scale}\n"
OWN = "archc: 1\nmodule: own\nextends: base\nset: {steps.pre: {op: affine, scale: 2, before: conv}}\n"
BLOCK = "archc: 1\nblock: own\nextends: basic\nset: {steps.conv0: {kernel: 1, out: in, before: conv1}}\n"


def write(folder: Path, changes: str) -> str:
    path = folder / "child.yaml"
    path.write_text(CHILD % changes)
    return str(path)


def steps(path: str, part: str) -> list[object]:
    node = complete_spec(path).get(part)
    return [entry.key for entry in node] if isinstance(node, Map) else []


@pytest.mark.parametrize(
    ("part", "change", "order"),
    [
        ("stem", "stem.pre: {op: identity, before: conv}", ["pre", "conv", "pool"]),
        ("stem", "stem.mid: {op: blur_pool, after: conv}", ["conv", "mid", "pool"]),
        ("stem", "stem.pool: {op: blur_pool, before: conv}", ["pool", "conv"]),
        ("stem", "{stem.conv2: {kernel: 3, out: 64, after: conv}, stem.blur: {op: blur_pool, before: conv2}}"[1:-1], None),
        ("stem", "stem.a: {op: identity, after: conv}, stem.b: {op: identity, after: conv}", ["conv", "a", "b", "pool"]),
        (
            "stem",
            "stem.a: {op: identity, after: conv}, stem.b: {op: identity, after: a}, stem.c: {op: identity, after: conv}",
            ["conv", "a", "b", "c", "pool"],
        ),
        ("stem", "stem.a: {op: identity, before: pool}, stem.b: {op: identity, before: pool}", ["conv", "a", "b", "pool"]),
        ("stem", "stem.a: {op: identity, after: conv}, stem.conv: null", ["a", "pool"]),
        ("head", "head.norm: {op: norm, before: pool}", ["norm", "pool", "flat", "fc"]),
        ("head", "head.drop: {op: dropout, rate: 0.2, after: flat}", ["pool", "flat", "drop", "fc"]),
    ],
)
def test_order(part: str, change: str, order: list[str] | None, tmp_path: Path) -> None:
    path = write(tmp_path, change.replace(", stem.", "\n  stem."))
    assert steps(path, part) == (order or ["conv", "blur", "conv2", "pool"])


def test_it_is_the_network_with_the_step_written_there(tmp_path: Path) -> None:
    path = write(tmp_path, "head.norm: {op: norm, before: pool}")
    (tmp_path / "whole.yaml").write_text(
        CHILD % "head: {norm: {op: norm}, pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}"
    )
    assert graph_hash(compile_spec(path).graph) == graph_hash(compile_spec(str(tmp_path / "whole.yaml")).graph)


def test_steps_of_definitions(tmp_path: Path) -> None:
    for name, text in {"base": MODULE, "own": OWN}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "block.yaml").write_text(BLOCK)
    changes = "block.kind: ./block.yaml\n  block.insert: {a: {module: own, before: add}}"
    graph = compile_spec(write(tmp_path, changes)).graph
    names = [node.name for node in graph.nodes if node.name.startswith("layer1.0.")]
    assert [name.removeprefix("layer1.0.") for name in names if "conv" in name or "pre" in name] == [
        "conv0",
        "conv1",
        "conv2",
        "a.pre",
        "a.conv",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("stem.pre: {op: identity, before: cnov}", ["E0348 there is no step `cnov` for `pre` to stand before"]),
        ("stem.pre: {op: identity, after: pre}", ["E0348 there is no step `pre` for `pre` to stand after"]),
        ("stem.pre: {op: identity, before: [conv]}", ["E0203 `stem.pre.before` must be the name of a step"]),
        ("stem.pre: {op: identity, after: 1}", ["E0203 `stem.pre.after` must be the name of a step"]),
        ("head.norm: {op: norm, before: pol}", ["E0348 there is no step `pol` for `norm` to stand before"]),
        ("head.drop: {op: dropout, rate: 0.1, before: }", ["E0203 `head.drop.before` must be the name of a step"]),
        (
            "head: {module: attention_pool, heads: 8, out: 9}\n  head.a: {op: act, before: b}",
            ["E0201 module `attention_pool` has no parameter `a`"],
        ),
        ("stem.pre: {op: identity, after: conv, before: pool}", ["E0201 `before` has no meaning here"]),
    ],
)
def test_refused(change: str, said: list[str], tmp_path: Path) -> None:
    assert [f"{found.code} {found.message}" for found in check_file(write(tmp_path, change))] == said


def test_a_part_of_a_unit_is_told_to_be_one(tmp_path: Path) -> None:
    [found] = check_file(write(tmp_path, "stem.mid: {op: identity, after: act}"))
    assert found.help == "`act` is a part of the unit `conv`, which is one step. its steps: conv, pool"
