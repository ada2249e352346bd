"""What version 1 of the language says, for ever: each spec is the network it was, and an archc that reads it as another is wrong.

`version_1/` holds specs as they were written, `version_1.json` their graph hashes and those of the networks that ship. A network
that ships later gets a line; no line and no file of that folder is ever changed.
"""

import json
from pathlib import Path

import pytest

from archc.compile.pipeline import compile_spec, shipped
from archc.ir.hash import graph_hash

HERE = Path(__file__).parent
GOLDEN: dict[str, str] = json.loads((HERE / "version_1.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_spec_is_the_network_it_was(name: str) -> None:
    target = str(HERE / name) if name.startswith("version_1/") else name
    assert graph_hash(compile_spec(target).graph) == GOLDEN[name]


def test_every_golden_file_has_a_hash() -> None:
    files = [f"version_1/{path.name}" for path in sorted((HERE / "version_1").iterdir())]
    assert files == sorted(name for name in GOLDEN if name.startswith("version_1/"))


def test_every_shipped_network_has_a_hash() -> None:
    assert sorted(name for name, _ in shipped()) == sorted(name for name in GOLDEN if not name.startswith("version_1/"))
