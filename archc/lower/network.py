"""A whole network: stem, stages of blocks, head, as one graph."""

from dataclasses import dataclass, field

from archc.document.nodes import Entry, Map, Node, Scalar
from archc.ir.graph import Graph, InitPolicy, Scope, ScopeArgument
from archc.ir.graph import Node as GraphNode
from archc.ir.types import TensorType
from archc.library import Document
from archc.lower.atoms import Atom
from archc.lower.block import Place, lower_block
from archc.lower.builder import Fragment, Ref
from archc.lower.context import Context, Failed
from archc.lower.frame import POISON, Frame
from archc.lower.kinds import Defaults, init_kind
from archc.lower.modules import use_module
from archc.lower.names import Names, NormKind
from archc.lower.settings import Settings, read_settings
from archc.lower.unused import check_values
from archc.lower.values import value_of, whole, word

INPUT_NAME = "input"
RESERVED = ("stem", "head", INPUT_NAME)


@dataclass(slots=True, eq=False)
class Stage:
    """One entry of `stages` with its repeat known; None where that could not be read."""

    entry: Entry
    root: Map
    repeat: int
    stride: int
    settings: dict[int, Settings] = field(default_factory=dict)


class NetworkLowering:
    """Lowers one resolved network document; problems collect in the context."""

    def __init__(self, context: Context, document: Document) -> None:
        self.context = context
        self.root = document.root
        self.name = document.name
        self.part = Fragment()
        self.names = self._names()
        self.defaults = self._defaults()
        self.zero_last = False
        self.reduction = 1

    def lower(self) -> Graph | None:
        """The graph; None after problems that leave none."""
        try:
            type_, fixed = self._input()
        except Failed:
            return None
        arguments = [ScopeArgument("in", type_.channels)]
        if isinstance(classes := self.names.known.get("classes"), int):
            arguments.append(ScopeArgument("classes", classes))
        self.part.scopes.append(Scope("", "network", self.name, tuple(arguments)))
        policy = self._init()
        self.part.types[INPUT_NAME] = type_
        value = self._ends("stem", Ref(INPUT_NAME, type_, "in"))
        self.reduction = _reduction(self.part.nodes)
        value = self._stages(value)
        value = self._ends("head", value)
        if self.context.diagnostics or value.type is None:
            return None
        check_values(self.context, self.part.nodes, {value.name}, None)
        self._unused()
        return Graph(
            name=self.name,
            input=INPUT_NAME,
            outputs=(value.name,),
            nodes=tuple(self.part.nodes),
            scopes=tuple(self.part.scopes),
            types=self.part.types,
            init=policy,
            any_size=not fixed,
        )

    def _names(self) -> Names:
        names = Names(self.context, "this network", {})
        root = self.root
        variables = root.get("vars")
        nodes = {}
        for entry in variables if isinstance(variables, Map) else ():
            key = str(entry.key)
            nodes[key] = entry.value
            names.lazy[key] = lambda node=entry.value: value_of(node, names)  # type: ignore[misc]
        names.nodes = nodes
        classes = root.get("classes")
        if classes is not None:
            limit = self.context.limits.channels
            try:
                names.known["classes"] = whole(classes, names, "`classes`", 1, limit * 16)
            except Failed:
                names.lazy["classes"] = self._again
        return names

    def _again(self) -> int:
        raise Failed

    def _defaults(self) -> Defaults:
        try:
            return Defaults().restated(self.root, self.names)
        except Failed:
            return Defaults(NormKind("batch"))

    def _input(self) -> tuple[TensorType, bool]:
        node = self.root.get("input")
        if not isinstance(node, Map):
            raise self.context.fail("E0202", "`input` is missing", self.root.span)
        limits = self.context.limits
        shape = []
        for key, most in (("channels", limits.channels), ("height", limits.size), ("width", limits.size)):
            at = node.get(key)
            if at is None:
                raise self.context.fail("E0202", f"`input` does not say its `{key}`", node.span)
            shape.append(whole(at, self.names, f"`input.{key}`", 1, most))
        fixed = node.get("fixed")
        return TensorType(tuple(shape)), isinstance(fixed, Scalar) and fixed.value is True

    def _init(self) -> InitPolicy:
        node = self.root.get("init")
        policy = InitPolicy()
        if not isinstance(node, Map):
            return policy
        try:
            conv, linear, last = node.get("conv"), node.get("linear"), node.get("last_norm")
            if last is not None:
                self.zero_last = word(last, self.names, "`init.last_norm`", ("ones", "zeros")) == "zeros"
            return InitPolicy(
                init_kind(conv, self.names) if conv is not None else policy.conv,
                init_kind(linear, self.names) if linear is not None else policy.linear,
            )
        except Failed:
            return policy

    def _ends(self, which: str, value: Ref) -> Ref:
        """The stem or head: steps, or one module."""
        node = self.root.get(which)
        if not isinstance(node, Map) or not node.entries or value.type is None:
            return value
        names = Names(self.context, f"the {which}", {}, outer=self.names)
        names.arguments = frozenset(("in", "classes"))
        place = len(self.part.scopes)
        span = node.span
        try:
            if "module" in node:
                names.arguments = frozenset(("classes",))
                frame = Frame(self.context, names, self.defaults, self.part, "", f"the {which}", {})
                last = use_module(frame, Atom(which, "step", node, span, which), [value])
                made = self.part.scopes[place]
                arguments: tuple[ScopeArgument, ...] = made.arguments
                template = made.template
            else:
                self.part.scopes.append(Scope(which, "stem", which))
                inner = Ref(value.name, value.type, "in")
                frame = Frame(self.context, names, self.defaults, self.part, which, f"the {which}", {"x": inner})
                result = frame.run_steps(node, inner)
                if isinstance(result, list):
                    raise self.context.fail("E0337", f"the {which} ends in a list", span, "one value is wanted")
                last, template = result, which
                arguments = (ScopeArgument("in", value.type.channels, value.channels),)
                classes = self.names.known.get("classes")
                if isinstance(classes, int) and "classes" in names.read:
                    arguments = (*arguments, ScopeArgument("classes", classes, "classes"))
        except Failed:
            return POISON
        kind = "stem" if which == "stem" else "head"
        self.part.scopes[place] = Scope(which, kind, template, arguments, (value.name,), last.name, origin=span)
        return Ref(last.name, last.type)

    def _stages(self, value: Ref) -> Ref:
        node = self.root.get("stages")
        stages = [s for entry in (node if isinstance(node, Map) else ()) if (s := self._stage(entry)) is not None]
        total = sum(stage.repeat for stage in stages)
        if total > self.context.limits.blocks:
            at = max(stages, key=lambda stage: stage.repeat)
            repeat = at.root.get("repeat")
            message = f"{total} blocks are over the limit of {self.context.limits.blocks}"
            helped = "raise it with --limit blocks=N"
            self.context.report("E0410", message, repeat.span if repeat else at.entry.span, help=helped)
            return POISON
        done, dilation = 0, 1
        target = self._output_stride()
        for stage in stages:
            before, stride = dilation, stage.stride
            if target is not None and self.reduction * stride > target:
                dilation *= stride
                stride = 1
            self.reduction *= stride
            value = self._blocks(stage, value, stride, before, dilation, done, total)
            done += stage.repeat
        return value

    def _output_stride(self) -> int | None:
        node = self.root.get("output_stride")
        try:
            return whole(node, self.names, "`output_stride`") if node is not None else None
        except Failed:
            return None

    def _stage(self, entry: Entry) -> Stage | None:
        if not isinstance(entry.value, Map):
            return None
        if entry.key in RESERVED:
            self.context.report("E0333", f"a stage cannot be called `{entry.key}`", entry.span, "the network has its own")
        root = entry.value
        try:
            repeat, stride = root.get("repeat"), root.get("stride")
            n = whole(repeat, self.names, "`repeat`", 1) if repeat is not None else 1
            return Stage(entry, root, n, whole(stride, self.names, "`stride`", 1) if stride is not None else 1)
        except Failed:
            return None

    def _blocks(self, stage: Stage, value: Ref, stride: int, before: int, dilation: int, done: int, total: int) -> Ref:
        """Every block of a stage; one that asks for no index is expanded once and copied."""
        path = str(stage.entry.key)
        label = stage.root.get("label")
        text = str(label.value) if isinstance(label, Scalar) else ""
        place = len(self.part.scopes)
        self.part.scopes.append(Scope(path, "stage", path, label=text, origin=stage.entry.span))
        self._check_indices(stage)
        first, made = value, {}
        for index in range(stage.repeat):
            try:
                settings = self._settings(stage, index)
                if value.type is None:
                    return POISON
                out = self._out(stage, settings, value.type, index, done, total)
            except Failed:
                return POISON
            here = Place(
                value.type,
                out,
                stride if index == 0 else 1,
                dilation,
                before if index == 0 else dilation,
                index,
                stage.repeat,
                done + index,
                total,
            )
            key = (id(settings), here.type, out, here.stride, here.first_dilation)
            found = made.get(key)
            if found is None:
                try:
                    found = lower_block(self.context, settings, here, self.names, self.defaults, self.zero_last)
                except Failed:
                    found = (Fragment(), POISON, frozenset())
                if not found[2].intersection(("index", "block_index")):
                    made[key] = found
            part, last, _ = found
            if last.type is None:
                value = Ref("", TensorType((out, *value.type.shape[1:])))  # go on, so that later stages are checked too
                continue
            self.part.place(part, f"{path}.{index}", value.name)
            name = f"{path}.{index}.{last.name}" if last.name != "@" else value.name
            value = Ref(name, last.type)
        self._stage_scope(place, stage, first, value, path, text, stride)
        return value

    def _stage_scope(self, place: int, stage: Stage, first: Ref, last: Ref, path: str, label: str, stride: int) -> None:
        numbers = {
            "in": first.type.channels if first.type else 0,
            "out": last.type.channels if last.type else 0,
            "repeat": stage.repeat,
            "stride": stride,
        }
        arguments = tuple(ScopeArgument(key, number) for key, number in numbers.items())
        self.part.scopes[place] = Scope(
            path, "stage", path, arguments, (first.name,), last.name, label=label, origin=stage.entry.span
        )

    def _check_indices(self, stage: Stage) -> None:
        blocks = stage.root.get("blocks")
        for entry in blocks if isinstance(blocks, Map) else ():
            if not isinstance(entry.key, int) or entry.key >= stage.repeat:
                message = f"stage `{stage.entry.key}` has no block {entry.key}"
                self.context.report("E0355", message, entry.span, f"blocks are 0 to {stage.repeat - 1}")

    def _settings(self, stage: Stage, index: int) -> Settings:
        """The settings of a block: shared by all blocks of the stage that are not set apart."""
        blocks = stage.root.get("blocks")
        own = blocks.get(index) if isinstance(blocks, Map) else None
        key = index if isinstance(own, Map) else -1
        if key not in stage.settings:
            block = self.root.get("block")
            layers = [("block", block if isinstance(block, Map) else Map((), self.root.span))]
            layers.append((f"stages.{stage.entry.key}", stage.root))
            if isinstance(own, Map):
                layers.append((f"stages.{stage.entry.key}.blocks.{index}", own))
            stage.settings[key] = read_settings(self.context, layers, stage.entry)
        return stage.settings[key]

    def _out(self, stage: Stage, settings: Settings, type_: TensorType, index: int, done: int, total: int) -> int:
        blocks = stage.root.get("blocks")
        own = blocks.get(index) if isinstance(blocks, Map) else None
        node: Node | None = own.get("out") if isinstance(own, Map) else None
        node = node or stage.root.get("out")
        if node is None:
            raise self.context.fail("E0202", f"stage `{stage.entry.key}` does not say its `out`", stage.entry.span)
        limit = self.context.limits.channels
        if isinstance(node, Scalar) and type(node.value) is int and 0 < node.value <= limit:
            return node.value
        known = {"in": type_.channels, "index": index, "repeat": stage.repeat}
        known |= {"block_index": done + index, "block_count": total}
        return whole(node, Names(self.context, "a stage", dict(known), outer=self.names), "`out`", 1, limit)

    def _unused(self) -> None:
        variables = self.root.get("vars")
        for entry in variables if isinstance(variables, Map) else ():
            if entry.key not in self.names.read:
                self.context.report("E0336", f"nothing uses variable `{entry.key}`", entry.span, "declared here")


def _reduction(nodes: list[GraphNode]) -> int:
    """The product of the strides of a stem."""
    product = 1
    for node in nodes:
        product *= getattr(node.op, "stride", 1) if node.role != "shortcut" else 1
    return product
