"""The examples of docstrings give what they say."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import archc

API = Path(archc.__file__).parent / "api"
MODULES = ["archc", *sorted(f"archc.api.{path.stem}" for path in API.glob("*.py") if path.stem != "__init__")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    outcome = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0


def test_the_doors_have_examples() -> None:
    finder = doctest.DocTestFinder()
    documented = [archc.load, archc.parse, archc.diff, archc.Network]
    assert [one.__name__ for one in documented if not any(test.examples for test in finder.find(one))] == []
