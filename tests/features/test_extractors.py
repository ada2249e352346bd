"""A network cut to its features, or without its head: what is left of the graph, and what it says of itself."""

from pathlib import Path

import pytest
from graph_parser import from_text
from small_specs import graph_of, spec

from archc.compile.pipeline import Changes, Compiled, compile_spec
from archc.cost.features import described_features
from archc.diagnostics import SpecError
from archc.ir.extract import extractor, named_values, without_head
from archc.ir.freeze import frozen, thawed
from archc.ir.graph import Graph
from archc.ir.hash import graph_hash, weights_hash
from archc.ir.text import to_text
from archc.ir.verify import GraphError, verify
from archc.record import replace

BASIC = "{kind: basic, order: post, shortcut: B}"
PRE = "{kind: basic, order: pre, shortcut: {same: identity, change: {module: projection, of: preact, out: out, stride: stride}}}"
PRE_HEAD = "{norm: {op: norm}, act: {op: act}, pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}"


def asked(*features: str, target: str = "resnet18", **changes: bool) -> Compiled:
    return compile_spec(target, changes=Changes(features, **changes))


def last(graph: Graph) -> str:
    return graph.nodes[-1].name


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return graph_of(tmp_path_factory.mktemp("small"), spec(BASIC))


def test_features_are_in_order_of_execution() -> None:
    graph = asked("layer2", "stem.act", "layer1.1").graph
    assert graph.output_names == ("stem.act", "layer1.1", "layer2")


def test_a_scope_stands_for_its_last_value() -> None:
    assert asked("layer2", "layer1.0").graph.outputs == ("layer1.0.act_out", "layer2.1.act_out")


def test_what_nothing_needs_is_gone() -> None:
    assert last(asked("layer1.1.act1").graph) == "layer1.1.act1"


def test_scopes_that_are_gone() -> None:
    assert [scope.path for scope in asked("layer1").graph.scopes] == ["", "stem", "layer1", "layer1.0", "layer1.1"]


def test_nothing_of_the_classes_is_left() -> None:
    """And so the factory has no `num_classes`."""
    assert [argument.name for argument in asked("layer4").graph.scopes[0].arguments] == ["in"]


def test_the_classes_stay_where_something_makes_them() -> None:
    graph = asked("layer4", "head.fc").graph
    assert [argument.name for argument in graph.scopes[0].arguments] == ["in", "classes"]


def test_the_whole_network_is_known() -> None:
    assert graph_hash(asked("layer4").whole) == graph_hash(compile_spec("resnet18").graph)


def test_as_set_does() -> None:
    by_set = compile_spec("resnet18", overrides=["features=[layer1, layer2]"])
    assert (by_set.graph, by_set.whole) == (asked("layer1", "layer2").graph, asked("layer1", "layer2").whole)


def test_a_spec_may_state_them(tmp_path: Path) -> None:
    (tmp_path / "backbone.yaml").write_text(
        "archc: 1\nname: backbone\nextends: resnet18\nset: {features: [layer1, layer2]}\n"
        "expect: {params: 683072, outputs: {layer2: [128, 28, 28]}}\n"
    )
    assert compile_spec(str(tmp_path / "backbone.yaml")).graph.output_names == ("layer1", "layer2")


def test_what_a_spec_expects_is_of_its_features(tmp_path: Path) -> None:
    (tmp_path / "backbone.yaml").write_text(
        "archc: 1\nname: backbone\nextends: resnet18\nset: {features: [layer1, layer2]}\nexpect: {params: 11689512}\n"
    )
    with pytest.raises(SpecError) as caught:
        compile_spec(str(tmp_path / "backbone.yaml"))
    assert [d.message for d in caught.value.diagnostics] == ["`params` is 683,072, not 11689512"]


def test_every_path_has_a_value(small: Graph) -> None:
    paths = {node.name for node in small.nodes} | {scope.path for scope in small.scopes if scope.path}
    assert set(named_values(small)) == paths


def test_every_path_makes_a_valid_graph(small: Graph) -> None:
    for path in named_values(small):
        verify(extractor(small, (path,)))


def test_text_parses_back(small: Graph) -> None:
    graph = extractor(small, ("layer1", "stem.act"))
    assert from_text(to_text(graph)) == graph


def test_outputs_that_share_a_name_are_no_graph(small: Graph) -> None:
    graph = extractor(small, ("layer1", "stem.act"))
    with pytest.raises(GraphError, match="need a name each"):
        verify(replace(graph, output_names=("layer1", "layer1")))


