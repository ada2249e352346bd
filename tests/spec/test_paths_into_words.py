"""A path into what a network says in a word or leaves out, and one that is not there: what is told, with the nearest."""

import pytest

from archc.compile.pipeline import compile_spec
from archc.diagnostics import SpecError
from archc.ir.hash import graph_hash

SAME = [
    ("norm.eps=1e-3", "norm={kind: batch, eps: 1e-3}"),
    ("norm.momentum=0.2", "norm={kind: batch, momentum: 0.2}"),
    ("act.kind=silu", "act=silu"),
    ("conv.bias=true", "conv={bias: true}"),
    ("conv.kind=standardized", "conv=standardized"),
    ("init.last_norm=zeros", "init={last_norm: zeros}"),
    ("stem.conv.norm.eps=1e-3", "stem.conv.norm={kind: batch, eps: 1e-3}"),
    ("stem.conv.act.kind=silu", "stem.conv.act=silu"),
    ("block.norm.eps=1e-3", "block.norm={kind: batch, eps: 1e-3}"),
    ("block.act.kind=silu", "block.act=silu"),
    ("block.conv1.norm.eps=1e-3", "block.conv1.norm={kind: batch, eps: 1e-3}"),
    ("stages.layer2.norm.eps=1e-3", "stages.layer2.norm={kind: batch, eps: 1e-3}"),
    ("stages.layer2.blocks.0.act.kind=silu", "stages.layer2.blocks={0: {act: silu}}"),
    ("block.shortcut.kind=D", "block.shortcut=D"),
    ("head.fc.init.weight=zeros", "head.fc={op: linear, out: classes, init: {weight: zeros}}"),
]


@pytest.mark.parametrize(("path", "whole"), SAME, ids=[path for path, _ in SAME])
def test_a_path_says_what_the_whole_says(path: str, whole: str) -> None:
    one, other = (compile_spec("resnet18", overrides=[text, "layouts=null"]) for text in (path, whole))
    assert (graph_hash(one.graph), one.graph.init) == (graph_hash(other.graph), other.graph.init)
    assert one.graph != compile_spec("resnet18", overrides=["layouts=null"]).graph


def test_the_nearest_norm_is_changed_in_part() -> None:
    one = compile_spec("resnet18", overrides=["norm={kind: group, groups: 8}", "stem.conv.norm.eps=1e-3", "layouts=null"])
    other = compile_spec("resnet18", overrides=["norm={kind: group, groups: 8}", "stem.conv.norm={kind: group, groups: 8, eps: 1e-3}", "layouts=null"])  # fmt: skip  # noqa: E501
    assert graph_hash(one.graph) == graph_hash(other.graph)


TOLD = [
    ("stages.layr3.repeat=23", "E0305", "did you mean `stages.layer3.repeat`?"),
    ("clases=10", "E0201", "did you mean `classes`?"),
    ("num_classes=10", "E0201", "did you mean `classes`?"),
    ("stem.cnov.out=3", "E0305", "did you mean `stem.conv.out`?"),
    ("stem.pool.kernl=3", "E0201", "did you mean `kernel`?"),
    ("stem.norm.eps=1e-3", "E0305", "there are: conv, pool"),
    ("head.init.fc=zeros", "E0305", "there are: pool, flat, fc"),
    ("blokc.order=pre", "E0305", "did you mean `block.order`?"),
    ("block.shrtcut.join=add", "E0201", "did you mean `shortcut.join`?"),
    ("block.conv3.out=3", "E0201", "block `basic` has conv1, conv2, mid"),
    ("classes.n=3", "E0305", "it is one value: `classes: …` replaces it"),
    ("norm.epps=1e-3", "E0201", "did you mean `eps`?"),
    ("vars.n=3", "E0336", ""),
    ("vras.n=3", "E0305", "did you mean `vars.n`?"),
]


@pytest.mark.parametrize(("path", "code", "helped"), TOLD, ids=[path for path, _, _ in TOLD])
def test_what_is_not_there_is_told_by_its_name(path: str, code: str, helped: str) -> None:
    with pytest.raises(SpecError) as error:
        compile_spec("resnet18", overrides=[path])
    assert [(found.code, found.help) for found in error.value.diagnostics] == [(code, helped)]
