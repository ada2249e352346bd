"""Settings of blocks: the keys of `block:`, changed by the stage and by the index, read once for all blocks that share them."""

from collections.abc import Mapping

from archc.compile.lower.context import Context, Failed
from archc.compile.lower.modules import definition, parameters_of
from archc.compile.lower.order import ORDERS, Order, explicit, read_order
from archc.diagnostics import Span
from archc.ir.graph import Setting
from archc.language.document.nodes import Entry, Map, Node, Scalar
from archc.language.library import Document
from archc.language.spec.defaults import opened
from archc.language.spec.lost import lost
from archc.language.spec.paths import NothingThere, change, is_null
from archc.record import Record, field, replace
from archc.suggest import meaning, meant

KEYS = ("kind", "order", "shortcut", "stride_at", "insert", "norm", "act", "conv")
OPENED = ("shortcut", "norm", "act", "conv")
"""Keys whose word is short for a map with that `kind`."""
_ASKED = {
    "order": ("in which order are its units?", "post, pre, …"),
    "shortcut": ("what stands beside its branch?", "A, B, C, D, none, …"),
}
"""Keys that every block needs: the question where a key is missing, and some answers."""
STAGE_KEYS = ("out", "repeat", "stride", "label", "blocks")


class Settings(Record, eq=False):
    """A block's kind, its steps with the network's changes in them, and the rest of what the network says.

    `parameters` are the values the network gives to the kind's parameters, `named` is where it names the kind, `by_key` is
    all that the network says, for the block's scope.
    """

    kind: Document
    steps: Map
    parameters: Map
    order: Order
    order_node: Node
    stride_at: Scalar
    shortcut: Node
    insert: Map
    defaults: Map
    origin: Entry
    named: Scalar
    by_key: Mapping[str, Setting]
    declared: dict[str, Map] = field(factory=dict)


def settings_by_key(layers: list[tuple[str, Map]], block: Span) -> Mapping[str, Setting]:
    """Map each key of a block to what the last of the layers says under it, or under a path into it."""
    settings = {"block": Setting("", has_word=False, place=block)}
    for _, layer in layers:
        for entry in layer:
            key, dot, rest = str(entry.key).partition(".")
            word = _word(entry.value)
            settings[key] = Setting(f"{rest}: {word}" if dot else word, isinstance(entry.value, Scalar), entry.span)
    return settings


def _word(node: Node) -> str:
    """Name a value: `B`, `pre`; the kind of a map that has one, marked if it says more; `its own` of any other map."""
    if isinstance(node, Scalar):
        return str(node.value) if node.value is not None else ""
    kind = node.get("kind") if isinstance(node, Map) else None
    if isinstance(kind, Scalar):
        return f"{kind.value} (changed)" if isinstance(node, Map) and len(node.entries) > 1 else str(kind.value)
    change_ = node.get("change") if isinstance(node, Map) else None
    branch = change_.get("module") or change_.get("op") if isinstance(change_, Map) else change_
    if isinstance(branch, Scalar):
        source = change_.get("of") if isinstance(change_, Map) else None
        return f"{branch.value} of {source.value}" if isinstance(source, Scalar) else str(branch.value)
    return "its own"


def read_settings(context: Context, layers: list[tuple[str, Map]], origin: Entry, block: Span) -> Settings:
    """Read the settings of a block from its layers: `block`, the stage, the block's own; each named for messages.

    `block` is where the first is. Raises Failed.
    """
    node = _kind(context, layers, block)
    kind = definition(context, node, "block")
    declared = parameters_of(kind)
    steps = kind.root.get("steps")
    steps = steps if isinstance(steps, Map) else Map((), kind.root.span)
    held = Map((), origin.span)
    parameters = Map((), origin.span)
    others = _other_kinds(context, layers, kind)
    for name, layer in layers:
        for entry in layer:
            head = str(entry.key).partition(".")[0]
            try:
                if head in KEYS and not (head == "stride_at" != entry.key):
                    held = change(opened_word(context, held, head, entry), str(entry.key), entry)
                elif head in steps:
                    steps = change(steps, str(entry.key), entry, "steps")
                elif entry.key in declared:
                    parameters = change(parameters, str(entry.key), entry)
                elif not (entry.key in STAGE_KEYS and name != "block") and not (name == "block" and head in others):
                    _unknown(context, entry, name, kind, [str(other.key) for other in layer])
            except NothingThere as nothing:
                if entry.key in ("kind", "order", "shortcut"):
                    continue  # a key that is missing is reported below
                context.diagnostics.append(lost(entry, nothing, held if head in KEYS else steps, "steps"))
    return _settings(context, kind, (steps, parameters, held), origin, node, settings_by_key(layers, block))


