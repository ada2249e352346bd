"""The two sides of a difference read and compiled, under one layout where both have one."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from archc.analyse.diff.compare import Network, compare
from archc.analyse.diff.model import Difference
from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.compile.pipeline import compile_document, locate, placed, read_document
from archc.diagnostics import Diagnostic, SpecError
from archc.language.document.nodes import Map
from archc.language.library import Document, Library
from archc.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from archc.analyse.diff.revision import Copied


TARGET = "the path of a spec, the name of a shipped network, or REVISION:PATH"


def difference(
    old: StrPath,
    new: StrPath,
    *,
    old_overrides: Sequence[str] = (),
    new_overrides: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    layout: str | None = None,
) -> Difference:
    """Of two targets, each a file, a shipped name or `REVISION:PATH`; `layout` one of both specs', else the first of the old
    that the new one has too. Raises SpecError with the problems of the first side that has
    any: also E0520 to E0524 for a revision.
    """
    one, other = path_text("old", old, TARGET), path_text("new", new, TARGET)
    with ExitStack() as stack:
        first = _read(one, old_overrides, limits, stack)
        # what both extend and use is read once, unless a revision or the command line has its own
        shared = None if old_overrides or new_overrides or first[0].tree else first[0]
        second = _read(other, new_overrides, limits, stack, shared)
        common = [name for name in _layouts(first[1]) if name in _layouts(second[1])]
        wanted = layout or next(iter(common), "canonical")
        sides = (first, one, old_overrides), (second, other, new_overrides)
        networks = [_network(side, target, changes, wanted) for side, target, changes in sides]
    return compare(networks[0], networks[1], layout="" if wanted == "canonical" else wanted)


def _network(side: tuple[Library, Document], target: str, overrides: Sequence[str], layout: str) -> Network:
    library, document = side
    with placed(library, document.path, overrides):
        return Network(compile_document(library, document, overrides, layout), target, library.documents())


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
