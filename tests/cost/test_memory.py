"""Memory: what autograd saves, as its hooks measure it; peaks, against every order of execution; optimizers, as torch's."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
import torchvision
import yaml
from graph_builder import Builder
from hollow import emitted, hollow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_graphs import random_graph
from saved_tensors import saved_bytes
from valid_specs import networks

from archc.compile.pipeline import compile_spec
from archc.cost.batched import Batched
from archc.cost.memory import memory
from archc.cost.resize import at_size
from archc.cost.saved import for_training, saved
from archc.cost.schedule import live_sets, peak
from archc.cost.storage import overwritten
from archc.ir.graph import Graph, Node
from archc.ir.ops import Add, Conv
from archc.live import torch_module

SHORT = tuple(f"stages.layer{number}.repeat=1" for number in (1, 2, 3, 4))
NETWORKS: list[tuple[str, tuple[str, ...]]] = [
    ("resnet18", ("norm={kind: group, groups: 8}",)),
    ("resnet50", SHORT),
    ("seresnet18", ()),
    ("ecaresnet50d", SHORT),
    ("gcresnet50t", ()),
    ("skresnet18", ()),
    ("resnest14d", ()),
    ("cifar_resnet110_dropout_shortcut", ("vars.n=1",)),
    ("cifar_preact_resnet110", ("vars.n=1",)),
    ("resnetblur50d", SHORT),
    ("nf_resnet50", SHORT),
    ("vgg19", ()),
]


@pytest.mark.parametrize(("name", "overrides"), NETWORKS)
def test_saved_of_shipped_networks(name: str, overrides: tuple[str, ...]) -> None:
    graph = at_size(compile_spec(name, overrides=overrides).graph, 33, 40)
    assert saved_bytes(emitted(graph), (3, 33, 40)) == saved(graph).bytes()


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d"])
def test_saved_of_torchvision_s_networks(name: str) -> None:
    model = hollow(getattr(torchvision.models, name))
    graph = at_size(compile_spec(name).graph, 33, 40)
    assert saved_bytes(model, (3, 33, 40)) == saved(graph).bytes()


@pytest.mark.parametrize(("mebibytes", "name"), [(21.2, "resnet18"), (82.0, "resnet50"), (121.2, "resnet101")])
def test_saved_of_an_image_at_224(mebibytes: float, name: str) -> None:
    """In a batch of two, whose images share the statistics of the norms."""
    found = saved(compile_spec(name).graph).bytes()
    assert mebibytes == round(for_training(found) / 2**20, 1)


@pytest.mark.parametrize(("batch", "expected"), [(1, 103), (2, 205), (3, 305)])
def test_of_one_image_its_share_of_a_batch_of_two(batch: int, expected: int) -> None:
    """Rounded up."""
    assert expected == for_training(Batched(5, 100), batch)


@pytest.mark.parametrize("name", ["resnet50", "preact_resnet18", "resnetv2_50", "vgg19_bn", "seresnext26ts"])
def test_what_is_written_over_is_what_the_module_writes_over(name: str) -> None:
    graph = compile_spec(name).graph
    kinds = {node.name: node.op.kind for node in graph.nodes}
    with torch.device("meta"):
        module = torch_module(name)
    in_place = sum(getattr(each, "inplace", False) for each in module.modules())
    assert in_place == sum(kinds[node] == "act" for node in overwritten(graph))


def block() -> Graph:
    """A wide branch and a narrow one, begun one after the other."""
    builder = Builder(2, 4, 4)
    value = builder.add(Conv(2, 4, 1), "x", name="entry")
    wide = builder.add(Conv(4, 32, 1), value, name="wide")
    middle = builder.add(Conv(4, 8, 1), value, name="middle")
    wide = builder.add(Conv(32, 1, 1), wide, name="wide_end")
    middle = builder.add(Conv(8, 1, 1), middle, name="middle_end")
    builder.add(Add(), wide, middle, name="add")
    return builder.graph()


def test_the_peak_of_a_block_is_that_of_one_branch_at_a_time() -> None:
    """16 pixels by the channels that live at once: the input, the wide value and its end; in the stated order the middle one."""
    found = peak(block())
    assert (found.elements, found.exact, found.stated) == (16 * (4 + 32 + 1), True, 16 * (4 + 32 + 8))


def orders(nodes: tuple[Node, ...]) -> Iterator[list[str]]:
    """Every order in which each node comes after those it reads."""
    if not nodes:
        yield []
    made = {name for node in nodes for name in node.outputs}
    for node in nodes:
        if made.isdisjoint(node.inputs):
            for rest in orders(tuple(other for other in nodes if other is not node)):
                yield [node.name, *rest]


LAW = settings(max_examples=30, deadline=None)


@LAW
@given(st.integers(0, 2**32))
def test_no_order_needs_less_than_the_peak(seed: int) -> None:
    graph = random_graph(Random(seed), 2)
    least = min(max(live_sets(graph, order)) for order, _ in zip(orders(graph.nodes), range(4000), strict=False))
    assert peak(graph).elements <= least


@LAW
@given(st.integers(0, 2**32))
def test_the_order_of_the_peak_attains_it(seed: int) -> None:
    graph = random_graph(Random(seed))
    found = peak(graph)
    assert found.elements == max(live_sets(graph, found.order))


@LAW
@given(st.integers(0, 2**32))
def test_the_stated_order_needs_what_lives_in_it(seed: int) -> None:
    graph = random_graph(Random(seed))
    assert peak(graph).stated == max(live_sets(graph, [node.name for node in graph.nodes]))


@LAW
@given(st.integers(0, 2**32))
def test_the_order_of_the_peak_is_one_of_execution(seed: int) -> None:
    graph = random_graph(Random(seed))
    place = {name: number for number, name in enumerate(peak(graph).order)}
    makers = {name: node.name for node in graph.nodes for name in node.outputs}
    edges = [(makers[name], node.name) for node in graph.nodes for name in node.inputs if name in makers]
    assert all(place[before] < place[after] for before, after in edges)


@pytest.mark.parametrize("name", ["resnet18", "resnest14d", "skresnet18", "cifar_resnet110"])
def test_the_peak_of_a_residual_network_is_exact(name: str) -> None:
    assert peak(compile_spec(name).graph).exact


def test_dtypes_scale_bytes() -> None:
    graph = compile_spec("resnet18").graph
    sizes = [memory(graph, dtype).parameters for dtype in ("float64", "float32", "bfloat16", "int8")]
    assert [before // after for before, after in pairwise(sizes)] == [2, 2, 2]


def state_bytes(optimizer: torch.optim.Optimizer) -> int:
    return sum(value.nbytes for state in optimizer.state.values() for value in state.values() if isinstance(value, torch.Tensor))


@pytest.mark.parametrize("name", ["sgd", "sgd-momentum", "adam"])
def test_optimizers_keep_what_torch_s_keep(name: str) -> None:
    model = torch_module("cifar_resnet20")
    make: dict[str, Any] = {
        "sgd": lambda: torch.optim.SGD(model.parameters(), 0.1),
        "sgd-momentum": lambda: torch.optim.SGD(model.parameters(), 0.1, momentum=0.9),
        "adam": lambda: torch.optim.Adam(model.parameters()),
    }
    optimizer = make[name]()
    model(torch.randn(2, 3, 32, 32)).sum().backward()
    optimizer.step()
    expected: dict[Any, int] = memory(compile_spec("cifar_resnet20").graph).optimizers
    assert state_bytes(optimizer) == expected[name]


def test_saved_is_what_is_once_and_for_each_image() -> None:
    """ResNet-50's norms keep a mean and a deviation a channel for the whole batch."""
    found = memory(compile_spec("resnet50").graph).saved
    assert found == Batched(2 * 4 * 26_560, 85_909_504)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(root=networks())
def test_saved_of_drawn_networks(root: dict[str, Any], tmp_path: Path) -> None:
    """Whatever stems, blocks, norms, activations and gates are drawn."""
    spec = tmp_path / "drawn.yaml"
    spec.write_text(yaml.safe_dump(root, sort_keys=False), encoding="utf-8")
    graph = compile_spec(str(spec)).graph
    assert saved_bytes(emitted(graph), graph.types[graph.input].shape) == saved(graph).bytes()
