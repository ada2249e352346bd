"""Everything that is said of the specs under cases/invalid/semantics, and of values of the command line, in golden files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from told import page, told

from archc.analyse.checking import check_file

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "invalid" / "semantics"
OVERRIDES = (Path(__file__).parent / "overrides.txt").read_text(encoding="utf-8").splitlines()
"""A spec and a value a line; what comes after `expect.` in it is compared, so that a number may be wrong."""


def test_specs(golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    golden("golden/semantics.txt", page((path.name, told(check_file(path.name))) for path in sorted(FOLDER.glob("*.yaml"))))


def test_values_of_the_command_line(golden: Callable[[str, str], None]) -> None:
    cases = ((line, line.split(" ", 1)) for line in OVERRIDES)
    golden("golden/overrides.txt", page((line, told(check_file(spec, overrides=[value]))) for line, (spec, value) in cases))
