"""Which layout names a network's tensors: the one asked for, of those that its spec lists."""

from archc.diagnostics import Diagnostic, Note, SpecError
from archc.ir.graph import Graph
from archc.language.document.nodes import Entry, Map, Scalar
from archc.language.layouts.table import CANONICAL, Layout
from archc.language.library import Document, Library
from archc.record import replace
from archc.suggest import nearest


def chosen_layout(
    library: Library, document: Document, wanted: str | None, graph: Graph | None, found: list[Diagnostic]
) -> Layout:
    """The layout asked for, else the spec's first, else canonical names; with a graph, all that the spec lists are checked.

    Problems are added to `found`.
    """
    from archc.language.layouts.naming import state_keys

    node = document.root.get("layouts")
    entries = node.entries if isinstance(node, Map) else ()
    known = [str(entry.key) for entry in entries]
    chosen = CANONICAL
    if wanted is not None and wanted != "canonical" and wanted not in known:
        guess = nearest(wanted, [*known, "canonical"])
        helped = f"did you mean `{guess}`?" if guess else "its layouts: " + ", ".join([*known, "canonical"])
        at = document.root.entry("layouts")
        notes = (Note("it has these", at.span),) if at is not None else ()
        found.append(Diagnostic("E0320", f"this spec has no layout `{wanted}`", notes=notes, help=helped))
        return chosen
    default = next(iter(known), None)
    for entry in entries:
        wants = str(entry.key) == (wanted or default)
        if graph is None and not wants:
            continue
        try:
            table = _read_layout(library, entry)
            if graph is not None and not found:
                state_keys(graph, table)
        except SpecError as error:
            used = Note(f"layout `{entry.key}` of this network", entry.span)
            found += [replace(each, notes=(*each.notes, used)) for each in error.diagnostics]
            continue
        if wants:
            chosen = table
    return chosen


def _read_layout(library: Library, entry: Entry) -> Layout:
    from archc.language.layouts.table import read_layout

    name = entry.value if isinstance(entry.value, Scalar) else Scalar(None, "", entry.span)
    user = library.file_of(name.span.source)
    path = library.find(name, user, "layout")
    document = library.read(path, library.shown(path, user, name.span.source.name), "layout", at=name)
    if document not in library.layouts:
        library.layouts[document] = read_layout(document.root)
    return library.layouts[document]
