"""Blocks whose branch begins with a list, and what their shortcuts may read."""

from pathlib import Path

import pytest
from small_specs import spec

from archc.analyse.checking import check_file

BLOCK = "archc: 1\nblock: own\nstride_at: conv1\nsteps:\n"
HALF = "  halves: {op: split, parts: 2}\n  conv1: {of: halves.1, kernel: 1, out: out}\n"
BOTH = "  halves: {op: split, parts: 2}\n  conv1: {of: halves.1, kernel: 3, out: out}\n  y: {op: add, of: [norm1, norm1]}\n"
LIST = "  conv1: {kernel: 1, out: out}\n  halves: {op: split, parts: 2}\n"


@pytest.mark.parametrize(
    ("steps", "said", "codes"),
    [
        (HALF, "order: post, shortcut: B", []),
        (BOTH, "order: linear_out, shortcut: B", []),
        (HALF, "order: post, shortcut: none", []),
        (HALF, "order: pre, shortcut: {kind: B, change.of: x}", []),
        (HALF, "order: pre, shortcut: B", ["E0346"]),
        (HALF, "order: post, shortcut: {kind: B, change.of: preact}", ["E0334"]),
        (LIST, "order: post, shortcut: B", ["E0337"]),
    ],
)
def test_block(steps: str, said: str, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(BLOCK + steps)
    (tmp_path / "net.yaml").write_text(spec(f"{{kind: own, {said}}}"))
    assert [found.code for found in check_file(str(tmp_path / "net.yaml"))] == codes
