"""The two sides of a difference read and compiled, under one layout where both have one."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeAlias

from archc.analyse.diff.compare import Network, compare
from archc.analyse.diff.model import Difference
from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.compile.pipeline import AS_IT_IS, Changes, Compiled, compile_document, locate, placed, read_document
from archc.diagnostics import Diagnostic, SpecError
from archc.language.document.nodes import Map
from archc.language.library import Document, Library
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import Record

if TYPE_CHECKING:
    from archc.analyse.diff.revision import Copied


TARGET = "the path of a spec, the name of a shipped network, or REVISION:PATH"


class Made(Record):
    """A network that is compiled already, the changes it was made with, and what it is called."""

    compiled: Compiled
    overrides: tuple[str, ...]
    target: str


Given: TypeAlias = "Made | StrPath"


def difference(
    old: Given,
    new: Given,
    *,
    old_overrides: Sequence[str] = (),
    new_overrides: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    layout: str | None = None,
) -> Difference:
    """Of two targets, each a file, a shipped name, `REVISION:PATH`, or compiled already; `layout` one of both specs', else the
    first of the old that the new one has too. Raises SpecError with the problems of the first side that has any: also E0520 to
    E0524 for a revision.
    """
    with ExitStack() as stack:
        first = _side("old", old, old_overrides, limits, stack)
        # what both extend and use is read once, unless a revision or the command line has its own
        shared = None if old_overrides or new_overrides or first.library.tree else first.library
        second = _side("new", new, new_overrides, limits, stack, shared)
        common = [name for name in _layouts(first.document) if name in _layouts(second.document)]
        wanted = layout or next(iter(common), "canonical")
        networks = [_network(side, wanted) for side in (first, second)]
    return compare(networks[0], networks[1], layout="" if wanted == "canonical" else wanted)


class _Side(Record):
    library: Library
    document: Document
    target: str
    overrides: tuple[str, ...]
    changes: Changes = AS_IT_IS


def _side(
    name: str, given: Given, overrides: Sequence[str], limits: Limits, stack: ExitStack, shared: Library | None = None
) -> _Side:
    if isinstance(given, Made):
        compiled = given.compiled
        return _Side(compiled.library, compiled.document, given.target, given.overrides, compiled.changes)
    target = path_text(name, given, TARGET)
    library, document = _read(target, overrides, limits, stack, shared)
    return _Side(library, document, target, tuple(overrides))


def _network(side: _Side, layout: str) -> Network:
    library, document = side.library, side.document
    with placed(library, document.path, side.overrides, side.changes):
        compiled = compile_document(library, document, side.overrides, layout, side.changes)
        return Network(compiled, side.target, library.documents())


def _layouts(document: Document) -> list[str]:
    node = document.root.get("layouts")
    return [str(entry.key) for entry in node] if isinstance(node, Map) else []


def _read(
    target: str, overrides: Sequence[str], limits: Limits, stack: ExitStack, shared: Library | None = None
) -> tuple[Library, Document]:
    """The document and the library that finds what it names. A file as it once was is there as long as the stack is."""
    copy = _copied(target, limits, stack) if ":" in target else None
    if copy is not None:
        library, path, name = Library(limits, tree=copy.tree), copy.file, copy.name
    else:
        library = shared or Library(limits)
        path, name = locate(target)
    with placed(library, path, overrides):
        document = read_document(library, path, name, (), kind=None)
        if document.kind != "network":
            raise _definition(target, document)
        return library, read_document(library, path, name, overrides) if overrides else document


def _copied(target: str, limits: Limits, stack: ExitStack) -> "Copied | None":
    """The copy of a revision's files, None where the target is no revision."""
    from archc.analyse.diff.revision import copied, revision_of

    revision = revision_of(target)
    return None if revision is None else stack.enter_context(copied(revision, limits))


def _definition(target: str, document: Document) -> SpecError:
    """A definition says nothing by itself: what a change of it comes to, a network that uses it shows."""
    entry = document.root.entry(document.kind)
    message = f"this is a {document.kind}, where a network is wanted"
    side, colon, _ = target.rpartition(":")
    example = f"archc diff {side}:NET.yaml NET.yaml" if colon else "archc diff OLD.yaml NEW.yaml"
    help_ = f"compare a network that uses it: {example} reads each side's own definitions"
    return SpecError((Diagnostic("E0307", message, entry.span if entry else document.root.span, help=help_),))
