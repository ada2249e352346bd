"""The head of a model is timm's own pooling and classifier where the spec's are the same, else the spec's steps."""

from typing import Literal, TypeAlias

from archc.backend import BackendError
from archc.ir import ops
from archc.ir.graph import Graph
from archc.language.layouts.naming import attribute_paths
from archc.language.layouts.table import Layout
from archc.record import Record, field
from archc.traced import Traced
from archc_timm.ending import Ending, before_head, beheaded, find_ending, head_of
from archc_timm.passes import Pass, returning, walk_part
from archc_torch.classes import tensor_statement
from archc_torch.printer import call, lines, number, signature

Style: TypeAlias = Literal["classifier", "head", "steps"]
"""The pool and layer of `create_classifier`, a `ClassifierHead`, or the spec's own steps."""


class Head(Record):
    """The text that a head adds to its model's class."""

    parameters: list[str]
    """The constructor's parameters."""
    before: list[str]
    """Lines of the constructor before the modules."""
    attributes: list[str]
    """Lines of the constructor that make attributes."""
    methods: list[str]
    forward: list[str]
    """The method `forward_head`."""
    path: str
    """The attribute path of the classifier."""
    late: list[tuple[str, str]] = field(factory=list)
    """Initialisations after the network's policy."""
    stored: list[str] = field(factory=list)
    """The constructor's numbers that forward reads."""
    after: list[str] = field(factory=list)
    """Lines at the end of the constructor."""


def divide(graph: Graph, layout: Layout) -> tuple[Ending, Style]:
    """Return where the head begins, and the style of head that keeps the layout's name for the classifier.

    Raises BackendError: E0570 where there is no classifier, E0571 where features and head are parts of one module.
    """
    ending = find_ending(graph)
    paths = attribute_paths(graph, layout)
    path = paths[ending.classifier.name]
    taken = _tops(beheaded(graph, ending), paths)
    if ending.simple and path == "head.fc" and "head" not in taken:
        return ending, "head"
    if ending.simple and not ending.is_conv and "." not in path and not {"global_pool", path} & taken:
        return ending, "classifier"
    ending = before_head(graph, ending)
    shared = sorted(_tops(beheaded(graph, ending), paths) & _tops(head_of(graph, ending), paths))
    if shared:
        message = f"`{shared[0]}` holds features and head both, which timm keeps apart"
        raise BackendError("E0571", message, "build with --layout canonical")
    return ending, "steps"


def _tops(graph: Graph, paths: dict[str, str]) -> set[str]:
    """Return the attributes of the model that hold parameters of a part of it."""
    return {paths[node.name].partition(".")[0] for node in graph.nodes if node.op.parameters()}


def head_of_model(graph: Graph, ending: Ending, layout: Layout, style: Style) -> Head:
    """Return the head's lines in one of the styles."""
    path = attribute_paths(graph, layout)[ending.classifier.name]
    match style:
        case "classifier":
            return _classifier(graph, ending, path)
        case "head":
            return _classifier_head(graph, ending, path)
        case "steps":
            return _steps(graph, ending, layout, path)


def _late(ending: Ending, access: str) -> list[tuple[str, str]]:
    """Return the initialisation of the classifier, where its step states one."""
    return [("linear", tensor_statement(f"{access}.{name}", name, init)) for name, init in ending.classifier.init]


def _pooled(ending: Ending) -> list[str]:
    return ['global_pool: str = "avg"', f"drop_rate: float = {number(ending.rate)}"]


_GET = ["    @torch.jit.ignore", "    def get_classifier(self) -> nn.Module:"]
_RESET = signature("reset_classifier", ["self", "num_classes: int", "global_pool: str | None = None"], "None", 4)
_FORWARD = ["    def forward_head(self, x: torch.Tensor, pre_logits: bool = False) -> torch.Tensor:"]


def _classifier(graph: Graph, ending: Ending, path: str) -> Head:
    width = number(graph.types[ending.features].channels)
    classifier = lines(
        call("create_classifier", "self.num_features", "num_classes", "pool_type=global_pool"),
        8,
        f"self.global_pool, self.{path} = ",
    )
    wide = "        self.head_hidden_size = self.num_features * self.global_pool.feat_mult()"
    return Head(
        parameters=_pooled(ending),
        before=["        self.drop_rate = drop_rate"],
        attributes=[f"        self.num_features = {width}", *classifier, wide],
        methods=[
            *_GET,
            f"        return self.{path}",
            "",
            *_RESET,
            '        """A new pool and classifier: none where `global_pool` is "", `num_classes` 0."""',
            "        self.num_classes = num_classes",
            "        if global_pool is None:",
            "            global_pool = self.global_pool.pool_type",
            *classifier,
            wide,
            f"        self.{path}.to(next(self.parameters()))",
            "",
        ],
        forward=[
            *_FORWARD,
            "        x = self.global_pool(x)",
            "        x = F.dropout(x, self.drop_rate, self.training)",
            f"        return x if pre_logits else self.{path}(x)",
            "",
        ],
        late=_late(ending, f"{{owner}}.{path}"),
        path=path,
    )


