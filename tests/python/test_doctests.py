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


def test_the_page_gives_what_it_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "python.md"
    outcome = doctest.testfile(str(page), module_relative=False)
    assert (outcome.failed, outcome.attempted > 10) == (0, True)


def test_the_page_names_all_that_is_public() -> None:
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    known = {"ArchcError", "Limits", "Network", "Stage", "__version__", "compile_spec", "torch_module"}
    assert [name for name in archc.__all__ if name not in known and name not in page] == []


def test_the_doors_have_examples() -> None:
    finder = doctest.DocTestFinder()
    documented = [archc.load, archc.parse, archc.diff, archc.Network]
    assert [one.__name__ for one in documented if not any(test.examples for test in finder.find(one))] == []
