"""A network in which no stage or block changes a part of a value by its path: each says the value that it comes to."""

from archc.compile.lower.context import Context, Failed
from archc.compile.lower.settings import KEYS, opened_blocks, opened_word
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.language.spec.paths import NothingThere, change, is_null
from archc.record import replace


def without_paths(context: Context, root: Map) -> Map:
    """The document with `block`, stages and single blocks written out, but for paths into the steps of a block's own file.

    So a default written into `block` cannot reach a stage that changes what it is the default of.
    """
    root = Map(tuple(Entry(entry.key, entry.span, unshared(entry.value)) for entry in root), root.span)
    block, stages = root.get("block"), root.get("stages")
    held: dict[str, Node] = {}
    if isinstance(block, Map):
        block, held = _whole(context, block, held)
        root = _with(root, "block", block)
    if not isinstance(stages, Map):
        return root
    for entry in stages:
        if isinstance(entry.value, Map):
            stages = _with(stages, entry.key, _stage(context, entry.value, held))
    return _with(root, "stages", stages)


def _stage(context: Context, root: Map, outer: dict[str, Node]) -> Map:
    stage, held = _whole(context, opened_blocks(context, root), outer)
    blocks = stage.get("blocks")
    for entry in blocks if isinstance(blocks, Map) else ():
        if isinstance(blocks, Map) and isinstance(entry.value, Map):
            blocks = _with(blocks, entry.key, _whole(context, entry.value, held)[0])
    return _with(stage, "blocks", blocks) if blocks is not None else stage


def _whole(context: Context, layer: Map, outer: dict[str, Node]) -> tuple[Map, dict[str, Node]]:
    """A layer without paths, and what holds in it; `outer` is what holds around it."""
    held, entries = dict(outer), {}
    for written in layer:
        entry = written
        head, dot, _ = str(entry.key).partition(".")
        if dot and (head in held or head in KEYS):
            node = _changed(context, held.get(head), head, entry)
            entry = entry if node is None else Entry(head, entry.span, node)
        entries[entry.key] = entry
        if entry.key == head:
            held[head] = entry.value
            if is_null(entry.value):
                del held[head]
    return Map(tuple(entries.values()), layer.span), held


def _changed(context: Context, node: Node | None, head: str, entry: Entry) -> Node | None:
    """The value of `head` after one change; None where it cannot be made, which lowering tells."""
    known = len(context.diagnostics)
    root = Map((Entry(head, entry.span, node),) if node is not None else (), entry.span)
    try:
        root = change(opened_word(context, root, head, entry), str(entry.key), entry)
    except (Failed, NothingThere):
        del context.diagnostics[known:]
        return None
    node = root.get(head)
    return unshared(node) if node is not None and len(root.entries) == 1 else None


def unshared(node: Node) -> Node:
    """A copy in which no value stands in two places, as one does that an alias names."""
    match node:
        case Scalar():
            return replace(node)
        case Sequence():
            return Sequence(tuple(unshared(item) for item in node.items), node.span)
        case Map():
            return Map(tuple(Entry(entry.key, entry.span, unshared(entry.value)) for entry in node), node.span)


def _with(root: Map, key: str | int, node: Node) -> Map:
    return Map(tuple(Entry(e.key, e.span, node) if e.key == key else e for e in root), root.span)
