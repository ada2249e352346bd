"""The maps that timm's `features_only` gives: the stem's last of each resolution above the first stage's, then every stage."""

from collections.abc import Iterator
from dataclasses import dataclass

from archc.backend import BackendError
from archc.ir.graph import Graph
from archc.ir.ops import Pad, SpaceToDepth
from archc.layouts.lookup import Levels
from archc.layouts.naming import attribute_paths
from archc.layouts.table import Layout


@dataclass(frozen=True, slots=True)
class Feature:
    """One map: its value and its name, its channels, how many rows of the input one of its own stands for, and its module."""

    value: str
    name: str
    channels: int
    reduction: int
    module: str


def features_of(graph: Graph, layout: Layout, stages: dict[str, Levels]) -> list[Feature]:
    """In order of execution."""
    paths, strides = attribute_paths(graph, layout), _strides(graph)
    ends = [scope for scope in graph.scopes if scope.kind == "stage" and scope.output]
    made = [(scope.output, scope.path, ".".join(stages[scope.path])) for scope in ends]
    first = strides[made[0][0]] if made else 0
    found = {strides[value]: (value, name, paths[name]) for value, name in _stem(graph)}
    chosen = [place for stride, place in found.items() if 1 < stride < first]
    return [_feature(graph, *place, strides) for place in [*chosen, *made]]


def named_features(cut: Graph, graph: Graph, layout: Layout) -> list[Feature]:
    """Those that the spec or the command line names: the outputs of the network that was `cut` to them."""
    paths, strides = attribute_paths(graph, layout), _strides(graph)
    makers = {value: node.name for node in graph.nodes for value in node.outputs}
    named = zip(cut.outputs, cut.output_names, strict=True)
    return [_feature(graph, value, name, paths[makers[value]], strides) for value, name in named]


def _feature(graph: Graph, value: str, name: str, module: str, strides: dict[str, int]) -> Feature:
    type_ = graph.types[value]
    if len(type_.shape) != 3:
        message = f"`{value}` is no map but {type_}, which is no feature of timm"
        raise BackendError("E0572", message, "name a value before the head pools")
    return Feature(value, name, type_.channels, strides[value], module)


def _stem(graph: Graph) -> Iterator[tuple[str, str]]:
    """The values of the stem that are whole maps, and the nodes that make them."""
    for node in graph.nodes:
        if node.scope.split(".")[0] == "stem" and len(node.outputs) == 1 and not isinstance(node.op, Pad):
            yield node.outputs[0], node.name


def _strides(graph: Graph) -> dict[str, int]:
    """The product of the strides before each value: sizes are rounded at each, so that their ratio would not tell."""
    found = {graph.input: 1}
    for node in graph.nodes:
        own = getattr(node.op, "block" if isinstance(node.op, SpaceToDepth) else "stride", 1)
        found.update(dict.fromkeys(node.outputs, max(found[value] for value in node.inputs) * own))
    return found
