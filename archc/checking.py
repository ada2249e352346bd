"""Everything that can be said against one file: its problems, and where it has none what looks like a mistake."""

from collections.abc import Sequence
from pathlib import Path

from archc.diagnostics import Diagnostic, SpecError, in_order
from archc.library import Document, Library
from archc.limits import DEFAULT_LIMITS, Limits
from archc.lower.context import Context
from archc.pipeline import compile_document, locate, overridden


def check_file(
    target: str,
    *,
    overrides: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    library: Library | None = None,
    text: bytes | None = None,
    lint: bool = False,
) -> tuple[Diagnostic, ...]:
    """Every problem of a network or a definition; empty if there is none. Many files are checked with one library, which
    reads each parent and definition once. `text` is what the file would hold; `lint` adds warnings where there is no problem.
    """
    library = Library(limits) if library is None else library
    try:
        document = _document(library, target, overrides, text)
        if document.kind != "network":
            return check_definition(library, document)
        compiled = compile_document(library, document, overrides, every_layout=True)
    except SpecError as error:
        return in_order(list(error.diagnostics))
    if not lint:
        return ()
    from archc.lint import warnings

    return warnings(document, compiled)


def check_definition(library: Library, document: Document) -> tuple[Diagnostic, ...]:
    """What can be said of a block, module, shortcut or layout without a network that uses it."""
    from archc.layouts.table import read_layout
    from archc.lower.unused import check_parameters

    context = Context(library, library.limits)
    context.diagnostics += document.problems
    if document.kind == "layout":
        read_layout(document.root)
    else:
        check_parameters(context, document)
    return in_order(context.diagnostics)


def _document(library: Library, target: str, overrides: Sequence[str], text: bytes | None) -> Document:
    path, name = locate(target) if text is None else (Path(target), target)
    if text is not None:
        library.hold(path, name, text)
    library.origin = path
    document = library.read(path, name)
    return overridden(library, document, overrides) if overrides else document
