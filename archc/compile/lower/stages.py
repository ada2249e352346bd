"""The stages of a network: each block expanded once a stage where it can be, and placed."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from archc.compile.lower.block import Place, Surroundings, lower_block
from archc.compile.lower.builder import INPUT, Fragment, Ref
from archc.compile.lower.context import Context, Failed
from archc.compile.lower.frame import POISON
from archc.compile.lower.names import Named, Names
from archc.compile.lower.settings import Settings, opened_blocks, read_settings, settings_by_key
from archc.compile.lower.tracing import settled
from archc.compile.lower.values import whole
from archc.diagnostics import Span
from archc.ir.graph import Node as GraphNode
from archc.ir.graph import Scope, ScopeArgument, Setting
from archc.ir.types import TensorType, along
from archc.language.document.nodes import Entry, Map, Node, Scalar
from archc.record import Record, field

INPUT_NAME = "input"
RESERVED = ("stem", "head", INPUT_NAME)
Block: TypeAlias = tuple[Fragment, Ref, frozenset[str]]


class Stage(Record, frozen=False, eq=False):
    """One entry of `stages`. Where its repeat could not be read it is taken as one block, `counted` False."""

    entry: Entry
    root: Map
    repeat: int
    stride: int
    counted: bool
    settings: dict[int, Settings] = field(factory=dict)


class Run(Record):
    """Where a stage stands: the stride and dilation of its first block, the dilation before it, the blocks before and in all."""

    stride: int
    before: int
    dilation: int
    done: int
    total: int


class Stages(Record, frozen=False, eq=False):
    """The stages of one network; `reduction` is the stride so far, of the stem at first."""

    around: Surroundings
    root: Map
    part: Fragment
    reduction: int = 1
    stages: list[Stage] = field(factory=list)

    @property
    def context(self) -> Context:
        return self.around.context

    @property
    def names(self) -> Names:
        return self.around.names

    def lower(self, value: Ref) -> Ref:
        """Lower every stage in order; return the value after the last."""
        self.reduction = _reduction(self.part.nodes)
        node = self.root.get("stages")
        entries = node.entries if isinstance(node, Map) else ()
        stages = self.stages = [self._stage(entry, entry.value) for entry in entries if isinstance(entry.value, Map)]
        total = sum(stage.repeat for stage in stages)
        if total > self.context.limits.blocks:
            longest = max(stages, key=lambda stage: stage.repeat)
            repeat = longest.root.get("repeat")
            message = f"{total} blocks are over the limit of {self.context.limits.blocks}"
            helped = "raise it with --limit blocks=N"
            self.context.report("E0410", message, repeat.span if repeat else longest.entry.span, help=helped)
            self.context.guessed = True
            return value
        done, dilation = 0, 1
        target = self._output_stride()
        for stage in stages:
            before, stride = dilation, stage.stride
            if target is not None and self.reduction * stride > target:
                dilation *= stride
                stride = 1
            self.reduction *= stride
            value = self._blocks(stage, value, Run(stride, before, dilation, done, total))
            done += stage.repeat
        return value

    def settings(self) -> Iterator[Settings]:
        """Those of every stage, and of its blocks set apart."""
        return (settings for stage in self.stages for settings in stage.settings.values())

    def _output_stride(self) -> int | None:
        node = self.root.get("output_stride")
        try:
            return settled(whole(node, self.names, "`output_stride`"), self.context.tracing, "`output_stride`") if node else None
        except Failed:
            return None

    def _stage(self, entry: Entry, root: Map) -> Stage:
        if entry.key in RESERVED:
            self.context.report("E0333", f"a stage cannot be called `{entry.key}`", entry.span, "the network has its own")
        numbers = {"repeat": 1, "stride": 1}
        counted = True
        for key, limit in (("repeat", ""), ("stride", "size")):
            node = root.get(key)
            try:
                if node is not None:
                    value = whole(node, self.names, f"`{key}`", 1, limit)
                    numbers[key] = settled(value, self.context.tracing, f"`{key}` of stage `{entry.key}`")
            except Failed:
                counted = counted and key != "repeat"
        return Stage(entry, opened_blocks(self.context, root), numbers["repeat"], numbers["stride"], counted)

    def _blocks(self, stage: Stage, value: Ref, run: Run) -> Ref:
        """Lower every block of a stage; a block that asks for no index is expanded once and copied."""
        path = str(stage.entry.key)
        label = stage.root.get("label")
        text = str(label.value) if isinstance(label, Scalar) else ""
        place = len(self.part.scopes)
        self.part.scopes.append(Scope(path, "stage", path, label=text, origin=stage.entry.span))
        self._check_indices(stage)
        first = value
        expanded: dict[tuple[object, ...], Block] = {}
        self.context.stage = path
        for index in range(stage.repeat):
            type_ = _type(value)
            try:
                settings = self._settings(stage, index)
                out = self._out(stage, type_, index, run)
            except Failed:
                self.context.guessed = True
                break
            here = Place(
                type_,
                out,
                run.stride if index == 0 else 1,
                run.dilation,
                run.before if index == 0 else run.dilation,
                index,
                stage.repeat,
                run.done + index,
                run.total,
            )
            key = (id(settings), here.type, out, here.stride, here.first_dilation)
            block = expanded.get(key)
            if block is None:
                try:
                    block = lower_block(self.around, settings, here)
                except Failed:
                    block = (Fragment(), POISON, frozenset())
                if not block[2].intersection(("index", "block_index")):
                    expanded[key] = block
            part, last, _ = block
            # from here on the channels are known, but not what came of something that is no map
            self.context.guessed = last.type is None and not type_.is_map
            if last.type is None:  # go on as if it had been right, so that what follows is checked too
                value = Ref("", TensorType((out, *(-(-n // here.stride) for n in type_.shape[1:])), type_.kind))
                continue
            most = max(self.context.limits.operations * 10, self.context.limits.blocks * 20)
            if len(self.part.nodes) + len(part.nodes) * (stage.repeat - index if key in expanded else 1) > most:
                at_fault = stage.root.get("repeat") or stage.root
                raise self.context.too_large("this network", most, at_fault.span)
            self.part.place(part, f"{path}.{index}", value.name)
            name = f"{path}.{index}.{last.name}" if last.name != INPUT else value.name
            value = Ref(name, last.type)
        self.context.stage = ""
        self.part.scopes[place] = _scope(stage, first, value, text, run.stride, settings_by_key(*self._layers(stage)))
        return value

    def _check_indices(self, stage: Stage) -> None:
        blocks = stage.root.get("blocks")
        for entry in blocks if isinstance(blocks, Map) and stage.counted else ():
            if not isinstance(entry.key, int) or entry.key >= stage.repeat:
                message = f"stage `{stage.entry.key}` has no block {entry.key}"
                self.context.report("E0355", message, entry.span, f"blocks are 0 to {stage.repeat - 1}")

    def _settings(self, stage: Stage, index: int) -> Settings:
        """The settings of a block: shared by all blocks of the stage that are not set apart."""
        blocks = stage.root.get("blocks")
        own = blocks.get(index) if isinstance(blocks, Map) else None
        key = index if isinstance(own, Map) else -1
        if key not in stage.settings:
            layers, place = self._layers(stage)
            if isinstance(own, Map):
                layers.append((f"stages.{stage.entry.key}.blocks.{index}", own))
            stage.settings[key] = read_settings(self.context, layers, stage.entry, place)
        return stage.settings[key]

    def _layers(self, stage: Stage) -> tuple[list[tuple[str, Map]], Span]:
        """The maps that say something of every block of a stage, and where the first of them is."""
        block = self.root.get("block")
        first = block if isinstance(block, Map) else Map((), self.root.span)
        place = (self.root.entry("block") or stage.entry).span
        return [("block", first), (f"stages.{stage.entry.key}", stage.root)], place

    def _out(self, stage: Stage, type_: TensorType, index: int, run: Run) -> int:
        blocks = stage.root.get("blocks")
        own = blocks.get(index) if isinstance(blocks, Map) else None
        node: Node | None = own.get("out") if isinstance(own, Map) else None
        node = node or stage.root.get("out")
        if node is None:
            raise self.context.fail("E0202", f"stage `{stage.entry.key}` does not say its `out`", stage.entry.span)
        if isinstance(node, Scalar) and type(node.value) is int and 0 < node.value <= self.context.limits.channels:
            return node.value
        known: dict[str, Named] = {"in": type_.channels, "index": index, "repeat": stage.repeat}
        known |= {"block_index": run.done + index, "block_count": run.total}
        return whole(node, Names(self.context, "the `out` of a stage", known, outer=self.names), "`out`", 1, "channels")


def _type(value: Ref) -> TensorType:
    """The type of what a block reads, which is never left unknown."""
    assert value.type is not None  # noqa: S101
    return value.type


def _reduction(nodes: list[GraphNode]) -> int:
    """The product of the strides of a stem."""
    product = 1
    for node in nodes:
        product *= max(along(node.op.reduction, 1)) if node.role != "shortcut" else 1
    return product


def _scope(stage: Stage, first: Ref, last: Ref, label: str, stride: int, settings: Mapping[str, Setting]) -> Scope:
    numbers = {
        "in": first.type.channels if first.type else 0,
        "out": last.type.channels if last.type else 0,
        "repeat": stage.repeat,
        "stride": stride,
    }
    arguments = tuple(ScopeArgument(key, number) for key, number in numbers.items())
    path = str(stage.entry.key)
    origin = stage.entry.span
    return Scope(path, "stage", path, arguments, (first.name,), last.name, label=label, origin=origin, settings=settings)
