"""A feature is what it was when it was made, wherever it stands: nothing later writes over it."""

from collections.abc import Mapping

import pytest
import torch
from rounding import allowed, close
from small_specs import graph_of, spec
from torch import Tensor
from torch_backend.live import module_of, source_of, tensors_of

from archc.analyse.verify.interpreter import run_all
from archc.ir.extract import extractor, named_values
from archc.ir.graph import Graph

pytestmark = pytest.mark.no_cover

STAGES = "{layer1: {out: 16, repeat: 1}, layer2: {out: 32, repeat: 2, stride: 2}}"
BASIC = "{kind: basic, order: post, shortcut: %s, insert: {%s}}"
BOTTLENECK = "{kind: bottleneck, mid: 16, stride_at: %s, order: post, shortcut: %s, conv2: {%s}}"
PRE = "{kind: basic, order: pre, shortcut: {same: identity, change: {module: projection, of: preact, out: out, stride: stride}}}"
NETWORKS = {
    "projection": BASIC % ("B", ""),
    "preactivation": PRE,
    "padding": BASIC % ("A", ""),
    "gate": BASIC % ("exclusive_gating", ""),
    "squeeze": BASIC % ("D", "attention: {module: squeeze_excite, width: 4, before: add}"),
    "scales": BOTTLENECK % ("conv2", "B", "module: res2, out: mid, scales: 4, first: change"),
    "splits": BOTTLENECK % ("conv2", "B", "module: split_attention, out: mid, radix: 2, width: 8"),
    "chain": "{kind: conv, order: post, shortcut: none}",
}
ALONE = ("projection", "preactivation")


class Case:
    """A network with weights, and each of its values for one image, computed operation by operation."""

    def __init__(self, graph: Graph) -> None:
        torch.manual_seed(0)
        self.graph = graph
        self.paths = named_values(graph)
        model = module_of(graph).double().eval()
        self.state = model.state_dict()
        self.image = torch.randn(2, 3, 10, 10, dtype=torch.float64)
        with torch.no_grad():
            self.values = run_all(graph, tensors_of(model, graph), self.image)

    def features(self, *paths: str) -> Mapping[str, Tensor]:
        model = module_of(extractor(self.graph, paths)).double().eval()
        assert model.load_state_dict(self.state, strict=False).missing_keys == []
        with torch.no_grad():
            found: Mapping[str, Tensor] = model(self.image.clone())
        return found

    def wrong(self, *paths: str) -> list[str]:
        """Those that are not the value of their path."""
        found = self.features(*paths)
        assert set(found) == set(paths)
        expected = {path: self.values[self.paths[path]] for path in paths}
        share = allowed(self.state.values())
        return [path for path in paths if not close(expected[path], found[path], share)]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    folder = tmp_path_factory.mktemp("nets")
    return {name: Case(graph_of(folder, spec(block, stages=STAGES))) for name, block in NETWORKS.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_all_at_once(cases: dict[str, Case], name: str) -> None:
    assert cases[name].wrong(*cases[name].paths) == []


@pytest.mark.parametrize("name", ALONE)
def test_each_alone(cases: dict[str, Case], name: str) -> None:
    """With what was cut away, the value may be the last of a block, or in the middle of a sequence."""
    case = cases[name]
    assert [path for path in case.paths if not path.startswith("stem") and case.wrong(path)] == []


@pytest.mark.parametrize("name", NETWORKS)
def test_each_stage_and_a_step_before_it(cases: dict[str, Case], name: str) -> None:
    case = cases[name]
    ends = [scope.path for scope in case.graph.scopes if scope.kind in ("stem", "stage", "block")]
    before = [node.name for node in case.graph.nodes if node.op.kind in ("norm", "add")]
    assert case.wrong(*ends, *before) == []


def test_the_image_is_as_it_was(cases: dict[str, Case]) -> None:
    case = cases["preactivation"]
    model = module_of(extractor(case.graph, ("stem.conv", "layer1.0.norm1", "layer2"))).double().train()
    image = case.image.clone()
    model(image)
    assert torch.equal(image, case.image)


def test_gradients_reach_every_feature(cases: dict[str, Case]) -> None:
    """What is overwritten in place has no gradient: torch would say so."""
    case = cases["projection"]
    model = module_of(extractor(case.graph, tuple(case.paths))).double().train()
    sum(value.square().mean() for value in model(case.image).values()).backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_keys_are_the_whole_networks(cases: dict[str, Case]) -> None:
    """But for those of what was cut."""
    case = cases["projection"]
    kept = module_of(extractor(case.graph, ("layer1.0.act1", "layer2.0"))).state_dict()
    cut = ("layer2.1.", "head.")
    assert list(kept) == [key for key in case.state if not key.startswith(cut)]


def test_one_value_of_two_names(cases: dict[str, Case]) -> None:
    assert list(cases["projection"].features("layer2", "layer2.1", "layer2.1.act_out")) == [
        "layer2",
        "layer2.1",
        "layer2.1.act_out",
    ]


def test_a_feature_is_named_after_its_path(cases: dict[str, Case]) -> None:
    lines = source_of(extractor(cases["projection"].graph, ("stem.act", "layer1", "layer2"))).splitlines()
    assert '        return {"stem.act": stem_act, "layer1": layer1, "layer2": x}' in lines