def _settings(
    context: Context,
    kind: Document,
    parts: tuple[Map, Map, Map],
    origin: Entry,
    named: Scalar,
    by_key: Mapping[str, Setting],
) -> Settings:
    """Make settings of the kind's steps, its parameters' values, and the other keys, each as the layers left them."""
    at = named.span
    steps, parameters, held = parts
    missing = [key for key in _ASKED if held.get(key) is None]
    if missing:
        lacking = " and ".join(f"`{key}`" for key in missing)
        label = " ".join(_ASKED[key][0] for key in missing)
        helped = "; ".join(_ASKED[key][1] for key in missing)
        context.report("E0202", f"`block` does not say its {lacking}", at, label, help=helped)
    stride_at = held.get("stride_at") or kind.root.get("stride_at")
    if not isinstance(stride_at, Scalar):
        helped = "conv1: as the paper and Caffe; conv2: as torchvision and timm" if kind.name == "bottleneck" else ""
        message = f"`block` does not say its `stride_at`, and block `{kind.name}` leaves it to the network"
        context.report("E0340", message, at, "which step carries the stride?", help=helped)
        first = next((str(entry.key) for entry in steps), "")
        stride_at = Scalar(first, first, at)
    # after a problem the rest is read with a stand-in, so that all problems are reported
    order_node = held.get("order") or Scalar("post", "post", at)
    shortcut = held.get("shortcut") or Scalar("none", "none", at)
    insert = held.get("insert")
    defaults = Map(tuple(e for e in held if e.key in ("norm", "act", "conv")), held.span)
    try:
        order = read_order(order_node, context)
    except Failed:
        order = ORDERS["post"]
    if "order" in by_key:
        by_key = {**by_key, "order": replace(by_key["order"], meaning=order)}
    insert = insert if isinstance(insert, Map) else Map((), origin.span)
    return Settings(
        kind, steps, parameters, order, order_node, stride_at, shortcut, insert, defaults, origin, named, by_key,
        parameters_of(kind),
    )  # fmt: skip


def _kind(context: Context, layers: list[tuple[str, Map]], block: Span) -> Scalar:
    """The nearest layer's `kind`."""
    for _, layer in reversed(layers):
        node = layer.get("kind")
        if isinstance(node, Scalar):
            if is_null(node):
                break
            return node
    for name, layer in layers:
        where = "keys block" if name == "block" else "keys stage"
        for entry in layer:
            word = entry.value.value if isinstance(entry.value, Scalar) else None
            unknown = entry.key not in (*KEYS, *STAGE_KEYS)
            if unknown and isinstance(word, str) and meant(str(entry.key), KEYS, where) == "kind":
                return Scalar(word, word, entry.value.span)  # its key is reported below
    raise context.fail("E0202", "`block` does not say its `kind`", block, help="basic, bottleneck, conv, or your own")


def _other_kinds(context: Context, layers: list[tuple[str, Map]], kind: Document) -> set[str]:
    """Parameters and steps of the kind `block:` names, where a stage has another kind: they are not this stage's."""
    names: set[str] = set()
    for _, layer in layers:
        node = layer.get("kind")
        if isinstance(node, Scalar) and node.value != kind.name:
            try:
                other = definition(context, node, "block")
            except Failed:
                continue
            steps = other.root.get("steps")
            names |= set(parameters_of(other)) | {str(e.key) for e in (steps if isinstance(steps, Map) else ())}
    return names


def opened_word(context: Context, held: Map, head: str, entry: Entry) -> Map:
    """Write out a word of which a path changes a part; begin a map where there is no word."""
    node = held.get(head)
    if entry.key == head:
        return held
    if node is None:
        return change(held, head, Entry(head, entry.span, Map((), entry.span)))
    if not isinstance(node, Scalar) or is_null(node):
        return held
    if head == "order":
        return change(held, head, Entry(head, node.span, explicit(node, context)))
    return change(held, head, Entry(head, node.span, opened(node))) if head in OPENED else held


def opened_blocks(context: Context, root: Map) -> Map:
    """A stage whose paths `blocks.0.shortcut` are in its `blocks`."""
    for entry in root:
        if str(entry.key).startswith("blocks."):
            others = Map(tuple(other for other in root if other is not entry), root.span)
            try:
                root = change(others, str(entry.key), entry)
            except NothingThere:
                context.report("E0305", f"nothing to remove at `{entry.key}`", entry.span)
    return root


def _unknown(context: Context, entry: Entry, name: str, kind: Document, there: list[str]) -> None:
    steps = kind.root.get("steps")
    names = [str(e.key) for e in steps] if isinstance(steps, Map) else []
    keys = [*parameters_of(kind), *KEYS, *(STAGE_KEYS if name != "block" else ())]
    where = "block" if name == "block" else "stage"
    label = f"not a key of a {where} or of block `{kind.name}`"
    listed = f"block `{kind.name}` has " + ", ".join([*names, *parameters_of(kind)])
    head, dot, rest = str(entry.key).partition(".")
    if dot and head in keys:
        guess, keys = None, []
        helped = "blocks are called by their index, from 0" if head == "blocks" else f"`{head}` has no parts"
    else:
        guess = meant(head, [*names, *keys], f"keys {where}")
        helped = f"did you mean `{guess}{dot}{rest}`?" if guess else meaning(head, f"keys {where}") or listed
    from archc.language.document.edits import text_of
    from archc.language.document.mends import of_key
    from archc.language.schema.load import language

    by_path = "." in text_of(entry.span)  # it changes what the parent says
    fix = of_key(entry.span, head, keys, () if by_path else there, language() | set(names))
    context.report("E0201", f"unknown key `{entry.key}` in `{name}`", entry.span, label, help=helped, fix=fix)
