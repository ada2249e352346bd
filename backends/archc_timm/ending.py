"""A network divides into features and head, and one of its layers is its classifier."""

from collections.abc import Iterator

from archc.backend import BackendError
from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope
from archc.record import Record, replace
from archc.traced import Traced
from archc_torch.printer import number


class Ending(Record):
    """The end of a network."""

    features: str
    """The value that the head reads."""
    classifier: Node
    simple: bool
    """Whether the head is a global average, dropout at `rate` and the classifier, as timm's own heads are."""
    last: bool
    """Whether the network's output is the classifier's, but for a flattening."""
    rate: float = 0.0

    @property
    def is_conv(self) -> bool:
        return isinstance(self.classifier.op, ops.Conv)

    @property
    def width(self) -> str:
        """Return the channels that the classifier reads."""
        op = self.classifier.op
        assert isinstance(op, ops.Conv | ops.Linear)  # noqa: S101  `find_ending` takes no other
        return number(op.in_channels)

    @property
    def out(self) -> str:
        """Return the channels that it makes for `num_classes`."""
        op = self.classifier.op
        assert isinstance(op, ops.Conv | ops.Linear)  # noqa: S101  `find_ending` takes no other
        return op.out_channels.text if isinstance(op.out_channels, Traced) else "num_classes"


def find_ending(graph: Graph) -> Ending:
    """Return the ending of a network. Raises BackendError (E0570) where no layer is as wide as there are classes."""
    makers = {value: node for node in graph.nodes for value in node.outputs}
    scopes = {scope.path: scope for scope in graph.scopes}
    classifier = next((node for node in reversed(graph.nodes) if _classifies(node, scopes)), None)
    if classifier is None:
        raise BackendError(
            "E0570", f"`{graph.name}` has no classifier: no linear layer or 1x1 convolution has `out: classes`",
            "a model of timm ends in one; build this network with --target torch",
        )  # fmt: skip
    end = makers[graph.outputs[-1]]
    last = classifier in (end, makers.get(end.inputs[0]) if isinstance(end.op, ops.Flatten) else None)
    value, rate = classifier.inputs[0], 0.0
    while value in makers and isinstance(op := makers[value].op, ops.Dropout | ops.Flatten):
        rate = op.rate if isinstance(op, ops.Dropout) else rate
        value = makers[value].inputs[0]
    pool = makers.get(value)
    if last and pool is not None and _averages(pool) and _plain(classifier) and _reads_average(makers, classifier, value):
        return Ending(pool.inputs[0], classifier, simple=True, last=True, rate=float(rate))
    return before_head(graph, Ending("", classifier, simple=False, last=last))


def before_head(graph: Graph, ending: Ending) -> Ending:
    """Return an ending with the same classifier and the spec's own head."""
    head = next((scope for scope in graph.scopes if scope.kind == "head"), None)
    value = head.inputs[0] if head is not None and head.inputs else graph.input
    return replace(ending, features=value, simple=False)


def before(graph: Graph, value: str) -> set[str]:
    """Return a value and all values that it depends on."""
    return {value, *(output for node in _needed(graph, value) for output in node.outputs)}


def beheaded(graph: Graph, ending: Ending) -> Graph:
    """Return the network up to its features."""
    return _part(graph, _needed(graph, ending.features), (ending.features,))


def head_of(graph: Graph, ending: Ending) -> Graph:
    """Return the network after its features, which are its input."""
    earlier = {node.name for node in _needed(graph, ending.features)}
    later = [node for node in graph.nodes if node.name not in earlier]
    return replace(_part(graph, later, graph.outputs), input=ending.features)


def _part(graph: Graph, nodes: list[Node], outputs: tuple[str, ...]) -> Graph:
    used = {path for node in nodes for path in _around(node.scope)}
    scopes = tuple(scope for scope in graph.scopes if scope.path in used)
    return replace(graph, nodes=tuple(nodes), scopes=scopes, outputs=outputs)


def _around(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""


def _needed(graph: Graph, value: str) -> list[Node]:
    values, nodes = {value}, []
    for node in reversed(graph.nodes):
        if values & set(node.outputs):
            values |= set(node.inputs)
            nodes.append(node)
    return nodes[::-1]


def _classifies(node: Node, scopes: dict[str, Scope]) -> bool:
    """Return whether a layer's width is the number of classes, which modules around it may pass on under other names."""
    op, path = node.op, node.scope
    if not isinstance(op, ops.Linear) and not (isinstance(op, ops.Conv) and op.kernel == 1):
        return False
    if isinstance(op.out_channels, Traced):
        return op.out_channels.depends_on("num_classes")
    name = dict(node.arguments).get("out_channels")
    while name is not None and name != "classes" and path in scopes:
        name = next((argument.passed for argument in scopes[path].arguments if argument.name == name), None)
        path = scopes[path].parent
    return name == "classes"


def _plain(node: Node) -> bool:
    """Return whether timm's own classifier is the same layer."""
    op = node.op
    if isinstance(op, ops.Conv | ops.Linear) and number(op.out_channels) not in ("num_classes", str(op.out_channels)):
        return False
    if isinstance(op, ops.Conv):
        return op.bias and (op.stride, op.padding, op.groups, op.weights) == (1, 0, 1, "plain")
    return isinstance(op, ops.Linear) and op.bias


def _averages(node: Node) -> bool:
    return isinstance(node.op, ops.GlobalPool) or (isinstance(node.op, ops.AdaptiveAvgPool) and node.op.size == 1)


def _reads_average(makers: dict[str, Node], classifier: Node, pooled: str) -> bool:
    """Return whether a linear classifier reads the flattened average, or a convolution the average itself."""
    value, is_flat = classifier.inputs[0], False
    while value != pooled:
        is_flat |= isinstance(makers[value].op, ops.Flatten)
        value = makers[value].inputs[0]
    return is_flat != isinstance(classifier.op, ops.Conv)
