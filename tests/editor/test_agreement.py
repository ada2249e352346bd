"""Three readers of one language, either draft of the editor's schema and `archc check`: on what ships, is broken, is changed."""

from pathlib import Path

import pytest
from editor_documents import BROKEN, DOCUMENTS, SHIPPED, again, mutants, written
from jsonschema import Draft7Validator, Draft202012Validator

from archc.analyse.checking import check_file
from archc.language.document.loader import parse
from archc.language.document.source import read_source
from archc.language.editor.view import editor_schema
from archc.language.library import kind_of
from archc.language.schema.load import Kind
from archc.language.schema.places import as_document
from archc.language.schema.validate import validate
from archc.limits import Limits

pytestmark = pytest.mark.no_cover

LATEST = Draft202012Validator(editor_schema("any"))
TWIN = Draft7Validator(editor_schema("any", "07"))
MUTANTS = mutants(1, 300, DOCUMENTS)


def _of_kind(kind: Kind) -> list[dict[str, object]]:
    return [document for root, document in zip(SHIPPED, DOCUMENTS, strict=True) if kind_of(root) == kind]


@pytest.mark.parametrize("validator", [LATEST, TWIN], ids=["2020-12", "07"])
def test_what_ships_is_valid(validator: Draft202012Validator | Draft7Validator) -> None:
    assert [document for document in DOCUMENTS if not validator.is_valid(document)] == []


@pytest.mark.parametrize("kind", ["network", "block", "module", "shortcut", "layout"])
def test_what_ships_is_valid_as_its_kind_alone(kind: Kind) -> None:
    validator = Draft202012Validator(editor_schema(kind))
    assert [document for document in DOCUMENTS if validator.is_valid(document)] == _of_kind(kind)


def test_the_drafts_agree_on_broken_specs() -> None:
    assert [document for document in BROKEN if LATEST.is_valid(document) != TWIN.is_valid(document)] == []


def test_the_drafts_agree_on_mutants() -> None:
    assert [mutant for mutant in MUTANTS if LATEST.is_valid(mutant) != TWIN.is_valid(mutant)] == []


def test_mutants_are_both_good_and_bad() -> None:
    assert 75 < sum(LATEST.is_valid(mutant) for mutant in MUTANTS) < 225


def test_what_the_check_refuses_by_its_schema_the_editor_refuses() -> None:
    accepted = [mutant for mutant in MUTANTS if LATEST.is_valid(mutant)]
    assert [mutant for mutant in accepted if validate(root := again(mutant), kind_of(root))] == []


@pytest.mark.parametrize("kind", ["block", "module", "layout"])
def test_what_the_check_accepts_of_a_definition_the_editor_accepts(kind: Kind) -> None:
    accepted = [mutant for mutant in mutants(2, 150, _of_kind(kind)) if not validate(again(mutant), kind)]
    validator = Draft202012Validator(editor_schema(kind))
    assert (len(accepted) > 20, [mutant for mutant in accepted if not validator.is_valid(mutant)]) == (True, [])


def test_what_the_check_accepts_of_a_network_the_editor_accepts(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    wrong: list[dict[str, object]] = []
    for mutant in mutants(3, 120, _of_kind("network")):
        if not LATEST.is_valid(mutant):
            file.write_text(written(mutant), encoding="utf-8")
            wrong += [mutant] if not [problem for problem in check_file(str(file)) if problem.code.startswith("E")] else []
    assert wrong == []


# What no shipped network does, and is right all the same: the editor has no other mind.
GOOD = {
    "path under one block": "stages.layer1.blocks: {0: {order: pre, conv1.kernel: 5}}",
    "path of a block in a stage": "stages.layer2: {out: 128, repeat: 2, stride: 2, blocks.0.act: silu}",
    "step removed": "stages.layer2: {out: 128, repeat: 2, stride: 2, conv2: null}",
    "step anew": "block.conv1: {kernel: 5, out: mid}",
    "kind of one stage": "stages.layer1: {out: 64, repeat: 2, kind: bottleneck, stride_at: conv2, ratio: 0.5, groups: 2}",
    "part of a shortcut": "block.shortcut.change.out: out",
    "shortcut with a parameter": "block.shortcut: {kind: A, zeros: both}",
    "path of a shortcut's part": "block.shortcut: {kind: B, change.act: relu}",
    "key removed": "layouts: null",
    "value that a later line replaces": "block.order: psot\n  block: {kind: basic, order: post, shortcut: B}",
}


@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_accepts_what_the_check_accepts(change: str, tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    layouts = "" if "layouts" in change else "  layouts: null\n"
    file.write_text(f"archc: 1\nname: net\nextends: resnet18\nset:\n{layouts}  {change}\n", encoding="utf-8")
    document = as_document(parse(read_source(file, file.name, Limits()), Limits()), [])
    problems = [str(problem) for problem in check_file(str(file)) if problem.code.startswith("E")]
    shown = [error.message for validator in (LATEST, TWIN) for error in validator.iter_errors(document)]
    assert (problems, shown) == ([], [])
