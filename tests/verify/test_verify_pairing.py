"""Tensors are paired by role, shape and what they come after, in whatever order a program runs and whatever they are called."""

import random

import pytest
from small_specs import spec

from archc.analyse.verify.entries import Entry, entries_of
from archc.analyse.verify.pairing import pair
from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph

NETWORKS = ("resnet18", "preact_resnet50", "res2net50_14w_8s", "resnest14d", "skresnet18", "regnety_002", "resnet50_clip")


def shuffled(entries: list[Entry], seed: int) -> tuple[list[Entry], list[int]]:
    """The entries in another order in which they could be executed, under other names; and for each its number before."""
    order: list[int] = []
    left, source = dict(enumerate(entries)), random.Random(seed)
    while left:
        ready = [n for n, entry in left.items() if entry.before.issubset(order) and _is_next(n, left)]
        chosen = source.choice(ready)
        order.append(chosen)
        del left[chosen]
    new = {number: place for place, number in enumerate(order)}
    return [
        entries[number]._replace(key=f"t{place}", before=frozenset(new[one] for one in entries[number].before))
        for place, number in enumerate(order)
    ], order


def _is_next(number: int, left: dict[int, Entry]) -> bool:
    """Of tensors that nothing but order tells apart, the first stays first."""
    entry = left[number]
    return not any(n < number and one.label == entry.label and one.before == entry.before for n, one in left.items())


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", NETWORKS)
def test_any_order_of_execution(name: str, seed: int) -> None:
    entries = entries_of(compile_spec(name).graph)
    others, order = shuffled(entries, seed)
    pairs = pair(entries, others)
    assert [order[pairs[number]] for number in range(len(entries))] == list(range(len(entries)))


def graph(folder: object, text: str) -> Graph:
    path = f"{folder}/small.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return compile_spec(path).graph


def test_what_is_left_out_is_left_over(tmp_path: object) -> None:
    long = entries_of(
        graph(
            tmp_path,
            spec(
                "{kind: basic, order: post, shortcut: B}",
                stages="{layer1: {out: 16, repeat: 3}, layer2: {out: 32, repeat: 1, stride: 2}}",
            ),
        )
    )
    short = entries_of(
        graph(
            tmp_path,
            spec(
                "{kind: basic, order: post, shortcut: B}",
                stages="{layer1: {out: 16, repeat: 2}, layer2: {out: 32, repeat: 1, stride: 2}}",
            ),
        )
    )
    pairs = pair(long, short)
    left = {entry.key.rpartition(".")[0].rpartition(".")[0] for number, entry in enumerate(long) if number not in pairs}
    assert (len(pairs), left) == (len(short), {"layer1.2"})


def test_a_projection_is_told_from_a_convolution_of_its_shape() -> None:
    """Both read the block's input; what comes after them differs."""
    shape = (8, 8, 1, 1)
    main = [Entry("a", "filter", shape, frozenset(), 0), Entry("b", "filter", (8, 8, 3, 3), frozenset([0]), 1)]
    ours = [*main, Entry("shortcut", "filter", shape, frozenset(), 2)]
    theirs = [
        Entry("shortcut", "filter", shape, frozenset(), 0),
        Entry("a", "filter", shape, frozenset(), 1),
        Entry("b", "filter", (8, 8, 3, 3), frozenset([1]), 2),
    ]
    assert {ours[one].key: theirs[other].key for one, other in pair(ours, theirs).items()} == {
        "a": "a",
        "b": "b",
        "shortcut": "shortcut",
    }


def test_a_linear_layer_is_a_convolution_of_one_by_one() -> None:
    ours = [Entry("fc", "filter", (4, 8), frozenset(), 0)]
    theirs = [Entry("conv", "filter", (4, 8, 1, 1), frozenset(), 0)]
    assert pair(ours, theirs) == {0: 0}


def test_another_shape_does_not_pair() -> None:
    ours = [Entry("fc", "filter", (4, 8), frozenset(), 0)]
    theirs = [Entry("fc", "filter", (4, 9), frozenset(), 0)]
    assert pair(ours, theirs) == {}
