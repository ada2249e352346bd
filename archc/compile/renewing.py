"""The figures of `expect` brought up to date in a spec's text, after a change of the network that was meant."""

from collections.abc import Iterator, Mapping, Sequence

from archc.compile.pipeline import compile_document, locate, placed
from archc.compile.semantics import check_expected, figures, named_shapes
from archc.cost.count import total
from archc.diagnostics import Diagnostic, Edit, Source, SpecError
from archc.language.document.edits import applied, ended, inserted, text_of
from archc.language.document.loader import parse
from archc.language.document.nodes import Map, Node, Scalar, plain
from archc.language.document.nodes import Sequence as Items
from archc.language.library import Document, Library
from archc.limits import Limits
from archc.record import Record, replace


class Figure(Record):
    """One figure: its keys below `expect`, what was stated (None where nothing was), and what it is."""

    keys: tuple[str, ...]
    old: str | None
    new: int | list[int]
    edits: tuple[Edit, ...] = ()


class Renewal(Record):
    """A spec's text after it, the figures that it changes, and the printed figures that do not hold, which it leaves alone."""

    text: str
    figures: tuple[Figure, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def renew(name: str, library: Library, *, add: bool = False) -> Renewal | None:
    """A spec with the figures it states made right; `add` writes those of params, macs and depth that it does not state, as a
    network without any figures always gets. None for a definition.

    Raises SpecError for every other problem, and E0359 where a figure cannot be changed alone.
    """
    path, shown = locate(name)
    with placed(library, path):
        library.origin = path
        document = library.read(path, shown)
        return _renewed(library, document, add=add) if document.kind == "network" else None


def _renewed(library: Library, document: Document, *, add: bool) -> Renewal:
    expect = document.root.get("expect")
    entries = tuple(entry for entry in document.root if entry.key != "expect")
    graph = compile_document(library, replace(document, root=Map(entries, document.root.span)), every_layout=True).graph
    costs = total(graph)
    left = tuple(problem for problem in check_expected(document.root, graph, costs) if problem.code != "E0350")
    if any(problem.code != "E0351" for problem in left):
        raise SpecError(left)
    stated = expect if isinstance(expect, Map) else None
    changes = tuple(_stated(stated, figures(graph, costs), named_shapes(graph))) if stated else ()
    missing = [Figure((key,), None, value) for key, value in figures(graph, costs).items() if not (stated and key in stated)]
    if not (add or (not (stated and stated.entries) and not _is_allowed(document.root))):
        missing = []
    return Renewal(_changed(document, stated, changes, missing, library.limits), (*changes, *missing), left)


def _is_allowed(root: Map) -> bool:
    """Whether the network says that it goes without figures, and why."""
    allow = root.get("allow")
    return isinstance(allow, Map) and "no_expect" in allow


def _stated(expect: Map, actual: Mapping[str, int], shapes: Mapping[str, tuple[int, ...]]) -> Iterator[Figure]:
    """The figures that are stated otherwise than they are."""
    for key, value in actual.items():
        node = expect.get(key)
        if isinstance(node, Scalar) and node.value != value:
            yield Figure((key,), node.text, value, (Edit(node.span, str(value)),))
    outputs = expect.get("outputs")
    for entry in outputs if isinstance(outputs, Map) else ():
        shape = list(shapes[str(entry.key)])
        if isinstance(entry.value, Items) and plain(entry.value) != shape:
            yield Figure(("outputs", str(entry.key)), str(plain(entry.value)), shape, tuple(_shape_edits(entry.value, shape)))


def _shape_edits(node: Items, shape: Sequence[int]) -> Iterator[Edit]:
    """Each length by itself, so that the list stays as it is written; one of another length is written anew."""
    items: list[Node] = list(node.items)
    if len(items) != len(shape):
        yield Edit(node.span, str(list(shape)))
        return
    for item, length in zip(items, shape, strict=True):
        if isinstance(item, Scalar) and item.value != length:
            yield Edit(item.span, str(length))


def _changed(document: Document, expect: Map | None, changes: Sequence[Figure], missing: Sequence[Figure], limits: Limits) -> str:
    """The text with the changes in it. Raises SpecError (E0359) where it would then say anything else too."""
    written = document.written
    source = written.span.source
    pairs = [(figure.keys[0], str(figure.new)) for figure in missing]
    edits = list(dict.fromkeys(edit for figure in changes for edit in figure.edits))
    if pairs and expect is not None:
        edits += inserted(expect, pairs)
    elif pairs:
        edits += ended(written, f"expect: {{{', '.join(f'{key}: {value}' for key, value in pairs)}}}")
    wanted = _wanted(plain(written), [*changes, *missing])
    lost = any("#" in text_of(edit.span) or edit.span.source is not source for edit in edits)
    try:
        text = applied(source.text, edits)
        if not lost and plain(parse(Source(source.name, text), limits)) == wanted:
            return text
    except (ValueError, SpecError):
        pass  # two edits of one place, or no document any more: told below
    entry = written.entry("expect")
    figures_now = ", ".join(f"{'.'.join(figure.keys)} is {figure.new}" for figure in (*changes, *missing))
    message = "the figures of `expect` cannot be changed here without changing something else"
    label = "an anchor, an alias, a merge key or a comment is in the way"
    span = entry.span if entry else written.span
    raise SpecError((Diagnostic("E0359", message, span, label, help=f"write by hand: {figures_now}"),))


def _wanted(tree: object, changes: Sequence[Figure]) -> object:
    """The document as it should then be read; `set` may hold what is the document's own."""
    assert isinstance(tree, dict)  # noqa: S101  the root of a spec is a map
    changed = tree.get("set")
    home: dict[str, object] = changed if isinstance(changed, dict) and "expect" in changed else tree
    for figure in changes:
        place = home.setdefault("expect", {})
        assert isinstance(place, dict)  # noqa: S101  `expect` is a map by the schema
        for key in figure.keys[:-1]:
            inner = place[key]
            assert isinstance(inner, dict)  # noqa: S101  `outputs` is a map by the schema
            place = inner
        place[figure.keys[-1]] = figure.new
    return tree
