"""Everything that can be said against one file: its problems, and where it has none what looks like a mistake."""

from collections.abc import Sequence
from pathlib import Path

from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.compile.compiling import check_definition, compile_document
from archc.compile.pipeline import locate
from archc.diagnostics import Diagnostic, SpecError
from archc.language.library import Library
from archc.language.overrides import overridden
from archc.limits import DEFAULT_LIMITS, Limits


def check_file(
    target: StrPath,
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
    name = path_text("target", target)
    path = Path(name)
    try:
        if text is None:
            path, name = locate(target)
        else:
            library.hold(path, name, text)
        found = _found(library, path, name, overrides, lint=lint)
    except SpecError as error:
        found = error.diagnostics
    if not found:
        return ()
    from archc.compile.attribution import told

    return told(library, path, found, overrides, thorough=True)


def _found(library: Library, path: Path, name: str, overrides: Sequence[str], *, lint: bool) -> tuple[Diagnostic, ...]:
    """Each problem where it was found. Raises SpecError with those that stop everything else."""
    library.origin = path
    document = library.read(path, name)
    document = overridden(library, document, overrides) if overrides else document
    if document.kind != "network":
        return check_definition(library, document)
    compiled = compile_document(library, document, overrides, every_layout=True)
    if not lint:
        return ()
    from archc.compile.lint import warnings

    return warnings(document, compiled)
