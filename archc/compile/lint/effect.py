"""What is said or made and has no effect, or another one than it says."""

from collections.abc import Iterator
from math import prod

from archc.compile.lint.subject import Finding, Subject, at_node, part_of, stages
from archc.ir.arrange import Split
from archc.ir.types import along
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.language.spec.paths import OWN


def unread_part(subject: Subject) -> Iterator[Finding]:
    """A part of a split that nothing reads."""
    graph = subject.graph
    splits = [node for node in graph.nodes if isinstance(node.op, Split)]
    if not splits:
        return
    read = {value for node in graph.nodes for value in node.inputs}.union(graph.outputs, subject.given.outputs)
    told: set[object] = set()
    for node in splits:
        unread = [i for i, value in enumerate(node.outputs) if value not in read]
        if unread and node.origin not in told:
            told.add(node.origin)
            which = " and ".join(f"`{node.local}.{i}`" for i in unread)
            label = f"a split in {len(node.outputs)} parts"
            yield at_node(subject, node, f"nothing reads {which}", label, "read it in a step")


def unreached_stride(subject: Subject) -> Iterator[Finding]:
    """An `output_stride` that is not the network's: too small, never reached, or no product of its strides."""
    entry = subject.root.entry("output_stride")
    wanted = entry.value.value if entry is not None and isinstance(entry.value, Scalar) else None
    if entry is None or not isinstance(wanted, int):
        return
    stem = (node for node in subject.graph.nodes if part_of(node) == "stem" and node.role != "shortcut")
    reached = prod(max(along(node.op.reduction, 1)) for node in stem)
    for stage in stages(subject.graph):
        reached *= next((n.value for n in stage.arguments if n.name == "stride" and isinstance(n.value, int)), 1)
    if reached != wanted:
        yield Finding(f"`output_stride: {wanted}` gives a stride of {reached}", entry.value.span, "not what it says")


def own_key(subject: Subject) -> Iterator[Finding]:
    """A key in `set` that is the document's own: it holds, and a reader looks for it above."""
    changes = subject.document.written.get("set")
    for entry in changes if isinstance(changes, Map) else ():
        key = entry.key
        if key in OWN:
            yield Finding(
                f"`{key}` stands in `set`, and is the document's own",
                entry.span,
                "not a change of the parent",
                f"write `{key}:` at the top",
            )


def odd_preprocess(subject: Subject) -> Iterator[Finding]:
    """Means or deviations that are not one for each channel of the image."""
    node = subject.root.get("preprocess")
    channels = subject.graph.types[subject.graph.input].shape[0]
    for entry in node if isinstance(node, Map) else ():
        items = _numbers(entry.value)
        if entry.key in ("mean", "std") and len(items) != channels:
            message = f"`preprocess.{entry.key}` has {len(items)} numbers, and the image {channels} channel{'s' * (channels > 1)}"
            yield Finding(message, entry.value.span, "one for each channel")


def _numbers(node: Node) -> list[float]:
    items = node.items if isinstance(node, Sequence) else ()
    return [item.value for item in items if isinstance(item, Scalar) and isinstance(item.value, int | float)]
