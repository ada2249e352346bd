"""The hash of what weights are for: the graph's, without the width of the classifier."""

import pytest

from archc.compile.pipeline import compile_spec
from archc.ir.ends import classifier, stem_convolution
from archc.ir.graph import Graph
from archc.ir.hash import graph_hash, weights_hash


def graph(spec: str, *overrides: str) -> Graph:
    return compile_spec(spec, overrides=overrides).graph


@pytest.mark.parametrize("spec", ["resnet18", "resnetv2_50", "regnety_002", "vgg19", "resnet50_clip"])
def test_the_classifier_may_have_any_width(spec: str) -> None:
    one, other = graph(spec), graph(spec, "classes=64")
    assert (weights_hash(one), graph_hash(one) == graph_hash(other)) == (weights_hash(other), False)


@pytest.mark.parametrize(
    "change",
    [
        "block.stride_at=conv1",
        "norm={kind: batch, eps: 1e-3}",
        "act=silu",
        "input.channels=1",
        "stages.layer3.repeat=5",
        "stem.pool=null",
    ],
)
def test_nothing_else_may_differ(change: str) -> None:
    assert weights_hash(graph("resnet50")) != weights_hash(graph("resnet50", change))


def test_it_is_no_graph_hash() -> None:
    assert weights_hash(graph("resnet18")) != graph_hash(graph("resnet18"))


def test_a_twin_of_the_classifier_keeps_its_width() -> None:
    """Two equal layers, of which one makes the classes: the other's width counts."""
    head = "head={pool: {op: global_pool}, flat: {op: flatten}, fc1: {op: linear, out: 512}, fc2: {op: linear, out: classes}}"
    one, other = (graph("resnet18", head, f"classes={classes}") for classes in (512, 10))
    assert weights_hash(one) == weights_hash(other)
    assert weights_hash(one) != weights_hash(graph("resnet18", head.replace("512", "511"), "classes=512"))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("resnet50", ("head.fc", "stem.conv")),
        ("resnetv2_50", ("head.fc", "stem.conv")),
        ("resnet50d", ("head.fc", "stem.conv1")),
        ("resnet50_clip", ("head.attention.proj", "stem.conv1")),
        ("resnet50_clip_gap", (None, "stem.conv1")),
        ("vgg19", ("head.fc3", "stage1.0.conv1")),
    ],
)
def test_ends(spec: str, expected: tuple[str | None, str | None]) -> None:
    found = classifier(graph(spec)), stem_convolution(graph(spec))
    assert expected == tuple(node.name if node else None for node in found)