def _classifier_head(graph: Graph, ending: Ending, path: str) -> Head:
    width = number(graph.types[ending.features].channels)
    conv = ["use_conv=True"] if ending.is_conv else []
    head = call("ClassifierHead", "self.num_features", "num_classes", "pool_type=global_pool", "drop_rate=drop_rate", *conv)
    return Head(
        parameters=_pooled(ending),
        before=["        self.drop_rate = drop_rate"],
        attributes=[
            f"        self.num_features = {width}",
            *lines(head, 8, "self.head = "),
            "        self.head_hidden_size = self.head.num_features",
        ],
        methods=[
            *_GET,
            "        return self.head.fc",
            "",
            *_RESET,
            "        self.num_classes = num_classes",
            "        self.head.reset(num_classes, pool_type=global_pool)",
            "        self.head_hidden_size = self.head.num_features",
            "",
        ],
        forward=[*_FORWARD, "        return self.head(x, pre_logits=pre_logits)", ""],
        late=_late(ending, "{owner}.head.fc"),
        path=path,
    )


def access(path: str) -> str:
    """Return the expression of an attribute path, such as `self.classifier[6]`; numbers are places in a sequence."""
    return "self" + "".join(f"[{level}]" if level.isdigit() else f".{level}" for level in path.split("."))


def _steps(graph: Graph, ending: Ending, layout: Layout, path: str) -> Head:
    op, reached = ending.classifier.op, access(path)
    assert isinstance(op, ops.Conv | ops.Linear)  # noqa: S101  `find_ending` takes no other
    tail = head_of(graph, ending)
    inner = walk_part(tail, layout)
    layer = "nn.Conv2d({}, {}, 1{})" if ending.is_conv else "nn.Linear({}, {}{})"
    bias = "" if op.bias else ", bias=False"
    width = ending.width.replace("in_channels", "self.in_chans")
    paths = attribute_paths(graph, layout)
    drops = {
        paths[node.name]: node.op.rate for node in tail.nodes if isinstance(node.op, ops.Dropout) and node.op.what == "elements"
    }
    return Head(
        parameters=[f"drop_rate: float = {number([*drops.values(), 0.0][0])}"],
        before=_dropping(graph, drops=bool(drops)),
        attributes=[
            f"        self.num_features = {number(graph.types[ending.features].channels)}",
            f"        self.head_hidden_size = {ending.width}",
        ],
        methods=[
            *_GET,
            f"        return {reached}",
            "",
            *_RESET,
            *_depending(graph, ending),
            "        if global_pool is not None:",
            *_error(f"{graph.name} pools as its spec says: global_pool=None", 12),
            "        self.num_classes = num_classes",
            "        classifier: nn.Module = nn.Identity()",
            "        if num_classes > 0:",
            f"            classifier = {layer.format(width, ending.out, bias)}",
            f"        {reached} = classifier.to(next(self.parameters()))",
            "",
        ],
        stored=inner.stored,
        forward=[*_FORWARD, *_divided(graph, inner, ending, reached, path), ""],
        path=path,
        after=[
            *(f"        {access(place)}.p = drop_rate" for place in drops),
            "        if num_classes == 0:",
            "            self.reset_classifier(0)",
        ],
    )


def _depending(graph: Graph, ending: Ending) -> list[str]:
    """Return an error where a new classifier alone would not do, since the number of classes affects other layers too."""
    for node in graph.nodes:
        numbers = [value for value in node.op.__dict__.values() if isinstance(value, Traced)]
        if node is not ending.classifier and any(value.depends_on("num_classes") for value in numbers):
            return _error(f"`{node.name}` of {graph.name} depends on num_classes too: create the model anew", 8)
    return []


def _error(text: str, indent: int) -> list[str]:
    return lines(call("ValueError", f'"{text}"'), indent, "raise ")


def _dropping(graph: Graph, *, drops: bool) -> list[str]:
    """Return what `drop_rate` does to the spec's own steps."""
    if drops:
        return ["        self.drop_rate = drop_rate"]
    return [
        "        if drop_rate:",
        *_error(f"{graph.name} has no dropout in its head: its spec can say one", 12),
        "        self.drop_rate = drop_rate",
    ]


def _divided(graph: Graph, inner: Pass, ending: Ending, reached: str, path: str) -> list[str]:
    """Return the head's statements, with the classifier's apart so that `pre_logits` can return before it."""
    *others, last = inner.statements
    start = f"        x = {reached}("
    if ending.last and last.startswith(start) and last.endswith(")"):
        operand = last.removeprefix(start)[:-1]
        before = [] if operand == "x" else [f"        x = {operand}"]
        return [*others, *before, f"        return x if pre_logits else {reached}(x)"]
    owner = access(path.rpartition(".")[0]) if "." in path else ""
    if ending.last and last == f"        x = {owner}(x)" and not _flattened(graph, ending):
        return [*others, f"        x = {owner}[:-1](x)", f"        return x if pre_logits else {owner}[-1](x)"]
    return [
        "        if pre_logits:",
        *_error(f"{graph.name} has no value between its features and its logits", 12),
        *returning(inner.statements),
    ]


def _flattened(graph: Graph, ending: Ending) -> bool:
    return graph.outputs[0] not in ending.classifier.outputs
