"""Each convention equals, to the unit, what its program counts: of torchvision's networks and of modules archc emits."""

from collections.abc import Iterable
from importlib.metadata import version
from random import Random
from typing import Any

import pytest
import torchvision
from counting_programs import counts
from graph_builder import Builder
from hollow import emitted, hollow
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version
from random_graphs import random_graph
from torch import nn

from archc.compile.pipeline import compile_spec
from archc.cost.conventions import CONVENTIONS, class_counts, count, node_counts
from archc.cost.count import macs
from archc.cost.resize import at_size
from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.norms import ACTIVATIONS
from archc.ir.ops import Act, Conv, Linear, Norm, Operation

PROGRAMS = tuple(name for name, convention in CONVENTIONS.items() if convention.program)


def counted(graph: Graph, programs: Iterable[str]) -> dict[str, int]:
    return {name: count(graph, CONVENTIONS[name]) for name in programs}


def torchvision_s(name: str) -> nn.Module:
    make: Any = getattr(torchvision.models, name)
    # RegNet's widths are computed with tensors, which have to have values
    return make() if name.startswith("regnet") else hollow(make)  # type: ignore[no-any-return]


SMALL = [
    ("resnet18", (64, 64)),
    ("resnet34", (33, 40)),
    ("resnet101", (33, 40)),
    ("resnet152", (33, 40)),
    ("resnext50_32x4d", (33, 40)),
    ("wide_resnet50_2", (33, 40)),
    ("vgg19", (48, 56)),
    ("vgg19_bn", (64, 40)),
    ("regnet_y_400mf", (33, 32)),
]


@pytest.mark.parametrize(("name", "size"), SMALL)
def test_torchvision_s_networks(name: str, size: tuple[int, int]) -> None:
    graph = at_size(compile_spec(name).graph, *size)
    assert counted(graph, PROGRAMS) == counts(torchvision_s(name), (3, *size), PROGRAMS)


def test_resnet50_at_224() -> None:
    assert counted(compile_spec("resnet50").graph, PROGRAMS) == counts(torchvision_s("resnet50"), (3, 224, 224), PROGRAMS)


# One of each operation that a program counts, and of those that none does.
KINDS: list[Operation] = [
    Conv(4, 4, 3, 1, 1, groups=2, bias=True),
    Conv(4, 4, 3, 2, 1, weights="standardized"),
    ops.ConvTranspose(4, 4, 3, 2, 1, 1, groups=2, bias=True),
    ops.ConvTranspose(4, 4, (2, 3), 1, (0, 1)),
    Conv(4, 4, 4, 2, 1),
    Linear(4, 4),
    Norm("batch", 4, frozen=True),
    Norm("group", 4, groups=2),
    Norm("layer", 4),
    Norm("instance", 4),
    Norm("evonorm_s0", 4, groups=2),
    *(Act(act, 0.1) for act in ACTIVATIONS),
    ops.MaxPool(3, 1, 1),
    ops.AvgPool(3, 1, 1),
    ops.AdaptiveMaxPool((6, 5)),
    ops.AdaptiveAvgPool(3),
    ops.Mix("height"),
    ops.Div(),
    Conv(4, 4, (3, 1), 1, (1, 0)),
    ops.BlurPool(4),
    ops.Scale(4),
    ops.Softmax("parts", 2),
    ops.Dropout(0.5),
    ops.Shuffle(2, 2),
    ops.Max("width"),
    ops.Mean("height"),
    ops.Sum(),
    ops.ChannelConv(3),
    ops.Flatten(),
    Linear(4, 3),
]


def test_operations_of_every_kind() -> None:
    """In one network, so that a program is started once."""
    builder, last = Builder(4, 12, 10), "x"
    for op in KINDS:
        last = builder.add(op, *[last] * (2 if isinstance(op, ops.Mix | ops.Div) else 1))
    graph = builder.graph()
    assert counted(graph, PROGRAMS) == counts(emitted(graph), (4, 12, 10), PROGRAMS)


FIGURES = {
    "macs": 4_089_184_256,
    "flops": 8_178_368_512,
    "fvcore": 4_111_512_576,
    "fvcore-train": 4_144_854_528,
    "ptflops": 4_132_436_968,
    "ptflops-aten": 4_089_185_256,
    "thop": 4_133_742_592,
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_figures_of_resnet50(name: str) -> None:
    assert FIGURES[name] == count(compile_spec("resnet50").graph, CONVENTIONS[name])


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_the_installed_versions(name: str) -> None:
    """A rule is that of one version, which its convention names."""
    program, _, said = CONVENTIONS[name].program.partition(" ")
    assert Version(said) == Version(version(program))


LAW = settings(max_examples=30, deadline=None)


@LAW
@given(st.integers(0, 2**32), st.sampled_from(sorted(CONVENTIONS)))
def test_nodes_and_classes_add_up(seed: int, name: str) -> None:
    graph, convention = random_graph(Random(seed)), CONVENTIONS[name]
    nodes = node_counts(graph, convention)
    assert sum(sum(found.values()) for found in nodes.values()) == sum(class_counts(graph, convention).values())


@LAW
@given(st.integers(0, 2**32))
def test_flops_are_two_for_each_multiply_add(seed: int) -> None:
    graph = random_graph(Random(seed))
    assert count(graph, CONVENTIONS["flops"]) == 2 * macs(graph)
