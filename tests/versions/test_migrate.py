"""Documents of an older version brought up to date: by the upgrades one after another, comments and all else as they were."""

from collections.abc import Sequence

import pytest

from archc.diagnostics import Edit, Source, SpecError
from archc.language.document.edits import renamed
from archc.language.document.loader import parse
from archc.language.document.nodes import Map
from archc.language.versions import UPGRADES, VERSION, Upgrade, migrated, version_problem
from archc.limits import DEFAULT_LIMITS


def renames(old: str, new: str) -> Upgrade:
    """An upgrade as a later version could need it: a key of the top level has another name."""

    def edits(root: Map) -> Sequence[Edit]:
        return [edit for entry in root if entry.key == old for edit in renamed(entry.span, old, new)]

    return edits


LATER = {1: renames("depth", "layers"), 2: renames("layers", "blocks")}


def source(text: str) -> Source:
    return Source("net.yaml", text)


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("archc: 1\nname: a\n", 1, "archc: 1\nname: a\n"),
        ("# mine\nname: a # so\n", 1, "# mine\narchc: 1\nname: a # so\n"),
        ('archc: "1" # quoted\nname: a\n', 1, "archc: 1 # quoted\nname: a\n"),
        ("archc: 1.0\r\nname: a\r\n", 1, "archc: 1\r\nname: a\r\n"),
        ("{name: a}", 1, "{archc: 1, name: a}"),
    ],
)
def test_to_the_only_version(text: str, found: int, expected: str) -> None:
    assert migrated(source(text), DEFAULT_LIMITS) == (found, expected)


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("archc: 1 # first\ndepth: 3 # three\n", 1, "archc: 3 # first\nblocks: 3 # three\n"),
        ("archc: 2\nlayers: 3\ndepth: 4\n", 2, "archc: 3\nblocks: 3\ndepth: 4\n"),
        ("archc: 3\ndepth: 3\n", 3, "archc: 3\ndepth: 3\n"),
        ("depth: 3\n", 1, "archc: 3\nblocks: 3\n"),
        ('archc: "2"\nlayers: 3\n', 2, "archc: 3\nblocks: 3\n"),
    ],
)
def test_through_every_version_between(text: str, found: int, expected: str) -> None:
    assert migrated(source(text), DEFAULT_LIMITS, LATER) == (found, expected)


@pytest.mark.parametrize("version", ["0", "4", "-1", "01x", "null", "[1]", "true", "1.5", "9999999999", '"²"'])
def test_no_way_leads_from_another_version(version: str) -> None:
    with pytest.raises(SpecError) as error:
        migrated(source(f"archc: {version}\nname: a\n"), DEFAULT_LIMITS, LATER)
    assert [(d.code, d.span and (d.span.line, d.span.column)) for d in error.value.diagnostics] == [("E0206", (1, 8))]


def test_an_older_version_is_told_how_to_migrate() -> None:
    problem = version_problem(parse(source("archc: 1\n"), DEFAULT_LIMITS), newest=3)
    assert problem is not None
    assert (problem.label, problem.help) == ("this archc knows versions 1 to 3", "`archc migrate` brings it up to date")


def test_the_newest_version_is_the_one_no_upgrade_leads_from() -> None:
    assert [*UPGRADES, VERSION] == list(range(1, VERSION + 1))
