"""Specs to be broken and the breaking of them: case `number` of a seed is the same files wherever it is made."""

import copy
import random
from functools import cache

import yaml
from mutator import mutate
from spec_mutator import Pool, Tree, mutate_spec, pool, spec_text

from archc.compile.pipeline import read_spec
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.language.shipped import shipped_file, shipped_names

NETWORKS = (
    *("resnet18_a", "resnet50", "resnet50_c", "preact_resnet50", "cifar_preact_resnet110", "cifar_resnet20", "vgg19_bn"),
    *("resnest14d", "cifar_resnet110_exclusive_gating", "cifar_resnet110_dropout_shortcut", "resnetblur50", "resnet50_os8"),
    *("resnet50_clip", "skresnet18", "res2net50_14w_8s", "nf_resnet50", "regnety_002", "resnetv2_50x1_bit", "seresnext26ts"),
    "cifar_plain20",
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
TEXTS = (
    """\
archc: 1  # the version
name: net
extends: resnet18
set:
  block.groups: 2
  stages.layer1.repeat: 1
classes: 10
""",
    """\
archc: 1
name: 'net'
extends: resnet50
set: &a
  "block.ratio": 0.5
  stem.pool: null
x-note: [*a, "b",
  c]
x-text: |
  a
  b
""",
    """\
archc: 1
module: own
inputs: [x]
parameters:
  rd: {type: integer, default: 4}
steps:
  a: {kernel: 1, out: in // rd}
  b: {op: act, kind: relu}
""",
    spec_text(USER),
)


@cache
def bases() -> tuple[tuple[dict[str, Tree], ...], Pool]:
    """What is broken by its meaning: the files of each case, the network first; and pieces to break them with."""
    found: list[dict[str, Tree]] = [{"net.yaml": _network(name)} for name in NETWORKS]
    found += [{"net.yaml": EXTENDING}, {"net.yaml": USER}] * 3
    for kind in ("block", "module", "shortcut"):
        for name in shipped_names(kind):
            path = shipped_file(name, kind)
            assert path is not None
            root = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.append({"net.yaml": _user_of(kind, root), "own.yaml": root})
    return tuple(found), pool([tree for files in found for tree in files.values()])


def meant(choose: random.Random) -> dict[str, str]:
    """The texts of a case with one of its files broken by its meaning, the network first; some as a text too."""
    cases, pieces = bases()
    trees = copy.deepcopy(choose.choice(cases))
    name = choose.choice([*trees, *reversed(trees)])
    mutate_spec(trees[name], choose, pieces)
    texts = {key: spec_text(tree) for key, tree in trees.items()}
    if choose.random() < 0.15:
        texts[name] = mutate(texts[name], choose, list(texts.values()))
    return texts


def written(choose: random.Random) -> dict[str, str]:
    """A small document, broken as a text."""
    return {"net.yaml": mutate(choose.choice(TEXTS), choose, TEXTS)}


def case(seed: int, number: int, deep: int) -> dict[str, str]:
    """The files of one case, the network first; of a hundred `deep` are broken by their meaning, the rest as texts."""
    choose = random.Random(f"{seed} {number}")
    return meant(choose) if number % 100 < deep else written(choose)


def _as_tree(node: Node) -> Tree:
    match node:
        case Map():
            return {entry.key: _as_tree(entry.value) for entry in node}
        case Sequence():
            return [_as_tree(item) for item in node.items]
        case Scalar():
            return node.value


def _network(name: str) -> Tree:
    """A shipped network in full, with one block in each of two stages and without its proof."""
    tree = _as_tree(read_spec(name).root)
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


def _user_of(kind: str, root: Tree) -> Tree:
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
