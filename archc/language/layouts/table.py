"""A layout is read from its document: for each kind of scope it has a table from step names to attribute paths."""

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
    """An attribute path with its placeholders, such as the levels of `layer{n}.blocks`, and its span; `""` has no levels."""

    levels: tuple[str, ...]
    span: Span | None = None


class Table(Record):
    """The names in one kind of scope."""

    own: Path | None = None
    """The path of the scope itself, from `self`."""
    rest: Path | None = None
    """The path of all other steps, from `*`."""
    steps: Mapping[str, Path] = field(factory=dict)
    """The paths of steps; one in a loop is keyed `loop.step`."""
    parameters: Mapping[str, Path] = field(factory=dict)
    """The paths of tensors by `step.tensor`, which begin at the scope's own."""


EMPTY = Table()

Kept: TypeAlias = Literal["count", "factor"]
"""A tensor that a batch norm may keep beside weight, bias, mean and variance: the number of batches that they were taken over
(torch), or the factor that mean and variance are to be divided by (Caffe).
"""

TORCH_KEEPS: Mapping[str, Kept] = MappingProxyType({"num_batches_tracked": "count"})


class Layout(Record, kw_only=True):
    """How a zoo names the parts of a graph."""

    name: str
    stages: Path = Path(("{name}",))
    """The path of every stage that `by_stage` does not name."""
    by_stage: Mapping[str, Path] = field(factory=dict)
    blocks: tuple[Path, ...] = (Path(("{i}",)),)
    """The paths of a stage's first blocks; the last one is for all further blocks."""
    blocks_by_stage: Mapping[str, tuple[Path, ...]] = field(factory=dict)
    """Such paths for single stages."""
    stem: Table = EMPTY
    block: Table = EMPTY
    head: Table = EMPTY
    modules: Mapping[str, Table] = field(factory=dict)
    keys_only: bool = False
    """Whether its keys cannot be those of a tree of modules; the paths of `parameters` are then whole keys."""
    batch_norm: Mapping[str, Kept] = field(factory=lambda: TORCH_KEEPS)
    """The tensors that a file keeps of a batch norm beside its four, and what each is."""


CANONICAL = Layout(name="canonical", modules=MappingProxyType({}), by_stage=MappingProxyType({}))
"""The layout whose names are those of the structure, such as `layer1.0.conv1`."""


def paths_of(layout: Layout) -> Iterator[Path]:
    """Yield every path that names a scope or a step."""
    yield from (layout.stages, *layout.by_stage.values(), *layout.blocks)
    for paths in layout.blocks_by_stage.values():
        yield from paths
    for table in (layout.stem, layout.block, layout.head, *layout.modules.values()):
        yield from table.steps.values()
        yield from (path for path in (table.own, table.rest) if path is not None)


def read_layout(root: Map) -> Layout:
    """Return the layout that a document (after `extends` and `set`) describes.

    Raises SpecError: E0321 for what is not an attribute path, E0324 for a placeholder that stands for nothing there.
    """
    problems: list[Diagnostic] = []
    name, keys_only, modules, kept = (root.get(key) for key in ("layout", "keys_only", "modules", "batch_norm"))
    stages, blocks = root.get("stages"), root.get("blocks")
    is_keys_only = isinstance(keys_only, Scalar) and keys_only.value is True
    placeholders = KEY_NAMES if is_keys_only else STEP_NAMES
    by_stage = blocks if isinstance(blocks, Map) else ()
    layout = Layout(
        name=str(name.value) if isinstance(name, Scalar) else "",
        stages=_path(stages, STAGE_NAMES, problems) if isinstance(stages, Scalar) else Path(("{name}",)),
        by_stage={str(e.key): _path(e.value, STAGE_NAMES, problems) for e in stages} if isinstance(stages, Map) else {},
        blocks=(Path(("{i}",)),) if blocks is None or isinstance(blocks, Map) else _blocks(blocks, problems),
        blocks_by_stage={str(entry.key): _blocks(entry.value, problems) for entry in by_stage},
        stem=_table(root.get("stem"), placeholders, problems),
        block=_table(root.get("block"), placeholders, problems),
        head=_table(root.get("head"), placeholders, problems),
        modules={str(e.key): _table(e.value, placeholders, problems) for e in modules} if isinstance(modules, Map) else {},
        keys_only=is_keys_only,
        batch_norm={str(e.key): _kept(e.value) for e in kept} if isinstance(kept, Map) else TORCH_KEEPS,
    )
    if problems:
        raise SpecError(in_order(problems))
    return layout


def _blocks(node: Node, problems: list[Diagnostic]) -> tuple[Path, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(_path(item, BLOCK_NAMES, problems) for item in items)


def _kept(node: Node) -> Kept:
    return "factor" if isinstance(node, Scalar) and node.value == "factor" else "count"


def _table(node: Node | None, placeholders: tuple[str, ...], problems: list[Diagnostic]) -> Table:
    if not isinstance(node, Map):
        return EMPTY
    tensors = node.get("parameters")
    steps = {
        str(entry.key): _path(entry.value, STEP_NAMES if "." in str(entry.key) else (), problems)
        for entry in node
        if entry.key != "parameters"
    }
    own, rest = steps.pop("self", None), steps.pop("*", None)
    straight = tuple(name for name in placeholders if name not in STEP_NAMES)
    parameters = {
        str(entry.key): _path(entry.value, placeholders if str(entry.key).count(".") > 1 else straight, problems)
        for entry in (tensors if isinstance(tensors, Map) else ())
    }
    return Table(own, rest, steps, parameters)


def _path(node: Node, names: tuple[str, ...], problems: list[Diagnostic]) -> Path:
    """Return the path that a value states; its problems are added to `problems`."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | str):
        message = "an attribute path is a word, a number, or several with dots between them"
        problems.append(Diagnostic("E0321", message, node.span, "not an attribute path"))
        return Path((), node.span)
    levels = tuple(str(value).split(".")) if value != "" else ()
    for level in levels:
        if _LEVEL.fullmatch(level) is None:
            message = f"`{value}` is not an attribute path"
            help_text = 'levels are letters, digits, `_` and `-`, or `#`, with a dot between two; "" is no level'
            problems.append(Diagnostic("E0321", message, node.span, f"at `{level}`", help=help_text))
            break
        unknown = [placeholder for placeholder in _PLACEHOLDER.findall(level) if placeholder not in names]
        problems += [_unknown(placeholder, names, node.span) for placeholder in unknown]
    return Path(levels, node.span)


def _unknown(placeholder: str, names: tuple[str, ...], span: Span) -> Diagnostic:
    guess = nearest(placeholder, names)
    known = ", ".join(f"{{{name}}}" for name in names) or "none: only stages, blocks and steps of a loop are counted"
    help_text = f"did you mean `{{{guess}}}`?" if guess else f"placeholders here: {known}"
    return Diagnostic("E0324", f"`{{{placeholder}}}` stands for nothing here", span, "unknown placeholder", help=help_text)
