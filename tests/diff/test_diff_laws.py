"""Laws of the difference, over random networks."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from valid_specs import networks

from archc.analyse.diff.compare import Network, compare
from archc.analyse.diff.marks import marks
from archc.analyse.diff.model import Difference
from archc.compile.pipeline import compile_spec

SWAPPED = {"added": "removed", "removed": "added", "changed": "changed"}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def network(tree: dict[str, Any], folder: Path) -> Network:
    path = folder / "drawn.yaml"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return Network(compile_spec(str(path)))


def renamed(tree: dict[str, Any]) -> dict[str, Any]:
    """The same network with every stage and the steps of its head called otherwise."""
    stages = {f"part_{name}": stage for name, stage in tree["stages"].items()}
    head = {("last" if name == "fc" else name): step for name, step in tree["head"].items()}
    return {**tree, "name": "other", "stages": stages, "head": head}


def sentences(found: Difference, names: dict[str, str]) -> set[tuple[str, str]]:
    return {(names[one.kind], one.where) for one in found.changes}


@given(tree=networks())
@settings(max_examples=12, deadline=None)
def test_a_network_is_the_same_as_itself(tree: dict[str, Any], folder: Path) -> None:
    found = compare(network(tree, folder), network(tree, folder))
    assert (found.same, found.changes, found.operations, found.notes) == (True, (), (), ())


@given(tree=networks())
@settings(max_examples=12, deadline=None)
def test_names_are_no_difference(tree: dict[str, Any], folder: Path) -> None:
    found = compare(network(tree, folder), network(renamed(tree), folder))
    assert (found.same, found.changes) == (True, ())


@given(one=networks(), other=networks())
@settings(max_examples=20, deadline=None)
def test_swapping_the_networks_swaps_what_was_added_and_removed(one: dict[str, Any], other: dict[str, Any], folder: Path) -> None:
    first, second = network(one, folder), network(other, folder)
    there, back = compare(first, second), compare(second, first)
    assert sorted((SWAPPED[op.kind], op.new, op.old) for op in there.operations) == sorted(
        (op.kind, op.old, op.new) for op in back.operations
    )


@given(one=networks(), other=networks())
@settings(max_examples=20, deadline=None)
def test_networks_that_differ_have_changes_and_marks(one: dict[str, Any], other: dict[str, Any], folder: Path) -> None:
    found = compare(network(one, folder), network(other, folder))
    old, new = marks(found)
    assert (bool(found.changes), bool(old or new)) == (not found.same, not found.same)
