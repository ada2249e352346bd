"""The maps that timm's `features_only` returns: the last of each resolution, in the stem and in the stages.

Where the head convolves before it pools, its map is the last one.
"""

from collections.abc import Iterator, Sequence

from archc.backend import BackendError
from archc.ir import ops
from archc.ir.extract import without_head
from archc.ir.graph import Argument, Graph, Node
from archc.ir.types import along
from archc.language.layouts.lookup import Levels
from archc.language.layouts.naming import attribute_paths
from archc.language.layouts.table import Layout
from archc.record import Record
from archc_timm.ending import before

_BETWEEN = ops.Pad | ops.MaxPool | ops.AvgPool | ops.BlurPool
"""The operations with which a stem's next resolution begins."""


class Feature(Record):
    """One map."""

    value: str
    name: str
    channels: int
    reduction: int
    """How many rows of the input correspond to one of its own."""
    module: str
    """The path of the module that makes it."""


def features_of(graph: Graph, layout: Layout, stages: dict[str, Levels], last: str) -> list[Feature]:
    """Return the features in order of execution; `last`, which the model's head reads, is the last value that may be one."""
    paths, strides = attribute_paths(graph, layout), _strides(graph)
    ends = [scope for scope in graph.scopes if scope.kind == "stage" and scope.output]
    last_scopes = {(strides[scope.output], _dilation(graph, scope.path)): scope for scope in ends}
    stage_maps = [(scope.output, scope.path, ".".join(stages[scope.path])) for scope in last_scopes.values()]
    first_stride = strides[stage_maps[0][0]] if stage_maps else 0
    stem_maps = {strides[value]: (value, name, paths[name]) for value, name in _stem(graph)}
    stem_places = [place for stride, place in stem_maps.items() if 1 < stride < first_stride]
    final = _final(graph, paths, before(graph, last))
    return [_feature(graph, *place, strides) for place in [*stem_places, *(stage_maps[:-1] if final else stage_maps), *final]]


def named_features(cut: Graph, graph: Graph, layout: Layout, last: str) -> list[Feature]:
    """Return the features that the spec or the command line names: the outputs of the network that was `cut` to them."""
    paths, strides = attribute_paths(graph, layout), _strides(graph)
    makers = {value: node.name for node in graph.nodes for value in node.outputs}
    named = list(zip(cut.outputs, cut.output_names, strict=True))
    known = before(graph, last)
    late = next((value for value in cut.outputs if value not in known and graph.types[value].is_map), None)
    if late is not None:
        message = f"`{late}` is made in the head, after the features of a model of timm"
        raise BackendError("E0572", message, f"name a value up to `{last}`, or build with --target torch")
    return [_feature(graph, value, name, paths[makers[value]], strides) for value, name in named]


def _feature(graph: Graph, value: str, name: str, module: str, strides: dict[str, int]) -> Feature:
    type_ = graph.types[value]
    if not type_.is_map:
        message = f"`{value}` is no map but {type_}, which is no feature of timm"
        raise BackendError("E0572", message, "name a value before the head pools")
    return Feature(value, name, type_.channels, strides[value], module)


def _final(graph: Graph, paths: dict[str, str], known: set[str]) -> list[tuple[str, str, str]]:
    """Return the map that the head convolves before it pools, none where it does not, or where timm's head does so too."""
    head = next((scope.path for scope in graph.scopes if scope.kind == "head"), None)
    steps = [node for node in without_head(graph).nodes if node.scope == head and known.issuperset(node.outputs)]
    module = next((paths[node.name] for node in reversed(steps) if isinstance(node.op, ops.Conv)), None)
    return [(node.outputs[0], node.name, module) for node in _tapped(steps)[-1:]] if module is not None else []


def _stem(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the values of the stem that may be features, and the nodes that make them."""
    for node in _tapped([node for node in graph.nodes if node.scope.split(".")[0] == "stem"]):
        if not isinstance(node.op, _BETWEEN):
            yield node.outputs[0], node.name


def _tapped(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes whose value may be a feature; a convolution without a
    norm counts before its activation, as in nfnet.py.
    """
    bare = {value for node in nodes if isinstance(node.op, ops.Conv) for value in node.outputs}
    tapped: list[Node] = []
    for node in nodes:
        if isinstance(node.op, ops.Act | ops.Affine) and not bare.isdisjoint(node.inputs):
            bare.update(node.outputs)
        elif len(node.outputs) == 1:
            tapped.append(node)
    return tapped


def _dilation(graph: Graph, stage: str) -> Argument:
    """Return the dilation of a stage's last block: where the output stride is limited, dilation replaces a resolution."""
    blocks = [scope for scope in graph.scopes if scope.kind == "block" and scope.path.startswith(f"{stage}.")]
    return next((argument.value for argument in blocks[-1].arguments if argument.name == "dilation"), 1)


def _strides(graph: Graph) -> dict[str, int]:
    """Return the product of the strides before each value; sizes are rounded at each stride, so their ratio is not exact."""
    strides = {graph.input: 1}
    for node in graph.nodes:
        stride = max(along(node.op.block if isinstance(node.op, ops.SpaceToDepth) else node.op.reduction, 1))
        strides.update(dict.fromkeys(node.outputs, max(strides[value] for value in node.inputs) * stride))
    return strides
