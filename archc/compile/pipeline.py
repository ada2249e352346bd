"""From a name or a file to a checked graph: the functions the command line and the API call, in the order they run."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from archc.arguments import StrPath, instance, text, texts
from archc.arguments import path as path_text
from archc.compile.compiling import (
    AS_IT_IS,
    Changes,
    Compiled,
    Emission,
    changed,
    compile_document,
    makes_another,
    read_document,
)
from archc.compile.lower.context import Context
from archc.diagnostics import Diagnostic, SpecError
from archc.exceptions import WrongValue
from archc.ir.graph import Graph
from archc.language.document.nodes import Map
from archc.language.library import Document, Library
from archc.language.overrides import OVERRIDES
from archc.language.shipped import shipped_file, shipped_name, shipped_names
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import replace
from archc.suggest import advice, family

__all__ = [
    "AS_IT_IS",
    "Changes",
    "Compiled",
    "Emission",
    "compile_document",
    "compile_file",
    "compile_spec",
    "complete_network",
    "complete_spec",
    "completed",
    "locate",
    "makes_another",
    "placed",
    "read_document",
    "read_spec",
    "shipped",
]


def locate(given: StrPath) -> tuple[Path, str]:
    """A path or anything with a suffix is a file, else a shipped name; with the name to print. Raises SpecError (E0001)."""
    target = path_text("target", given, "the path of a spec or the name of a shipped network")
    if not isinstance(given, str) or "/" in target or "\\" in target or "." in target or os.path.isfile(target):
        return Path(target), target
    found = shipped_file(target, "network")
    if found is not None:
        return found, shipped_name(found)
    known = shipped_names("network")
    lists = "`archc list` prints what ships; a file is named with its suffix"
    helped = advice(target, known, otherwise="; ".join(filter(None, (family(target, known), lists))))
    raise SpecError((Diagnostic("E0001", f"there is no file and no shipped network `{target}`", help=helped),))


def read_spec(target: StrPath, *, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in full, after `extends`, `set` and the command line's changes. Raises SpecError."""
    library = Library(limits)
    path, name = locate(target)
    overrides = texts("overrides", overrides, OVERRIDES)
    with placed(library, path, overrides):
        document = read_document(library, path, name, overrides)
        if document.problems:
            raise SpecError(document.problems)
    return document


def complete_spec(target: StrPath, *, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> Map:
    """As read_spec, every default written out. Raises SpecError, also where the network itself has a problem."""
    return complete_network(target, overrides=overrides, limits=limits)[0]


def complete_network(target: StrPath, *, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS) -> tuple[Map, Graph]:
    """As complete_spec, with the network, cut to the features it states."""
    library = Library(limits)
    path, name = locate(target)
    overrides = texts("overrides", overrides, OVERRIDES)
    with placed(library, path, overrides):
        return completed(library, read_document(library, path, name, overrides), overrides)


def completed(library: Library, document: Document, overrides: Sequence[str] = ()) -> tuple[Map, Graph]:
    """As complete_network, of a document that was read with these changes."""
    from archc.compile.complete import complete
    from archc.compile.semantics import feature_paths

    context = Context(library, library.limits, list(document.problems))
    if makes_another(overrides):
        document = replace(document, root=Map(tuple(e for e in document.root if e.key != "expect"), document.root.span))
    root, graph = complete(context, document)
    if graph is None or context.diagnostics:
        raise SpecError(tuple(context.diagnostics))
    paths, problems = feature_paths(document.root, graph)
    if problems:
        raise SpecError(tuple(problems))
    return root, changed(graph, paths, AS_IT_IS)


@contextmanager
def placed(
    library: Library,
    path: Path,
    overrides: Sequence[str] = (),
    changes: Changes = AS_IT_IS,
    *,
    thorough: bool = False,
    emission: Emission | None = None,
) -> Iterator[None]:
    """Every problem of the document at `path` that is raised inside is told in the document that brought it about. `thorough`:
    what is looked for is all that `archc check` finds; `emission`: what is found when the network is emitted, too.
    """
    try:
        yield
    except SpecError as error:
        from archc.compile.attribution import told

        raise SpecError(
            told(library, path, error.diagnostics, overrides, changes, thorough=thorough, emission=emission)
        ) from None


def compile_spec(
    target: StrPath,
    *,
    overrides: Sequence[str] = (),
    limits: Limits | None = None,
    layout: str | None = None,
    prefers: str | None = None,
    changes: Changes = AS_IT_IS,
    library: Library | None = None,
) -> Compiled:
    """The checked graph of a network, or SpecError with every problem found, sorted. Where no `layout` is asked for it is the one
    that the target `prefers`, if the spec has it. Several networks are compiled with one library, which reads each parent and
    definition once.
    """
    for key, value in (("layout", layout), ("prefers", prefers)):
        if value is not None:
            text(key, value, "the name of a layout")
    overrides = texts("overrides", overrides, OVERRIDES)
    instance("changes", changes, Changes, "what `archc.compile.pipeline.Changes` makes")
    if library is None:
        library = Library(DEFAULT_LIMITS if limits is None else limits)
    elif limits not in (None, instance("library", library, Library, "a `Library`").limits):
        raise WrongValue("`limits` are not those of `library`, which were given to it: `Library(limits)`")
    path, name = locate(target)
    return compile_file(library, path, name, overrides=overrides, layout=layout, prefers=prefers, changes=changes)


def compile_file(
    library: Library,
    path: Path,
    name: str,
    *,
    overrides: Sequence[str] = (),
    layout: str | None = None,
    prefers: str | None = None,
    changes: Changes = AS_IT_IS,
) -> Compiled:
    """As compile_spec, of the file at `path`, printed as `name`, or of what `library` holds in its place."""
    with placed(library, path, overrides, changes):
        document = read_document(library, path, name, overrides, changes)
        layouts = document.root.get("layouts")
        if layout is None and prefers is not None and isinstance(layouts, Map) and prefers in layouts:
            layout = prefers
        return compile_document(library, document, overrides, layout, changes)


def shipped() -> list[tuple[str, Path]]:
    """Name and file of every network that ships."""
    return [(name, path) for name in shipped_names("network") if (path := shipped_file(name, "network")) is not None]
