"""What a lint looks at, what it finds, and how a place in a network's document is found."""

from archc.diagnostics import Note, Span
from archc.ir.graph import Graph, Scope
from archc.ir.graph import Node as GraphNode
from archc.language.document.nodes import Entry, Map
from archc.language.library import Document
from archc.record import Record


class Subject(Record):
    """A network without problems: its document, its graph, and what is `given` of it where it states features."""

    document: Document
    graph: Graph
    given: Graph

    @property
    def root(self) -> Map:
        """The document in full."""
        return self.document.root


class Finding(Record):
    """What is odd, where, and what could be done. `span` may be in a parent's file."""

    message: str
    span: Span
    label: str = ""
    help: str = ""
    notes: tuple[Note, ...] = ()


def part_of(node: GraphNode) -> str:
    """The stem, the head or the stage a node is in."""
    return (node.scope or node.name).partition(".")[0]


def stages(graph: Graph) -> list[Scope]:
    """In order."""
    return [scope for scope in graph.scopes if scope.kind == "stage"]


def place(subject: Subject, part: str, *keys: str) -> Span:
    """Where a stage, or else `block`, says one of `keys`, in this file rather than in a parent's; else the part's own key."""
    root = subject.root
    held = root.get("stages")
    stage = held.entry(part) if isinstance(held, Map) else None
    homes = (stage, root.entry("block")) if stage is not None else ()
    found = [entry for key in keys for home in homes if (entry := _entry(home, key)) is not None]
    found += [entry for entry in (stage or root.entry(part),) if entry is not None]
    own = subject.document.written.span.source
    chosen = next((entry for entry in found if entry.span.source is own), found[0] if found else None)
    return chosen.span if chosen is not None else root.span


def _entry(home: Entry | None, key: str) -> Entry | None:
    return home.value.entry(key) if home is not None and isinstance(home.value, Map) else None


def at_node(subject: Subject, node: GraphNode, message: str, label: str, said: str) -> Finding:
    """What is odd about a node, at its step; a step in another file is a note to where this document uses it."""
    span = node.origin
    if span is not None and span.source is subject.document.written.span.source:
        return Finding(message, span, label, said)
    notes = (Note(label, span),) if span is not None else ()
    return Finding(message, place(subject, part_of(node), "kind"), f"at `{node.name}`", said, notes)
