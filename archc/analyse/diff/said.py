"""Where a spec says what a block is told, and in which word."""

from archc.language.document.nodes import Entry, Map, Node, Scalar


def said(root: Map, stage: str, index: int, key: str) -> Entry | None:
    """The nearest entry of `key` or of a path into it: the block's, its stage's, or that of `block`; an index of -1 is none."""
    stages, block = root.get("stages"), root.get("block")
    own = stages.get(stage) if isinstance(stages, Map) else None
    layers: list[Map] = [layer for layer in (block, own) if isinstance(layer, Map)]
    blocks = own.get("blocks") if isinstance(own, Map) else None
    single = blocks.get(index) if isinstance(blocks, Map) and index >= 0 else None
    if isinstance(single, Map):
        layers.append(single)
    found: Entry | None = None
    for layer in layers:
        found = next((entry for entry in reversed(layer.entries) if _is(entry, key)), found)
    if found is None and isinstance(own, Map) and index >= 0:
        prefix = f"blocks.{index}"
        found = next((entry for entry in own if str(entry.key) in (prefix, f"{prefix}.{key}")), None)
    return found


def _is(entry: Entry, key: str) -> bool:
    return str(entry.key) == key or str(entry.key).startswith(f"{key}.")


def word(entry: Entry | None) -> str:
    """`B`, `pre`; the kind of a map that has one, marked; `its own` of any other map."""
    if entry is None:
        return ""
    text = _word(entry.value)
    return text if "." not in str(entry.key) else f"{str(entry.key).partition('.')[2]}: {text}"


def _word(node: Node) -> str:
    if isinstance(node, Scalar):
        return str(node.value) if node.value is not None else ""
    kind = node.get("kind") if isinstance(node, Map) else None
    if isinstance(kind, Scalar):
        return f"{kind.value} (changed)" if isinstance(node, Map) and len(node.entries) > 1 else str(kind.value)
    change = node.get("change") if isinstance(node, Map) else None
    made = change.get("module") or change.get("op") if isinstance(change, Map) else change
    if isinstance(made, Scalar):
        source = change.get("of") if isinstance(change, Map) else None
        return f"{made.value} of {source.value}" if isinstance(source, Scalar) else str(made.value)
    return "its own"


def network_entry(root: Map, *keys: str) -> Entry | None:
    """The entry at a path of maps, or the nearest around it."""
    found: Entry | None = None
    node: Node | None = root
    for key in keys:
        entry = node.entry(key) if isinstance(node, Map) else None
        if entry is None:
            break
        found, node = entry, entry.value
    return found
