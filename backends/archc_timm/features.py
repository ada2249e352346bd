"""The maps that timm's `features_only` gives: the last of each resolution, in the stem and in the stages; the last of all
convolved, where the head does so before it pools.
"""

from collections.abc import Iterator, Sequence

from archc.backend import BackendError
from archc.ir import ops
from archc.ir.extract import without_head
from archc.ir.graph import Argument, Graph, Node
from archc.ir.types import pair
from archc.language.layouts.lookup import Levels
from archc.language.layouts.naming import attribute_paths
from archc.language.layouts.table import Layout
from archc.record import Record
from archc_timm.ending import before

_BETWEEN = ops.Pad | ops.MaxPool | ops.AvgPool | ops.BlurPool
"""What a stem's next resolution begins with."""


class Feature(Record):
    """One map: its value and its name, its channels, how many rows of the input one of its own stands for, and its module."""

    value: str
    name: str
    channels: int
    reduction: int
    module: str


def features_of(graph: Graph, layout: Layout, stages: dict[str, Levels], last: str) -> list[Feature]:
    """In order of execution; `last` is the value that the head of the model reads, after which there is no feature."""
    paths, strides = attribute_paths(graph, layout), _strides(graph)
    ends = [scope for scope in graph.scopes if scope.kind == "stage" and scope.output]
    lasting = {(strides[scope.output], _dilation(graph, scope.path)): scope for scope in ends}
    made = [(scope.output, scope.path, ".".join(stages[scope.path])) for scope in lasting.values()]
    first = strides[made[0][0]] if made else 0
    found = {strides[value]: (value, name, paths[name]) for value, name in _stem(graph)}
    chosen = [place for stride, place in found.items() if 1 < stride < first]
    final = _final(graph, paths, before(graph, last))
    return [_feature(graph, *place, strides) for place in [*chosen, *(made[:-1] if final else made), *final]]


def named_features(cut: Graph, graph: Graph, layout: Layout, last: str) -> list[Feature]:
    """Those that the spec or the command line names: the outputs of the network that was `cut` to them."""
    paths, strides = attribute_paths(graph, layout), _strides(graph)
    makers = {value: node.name for node in graph.nodes for value in node.outputs}
    named = list(zip(cut.outputs, cut.output_names, strict=True))
    known = before(graph, last)
    late = next((value for value in cut.outputs if value not in known and len(graph.types[value].shape) == 3), None)
    if late is not None:
        message = f"`{late}` is made in the head, after the features of a model of timm"
        raise BackendError("E0572", message, f"name a value up to `{last}`, or build with --target torch")
    return [_feature(graph, value, name, paths[makers[value]], strides) for value, name in named]


def _feature(graph: Graph, value: str, name: str, module: str, strides: dict[str, int]) -> Feature:
    type_ = graph.types[value]
    if len(type_.shape) != 3:
        message = f"`{value}` is no map but {type_}, which is no feature of timm"
        raise BackendError("E0572", message, "name a value before the head pools")
    return Feature(value, name, type_.channels, strides[value], module)


def _final(graph: Graph, paths: dict[str, str], known: set[str]) -> list[tuple[str, str, str]]:
    """The map that the head convolves before it pools; none where it does not, or where that is the model's head too."""
    head = next((scope.path for scope in graph.scopes if scope.kind == "head"), None)
    steps = [node for node in without_head(graph).nodes if node.scope == head and known.issuperset(node.outputs)]
    module = next((paths[node.name] for node in reversed(steps) if isinstance(node.op, ops.Conv)), None)
    return [(node.outputs[0], node.name, module) for node in _tapped(steps)[-1:]] if module is not None else []


def _stem(graph: Graph) -> Iterator[tuple[str, str]]:
    """The values of the stem that are whole maps, and the nodes that make them."""
    for node in _tapped([node for node in graph.nodes if node.scope.split(".")[0] == "stem"]):
        if not isinstance(node.op, _BETWEEN):
            yield node.outputs[0], node.name


def _tapped(nodes: Sequence[Node]) -> list[Node]:
    """Those whose value may be a feature: of a convolution with no norm its own, before the activation, as in timm's nfnet.py."""
    bare = {value for node in nodes if isinstance(node.op, ops.Conv) for value in node.outputs}
    found: list[Node] = []
    for node in nodes:
        if isinstance(node.op, ops.Act | ops.Affine) and not bare.isdisjoint(node.inputs):
            bare.update(node.outputs)
        elif len(node.outputs) == 1:
            found.append(node)
    return found


def _dilation(graph: Graph, stage: str) -> Argument:
    """Of a stage's last block: stages that differ in it would differ in resolution, but for the output stride."""
    blocks = [scope for scope in graph.scopes if scope.kind == "block" and scope.path.startswith(f"{stage}.")]
    return next((argument.value for argument in blocks[-1].arguments if argument.name == "dilation"), 1)


def _strides(graph: Graph) -> dict[str, int]:
    """The product of the strides before each value: sizes are rounded at each, so that their ratio would not tell."""
    found = {graph.input: 1}
    for node in graph.nodes:
        own = max(pair(node.op.block if isinstance(node.op, ops.SpaceToDepth) else getattr(node.op, "stride", 1)))
        found.update(dict.fromkeys(node.outputs, max(found[value] for value in node.inputs) * own))
    return found
