"""Keys that are a document's own, where a change says them: in `set`, and on the command line."""

from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.compile.pipeline import compile_spec, complete_spec
from archc.language.document.nodes import plain

CHILD = "archc: 1\nname: child\nextends: resnet18\nset: {%s}\nexpect: {depth: 18}\n"


def child(folder: Path, changes: str) -> str:
    path = folder / "child.yaml"
    path.write_text(CHILD % changes)
    return str(path)


def test_a_name_on_the_command_line_names_the_network() -> None:
    compiled = compile_spec("resnet18", overrides=["name=mine"])
    assert [compiled.spec.name, compiled.graph.name] == ["mine", "mine"]


def test_and_the_figures_are_still_compared(tmp_path: Path) -> None:
    path = child(tmp_path, "classes: 10").replace(".yaml", ".yaml")
    Path(path).write_text(Path(path).read_text().replace("18}\n", "19}\n"))
    assert [found.code for found in check_file(path, overrides=["name=mine"])] == ["E0350"]


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        ("name: other", "name", "other"),
        ("title: Other", "title", "Other"),
        ("expect: {depth: 18, macs: 1814073344}", "expect", {"depth": 18, "macs": 1814073344}),
    ],
)
def test_in_set_it_holds_once_and_is_told(changes: str, key: str, value: object, tmp_path: Path) -> None:
    path = child(tmp_path, changes)
    root = complete_spec(path)
    assert [plain(entry.value) for entry in root if entry.key == key] == [value]
    assert [found.code for found in check_file(path, lint=True)] == ["W0608"]


def test_one_that_is_not_there_to_be_removed(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("archc: 1\nname: net\nextends: resnet18\nset: {expect: null}\n")
    assert [(found.code, found.help) for found in check_file(path)] == [("E0305", "it is not inherited: leave this out")]
