"""A layout as data: for each kind of scope a table from step names to attribute paths, read from its document."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from archc.diagnostics import Diagnostic, Span, SpecError, in_order
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.record import Record, field
from archc.suggest import nearest

_LEVEL = re.compile(r"(?:[A-Za-z0-9_-]|\{[^{}]*\})+|#")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
STAGE_NAMES = ("n", "i", "name")
BLOCK_NAMES = ("n", "i", "name", "stage")
STEP_NAMES = ("n", "i")
KEY_NAMES = ("n", "i", "stage", "block")


class Path(Record):
    """An attribute path with its placeholders: the levels of `layer{n}.blocks`, none for `""`; and where the layout says it."""

    levels: tuple[str, ...]
    span: Span | None = None


class Table(Record):
    """The names in one kind of scope: `own` is `self`, `rest` is `*`; steps in a loop are keyed `loop.step`.

    `parameters` are tensors by `step.tensor`, their paths counted from the scope's own.
    """

    own: Path | None = None
    rest: Path | None = None
    steps: Mapping[str, Path] = field(factory=dict)
    parameters: Mapping[str, Path] = field(factory=dict)


EMPTY = Table()

Kept: TypeAlias = Literal["count", "factor"]
"""What a batch norm's file may keep beside weight, bias, mean and variance: how many batches they were taken over (torch), or
what mean and variance are to be divided by (Caffe).
"""

TORCH_KEEPS: Mapping[str, Kept] = MappingProxyType({"num_batches_tracked": "count"})


class Layout(Record, kw_only=True):
    """How a zoo names what a graph holds; `stages` is for every stage that `by_stage` does not name.

    `blocks` are the paths of a stage's first blocks, the last for all that follow; `blocks_by_stage` those of stages by name.
    `keys_only`: the keys are those of files that no tree of modules can have; the paths of `parameters` are then whole keys.
    `batch_norm`: what a file keeps of a batch norm beside its four tensors, and what each is.
    """

    name: str
    stages: Path = Path(("{name}",))
    by_stage: Mapping[str, Path] = field(factory=dict)
    blocks: tuple[Path, ...] = (Path(("{i}",)),)
    blocks_by_stage: Mapping[str, tuple[Path, ...]] = field(factory=dict)
    stem: Table = EMPTY
    block: Table = EMPTY
    head: Table = EMPTY
    modules: Mapping[str, Table] = field(factory=dict)
    keys_only: bool = False
    batch_norm: Mapping[str, Kept] = field(factory=lambda: TORCH_KEEPS)


CANONICAL = Layout(name="canonical", modules=MappingProxyType({}), by_stage=MappingProxyType({}))
"""Names as the structure gives them: `layer1.0.conv1`."""


def paths_of(layout: Layout) -> Iterator[Path]:
    """Every path that names a scope or a step."""
    yield from (layout.stages, *layout.by_stage.values(), *layout.blocks)
    for paths in layout.blocks_by_stage.values():
        yield from paths
    for table in (layout.stem, layout.block, layout.head, *layout.modules.values()):
        yield from table.steps.values()
        yield from (path for path in (table.own, table.rest) if path is not None)


def read_layout(root: Map) -> Layout:
    """The layout a document (after `extends` and `set`) describes.

    Raises SpecError: E0321 for what is not an attribute path, E0324 for a placeholder that stands for nothing there.
    """
    found: list[Diagnostic] = []
    name, keys_only, modules, kept = (root.get(key) for key in ("layout", "keys_only", "modules", "batch_norm"))
    stages, blocks = root.get("stages"), root.get("blocks")
    whole = isinstance(keys_only, Scalar) and keys_only.value is True
    named = KEY_NAMES if whole else STEP_NAMES
    by_stage = blocks if isinstance(blocks, Map) else ()
    layout = Layout(
        name=str(name.value) if isinstance(name, Scalar) else "",
        stages=_path(stages, STAGE_NAMES, found) if isinstance(stages, Scalar) else Path(("{name}",)),
        by_stage={str(e.key): _path(e.value, STAGE_NAMES, found) for e in stages} if isinstance(stages, Map) else {},
        blocks=(Path(("{i}",)),) if blocks is None or isinstance(blocks, Map) else _blocks(blocks, found),
        blocks_by_stage={str(entry.key): _blocks(entry.value, found) for entry in by_stage},
        stem=_table(root.get("stem"), named, found),
        block=_table(root.get("block"), named, found),
        head=_table(root.get("head"), named, found),
        modules={str(e.key): _table(e.value, named, found) for e in modules} if isinstance(modules, Map) else {},
        keys_only=whole,
        batch_norm={str(e.key): _kept(e.value) for e in kept} if isinstance(kept, Map) else TORCH_KEEPS,
    )
    if found:
        raise SpecError(in_order(found))
    return layout


def _blocks(node: Node, found: list[Diagnostic]) -> tuple[Path, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(_path(item, BLOCK_NAMES, found) for item in items)


def _kept(node: Node) -> Kept:
    return "factor" if isinstance(node, Scalar) and node.value == "factor" else "count"


def _table(node: Node | None, named: tuple[str, ...], found: list[Diagnostic]) -> Table:
    if not isinstance(node, Map):
        return EMPTY
    tensors = node.get("parameters")
    steps = {
        str(entry.key): _path(entry.value, STEP_NAMES if "." in str(entry.key) else (), found)
        for entry in node
        if entry.key != "parameters"
    }
    own, rest = steps.pop("self", None), steps.pop("*", None)
    straight = tuple(name for name in named if name not in STEP_NAMES)
    parameters = {
        str(entry.key): _path(entry.value, named if str(entry.key).count(".") > 1 else straight, found)
        for entry in (tensors if isinstance(tensors, Map) else ())
    }
    return Table(own, rest, steps, parameters)


def _path(node: Node, names: tuple[str, ...], found: list[Diagnostic]) -> Path:
    """The path a value says; what is wrong with it goes to `found`."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | str):
        message = "an attribute path is a word, a number, or several with dots between them"
        found.append(Diagnostic("E0321", message, node.span, "not an attribute path"))
        return Path((), node.span)
    levels = tuple(str(value).split(".")) if value != "" else ()
    for level in levels:
        if _LEVEL.fullmatch(level) is None:
            message = f"`{value}` is not an attribute path"
            helped = 'levels are letters, digits, `_` and `-`, or `#`, with a dot between two; "" is no level'
            found.append(Diagnostic("E0321", message, node.span, f"at `{level}`", help=helped))
            break
        unknown = [placeholder for placeholder in _PLACEHOLDER.findall(level) if placeholder not in names]
        found += [_unknown(placeholder, names, node.span) for placeholder in unknown]
    return Path(levels, node.span)


def _unknown(placeholder: str, names: tuple[str, ...], span: Span) -> Diagnostic:
    guess = nearest(placeholder, names)
    known = ", ".join(f"{{{name}}}" for name in names) or "none: only stages, blocks and steps of a loop are counted"
    helped = f"did you mean `{{{guess}}}`?" if guess else f"placeholders here: {known}"
    return Diagnostic("E0324", f"`{{{placeholder}}}` stands for nothing here", span, "unknown placeholder", help=helped)
