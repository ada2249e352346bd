"""What a network's document says of itself: its name, title and source, and how images are prepared for it."""

from collections.abc import Iterator
from pathlib import Path

from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.language.library import Document
from archc.record import Record


class Spec(Record):
    """What a network's document says of itself."""

    name: str
    title: str
    source: tuple[tuple[str, str], ...]
    path: Path
    root: Map
    preprocess: tuple[tuple[str, float | tuple[float, ...]], ...] = ()


def described(document: Document) -> Spec:
    root = document.root
    title, source = root.get("title"), root.get("source")
    words = (
        tuple((str(e.key), str(e.value.value)) for e in source if isinstance(e.value, Scalar)) if isinstance(source, Map) else ()
    )
    said = str(title.value) if isinstance(title, Scalar) else ""
    return Spec(document.name, said, words, document.path, root, tuple(_preprocess(root.get("preprocess"))))


def _preprocess(node: Node | None) -> Iterator[tuple[str, float | tuple[float, ...]]]:
    """A number, or one for each channel, by key; the schema lets nothing else through."""
    for entry in node.entries if isinstance(node, Map) else ():
        if isinstance(entry.value, Scalar) and isinstance(entry.value.value, int | float):
            yield str(entry.key), entry.value.value
        elif isinstance(entry.value, Sequence):
            items = (item.value for item in entry.value.items if isinstance(item, Scalar))
            yield str(entry.key), tuple(float(value) for value in items if isinstance(value, int | float))