@pytest.mark.parametrize(
    ("target", "end"),
    [
        ("resnet18", "layer4.1.act_out"),
        ("preact_resnet50", "head.act"),
        ("vgg19", "stage5.3.pool"),
        ("resnet50_clip", "layer4.2.act_out"),
    ],
)
def test_without_its_head_a_network_gives_its_last_map(target: str, end: str) -> None:
    graph = asked(target=target, without_head=True).graph
    assert (graph.outputs, graph.output_names) == ((end,), ())


def test_a_pooling_module_ends_the_map_at_every_size(tmp_path: Path) -> None:
    """At 32 pixels the last map of a whole stride of 32 is one pixel too."""
    pool = "module: squash\nsteps: {p: {op: global_pool}, c: {op: conv, kernel: 1, out: 8}}"
    head = "{conv: {kernel: 3, stride: 32, out: 8}, pool: {module: squash}, flat: {op: flatten}, fc: {op: linear, out: classes}}"
    graph = graph_of(tmp_path, spec(BASIC, head=head), squash=pool)
    assert without_head(graph).outputs == ("head.act",)


def test_a_network_without_a_head_is_as_it_was(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(BASIC, head="{}"))
    assert without_head(graph) is graph


def test_a_spec_without_a_head_has_no_classes(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(BASIC, head="{}"))
    assert ([a.name for a in graph.scopes[0].arguments], graph.types[graph.outputs[0]].shape) == (["in"], (32, 16, 16))


def test_only_a_head_may_fix_the_size() -> None:
    """A learned table of positions, which is the head's."""
    assert (compile_spec("resnet50_clip").graph.any_size, asked("layer4", target="resnet50_clip").graph.any_size) == (False, True)


def test_channels_and_strides(tmp_path: Path) -> None:
    graph = extractor(graph_of(tmp_path, spec(PRE, head=PRE_HEAD)), ("layer1.0.conv1", "layer2", "head.flat"))
    assert [(f.name, f.channels, f.stride, f.size) for f in described_features(graph)] == [
        ("layer1.0.conv1", 16, 1, (32, 32)),
        ("layer2", 32, 2, (16, 16)),
        ("head.flat", 32, 0, ()),
    ]


def test_stages_are_features_where_none_are_stated() -> None:
    found = [(f.name, f.channels, f.stride) for f in described_features(compile_spec("resnet18").graph)]
    assert found == [("stem", 64, 4), ("layer1", 64, 4), ("layer2", 128, 8), ("layer3", 256, 16), ("layer4", 512, 32)]


def test_dilation_keeps_the_stride() -> None:
    graph = compile_spec("resnet18", overrides=["output_stride=8"], changes=Changes(("layer4",))).graph
    assert [f.stride for f in described_features(graph)] == [8]


def test_frozen_and_thawed(small: Graph) -> None:
    assert (thawed(frozen(small)), frozen(frozen(small))) == (small, frozen(small))


def test_frozen_norms_have_the_same_tensors(small: Graph) -> None:
    assert [key for key, *_ in frozen(small).parameters()] == [key for key, *_ in small.parameters()]


def test_weights_are_those_of_the_network_that_learns(small: Graph) -> None:
    assert (weights_hash(frozen(small)), graph_hash(frozen(small)) == graph_hash(small)) == (weights_hash(small), False)


@pytest.mark.parametrize(
    ("features", "messages"),
    [
        (
            ("layer5",),
            [("there is no node or scope `layer5`", "there are `stem`, `layer1`, `layer2`, `layer3`, `layer4`, `head`")],
        ),
        (("stem.relu",), [("there is no node or scope `stem.relu`", "`stem` has `conv`, `norm`, `act`, `pool`")]),
        (("layer1.0.cnov2",), [("there is no node or scope `layer1.0.cnov2`", "did you mean `layer1.0.conv2`?")]),
        (("layer1", "layer1"), [("`layer1` is a feature already", "name it once")]),
    ],
)
def test_paths_that_are_none(features: tuple[str, ...], messages: list[tuple[str, str]]) -> None:
    with pytest.raises(SpecError) as caught:
        asked(*features)
    assert [(d.message, d.help) for d in caught.value.diagnostics] == messages


def test_a_list_is_no_feature() -> None:
    with pytest.raises(SpecError) as caught:
        asked("layer1.0.conv2.splits", target="res2net50_26w_4s")
    assert [d.code for d in caught.value.diagnostics] == ["E0357"]
