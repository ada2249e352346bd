"""All that is said of small networks with one value changed, in a golden file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_networks import FOLDER
from told import page, told

from archc.analyse.checking import check_file

CASES = [line.split(" ", 1) for line in Path(__file__).with_name("faults.txt").read_text(encoding="utf-8").splitlines()]
"""A network and a value for the command line, a line each."""
NAMES = sorted({name for name, _ in CASES})


@pytest.mark.parametrize("name", NAMES)
def test_faults(name: str, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    values = [value for network, value in CASES if network == name]
    errors = (
        (value, [each for each in check_file(f"{name}.yaml", overrides=[value]) if each.severity == "error"]) for value in values
    )
    golden(f"golden/faults/{name}.txt", page((value, told(problems)) for value, problems in errors))
