"""What a spec says of its sizes, against the sizes its network works at."""

from pathlib import Path

import pytest
from small_specs import spec
from told import told

from archc.analyse.checking import check_file

SQUARES = "{fold: {op: space_to_depth, block: 4}, conv: {kernel: 3, out: 16}}"
FLAT = "{flat: {op: flatten}, fc: {op: linear, out: classes}}"
FOURS = "this network works at multiples of 4 only, which `input` does not say"


@pytest.mark.parametrize(
    ("parts", "overrides", "said"),
    [
        ({"stem": SQUARES}, ["input.multiple=4"], []),
        ({"stem": SQUARES}, ["input.multiple=8"], []),
        (
            {"stem": SQUARES},
            ["input.multiple=1"],
            ["E0352", FOURS],
        ),
        (
            {"stem": SQUARES},
            ["input.multiple=2"],
            ["E0352", FOURS],
        ),
        ({"stem": SQUARES}, [], ["E0352", FOURS]),
        ({"stem": SQUARES}, ["input.fixed=true"], []),
        ({"head": FLAT}, ["input.fixed=true"], []),
        ({"head": FLAT}, [], ["E0353", "this network works at 32x32 only, which `input` does not say"]),
        ({"head": FLAT}, ["input.multiple=32"], ["E0353", "this network works at 32x32 only, which `input` does not say"]),
        ({}, ["input.multiple=1"], []),
        ({}, ["input.multiple=2"], []),
        ({}, ["input.fixed=true"], ["E0354", "`fixed` limits the size, and this network works at every size"]),
        ({}, ["input.fixed=false"], []),
        ({}, ["input.multiple=5"], ["E0353", "the declared size 32x32 is not a multiple of 5"]),
        ({}, ["input.multiple=8", "input.width=36"], ["E0353", "the declared size 32x36 is not a multiple of 8"]),
        ({}, ["input.multiple=8", "input.height=36"], ["E0353", "the declared size 36x32 is not a multiple of 8"]),
    ],
)
def test_sizes(parts: dict[str, str], overrides: list[str], said: list[str], tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(spec("{kind: basic, order: post, shortcut: B}", **parts), encoding="utf-8")
    found = check_file(str(path), overrides=overrides)
    assert [part for problem in found for part in (problem.code, problem.message)] == said


def test_a_size_that_fails_is_told_whole(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(spec("{kind: basic, order: post, shortcut: B}", stem=SQUARES), encoding="utf-8")
    assert [line.replace(str(path), "small.yaml") for line in told(check_file(str(path)))] == [
        "small.yaml:3:1-3:6: error[E0352]: this network works at multiples of 4 only, which `input` does not say",
        "    label: at 33x32 `stem.fold` fails",
        "    note: at `stem.fold`: squares of 4 do not divide a height of 33 at an input of 33x32 (small.yaml:6:8-6:12)",
        "    help: say `multiple: 4`",
    ]
