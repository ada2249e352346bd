"""Layouts of keys that no tree of modules has: whole keys stage and block in them, blocks named one by one, what norms keep."""

from pathlib import Path

import pytest

from archc.compile.pipeline import compile_spec
from archc.diagnostics import SpecError
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import TORCH_KEEPS

SPEC = """\
archc: 1
name: net
input: {channels: 3, height: 32, width: 32}
classes: 4
layouts: {zoo: zoo/net}
stem: {conv: {kernel: 3, out: 8}}
block: {kind: basic, order: post, shortcut: B}
stages: {one: {out: 8, repeat: 4}, two: {out: 16, stride: 2, repeat: 2}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""


def keys(layout: str, folder: Path, kept: object = ()) -> dict[str, str]:
    (folder / "net.yaml").write_text(SPEC)
    (folder / "zoo").mkdir(exist_ok=True)
    (folder / "zoo" / "net.yaml").write_text(f"archc: 1\nlayout: zoo/net\n{layout}")
    found = compile_spec(str(folder / "net.yaml"), layout="zoo")
    return state_keys(found.graph, found.layout, found.layout.batch_norm if kept else ())


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ('"b{i}"', ["one.b0", "one.b1", "one.b2", "one.b3", "two.b0", "two.b1"]),
        ('[a, "b{i}"]', ["one.a", "one.b1", "one.b2", "one.b3", "two.a", "two.b1"]),
        ("[a, b, c, d]", ["one.a", "one.b", "one.c", "one.d", "two.a", "two.b"]),
        ('{one: [a, "b{n}"]}', ["one.a", "one.b2", "one.b3", "one.b4", "two.0", "two.1"]),
        ('{one: "x{n}", two: [a, b]}', ["one.x1", "one.x2", "one.x3", "one.x4", "two.a", "two.b"]),
        ('["{stage}{name}"]', ["one.10", "one.11", "one.12", "one.13", "two.20", "two.21"]),
    ],
    ids=range(6),
)
def test_blocks(blocks: str, expected: list[str], tmp_path: Path) -> None:
    found = keys(f"blocks: {blocks}\n", tmp_path)
    assert expected == [key.removesuffix(".conv1.weight") for key in found.values() if key.endswith(".conv1.weight")]


def test_too_few_names_for_the_blocks_give_two_tensors_one_key(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        keys("blocks: [a, b]\n", tmp_path)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["E0322"]


WHOLE = """\
keys_only: true
stages: {one: "2", two: "3"}
blocks: [a, "b{i}"]
stem: {parameters: {conv.weight: "first{stage}{block}"}}
block: {parameters: {conv1.weight: "res{stage}{block}.w", norm1.scale: "bn{stage}{block}.s"}}
modules: {projection: {parameters: {conv.weight: "res{stage}{block}_1"}}}
batch_norm: {scale: factor}
"""


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("stem.conv.weight", "first"),
        ("one.0.conv1.weight", "res2a.w"),
        ("one.3.conv1.weight", "res2b3.w"),
        ("two.0.shortcut.conv.weight", "res3a_1"),
        ("two.1.norm1.scale", "bn3b1.s"),
        ("two.1.norm2.scale", "3.b1.norm2.scale"),
        ("two.1.conv2.weight", "3.b1.conv2.weight"),
        ("head.fc.bias", "head.fc.bias"),
    ],
)
def test_whole_keys(canonical: str, expected: str, tmp_path: Path) -> None:
    assert expected == keys(WHOLE, tmp_path, kept=True)[canonical]


@pytest.mark.parametrize("name", ["stage", "block"])
def test_only_whole_keys_speak_of_what_is_around(name: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        keys(f'block: {{parameters: {{conv1.weight: "x{{{name}}}"}}}}\n', tmp_path)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["E0324"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [("", dict(TORCH_KEEPS)), ("batch_norm: {}\n", {}), ("batch_norm: {n: count, s: factor}\n", {"n": "count", "s": "factor"})],
)
def test_what_is_kept(said: str, expected: dict[str, str], tmp_path: Path) -> None:
    keys(said, tmp_path)
    assert expected == dict(compile_spec(str(tmp_path / "net.yaml"), layout="zoo").layout.batch_norm)


def test_kept_tensors_are_keys_only_where_they_are_asked_for(tmp_path: Path) -> None:
    assert [key for key in keys("", tmp_path) if key.endswith("num_batches_tracked")] == []


def test_two_kept_tensors_with_one_key(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="have one key, `s`"):
        keys('keys_only: true\nblock: {parameters: {norm1.s: "s"}}\nbatch_norm: {s: factor}\n', tmp_path, kept=True)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('block: {parameters: {conv1.weight: "x{i}"}}\n', "E0324"),
        ("blocks: []\n", "E0205"),
        ("blocks: [3]\n", "E0203"),
        ("batch_norm: {a: counter}\n", "E0204"),
        ('blocks: ["{x}"]\n', "E0324"),
    ],
)
def test_what_is_no_layout(line: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        keys(line, tmp_path)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]
