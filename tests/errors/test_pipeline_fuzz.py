"""Whatever a spec says, the pipeline answers with diagnostics that stand at a place of its text, and nothing else escapes."""

import copy
import random
import unicodedata
from functools import cache
from pathlib import Path

import pytest
import yaml
from mutator import mutate
from spec_mutator import Pool, Tree, mutate_spec, pool, spec_text

from archc.checking import check_file
from archc.diagnostics import Diagnostic
from archc.document.lines import lines
from archc.document.nodes import Map, Node, Scalar, Sequence
from archc.library import Library
from archc.limits import DEFAULT_LIMITS
from archc.pipeline import read_spec
from archc.rendering.text import render
from archc.shipped import shipped_file, shipped_names

pytestmark = pytest.mark.no_cover

CHUNKS, EACH = 60, 500
NETWORKS = (
    *(
        "resnet18_a",
        "resnet50",
        "resnet50_c",
        "preact_resnet50",
        "cifar_preact_resnet110",
        "cifar_resnet20",
        "vgg19_bn",
        "resnest14d",
    ),
    *("cifar_resnet110_exclusive_gating", "cifar_resnet110_dropout_shortcut", "resnetblur50", "resnet50_os8", "resnet50_clip"),
    *("skresnet18", "res2net50_14w_8s", "nf_resnet50", "regnety_002", "resnetv2_50x1_bit", "seresnext26ts", "cifar_plain20"),
)
USER = yaml.safe_load("""
archc: 1
name: net
input: {channels: 3, height: 16, width: 16}
classes: 4
stem: {conv: {kernel: 3, out: 8}}
block: {kind: basic, order: post, shortcut: B}
stages: {one: {out: 8, repeat: 2}, two: {out: 16, repeat: 1, stride: 2}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
""")
EXTENDING = yaml.safe_load("""
archc: 1
name: net
extends: resnet18
set: {stages.layer1.repeat: 1, block.mid: out, stem.pool: null, stages.layer2.blocks: {0: {stride_at: conv2}}}
""")
ARGUMENTS = {"channels": "out", "integer": 1, "number": 0.5, "boolean": "change", "act": "relu", "norm": "batch"}


def as_tree(node: Node) -> Tree:
    match node:
        case Map():
            return {entry.key: as_tree(entry.value) for entry in node}
        case Sequence():
            return [as_tree(item) for item in node.items]
        case Scalar():
            return node.value


def network(name: str) -> Tree:
    """A shipped network in full, with one block in each of two stages and without its proof."""
    tree = as_tree(read_spec(name).root)
    assert isinstance(tree, dict)
    for key in ("expect", "features"):
        tree.pop(key, None)
    if isinstance(variables := tree.get("vars"), dict) and "n" in variables:
        variables["n"] = 1
    stages = tree["stages"]
    assert isinstance(stages, dict)
    for later in list(stages)[2:]:
        del stages[later]
    for stage in stages.values():
        assert isinstance(stage, dict)
        stage["repeat"] = "n" if stage["repeat"] == "n" else 1
        stage["blocks"] = {0: {}} if "blocks" in stage else {}
    return tree


def user_of(kind: str, root: Tree) -> Tree:
    """A network that uses a definition, `own.yaml`."""
    tree = copy.deepcopy(USER)
    assert isinstance(root, dict)
    declared = root.get("parameters") or {}
    assert isinstance(declared, dict)
    use = {"module": "./own.yaml"}
    for key, parameter in declared.items():
        if "default" not in parameter:
            use[key] = parameter.get("one_of", [ARGUMENTS.get(parameter["type"])])[0]
    if kind == "block":
        tree["block"] |= {"kind": "./own.yaml", "stride_at": "conv1"}
    elif kind == "shortcut":
        tree["block"]["shortcut"] = "./own.yaml"
    elif len(root.get("inputs", [])) > 1:
        tree["block"]["shortcut"] = {"same": "identity", "change": "none", "join": use}
    else:
        tree["block"]["insert"] = {"own": use | {"before": "add"}}
    return tree


@cache
def bases() -> tuple[list[dict[str, Tree]], Pool]:
    """What is broken: the files of each case, the network first; and pieces to break them with."""
    found: list[dict[str, Tree]] = [{"net.yaml": network(name)} for name in NETWORKS]
    found += [{"net.yaml": EXTENDING}, {"net.yaml": USER}] * 3
    for kind in ("block", "module", "shortcut"):
        for name in shipped_names(kind):
            path = shipped_file(name, kind)
            assert path is not None
            root = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.append({"net.yaml": user_of(kind, root), "own.yaml": root})
    return found, pool([tree for files in found for tree in files.values()])


def broken(choose: random.Random) -> dict[str, str]:
    """The texts of a case with one of its files broken, the network first."""
    cases, pieces = bases()
    trees = copy.deepcopy(choose.choice(cases))
    name = choose.choice([*trees, *reversed(trees)])
    mutate_spec(trees[name], choose, pieces)
    texts = {key: spec_text(tree) for key, tree in trees.items()}
    if choose.random() < 0.15:
        texts[name] = mutate(texts[name], choose, list(texts.values()))
    return texts


def misplaced(diagnostic: Diagnostic) -> bool:
    """Whether the place is missing, or outside the text."""
    span = diagnostic.span
    if span is None:
        return True
    text = lines(span.source.text)
    inside = 1 <= span.line <= max(1, len(text)) and 1 <= span.column <= len(text[span.line - 1] if text else "") + 1
    return not (inside and (span.line, span.column) <= (span.end_line, span.end_column))


def control(text: str) -> set[str]:
    return {character for character in text if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_broken_specs_end_in_diagnostics_with_a_place(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    choose = random.Random(chunk)
    library = Library(DEFAULT_LIMITS)
    for number in range(EACH):
        folder = Path(str(number))
        folder.mkdir()
        for name, text in broken(choose).items():
            (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        found = check_file(f"{number}/net.yaml", library=library)
        assert [d for d in found if misplaced(d)] == []
        assert control(render(found)) == set()
