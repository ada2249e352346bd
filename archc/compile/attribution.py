"""Which document a diagnostic is told in: the one whose own lines brought it about, its place elsewhere as a note.

A value keeps the place it was written at, so a check may find a problem at a line of a parent that is right by itself. Who is at
fault is found by checking again: the parent alone, and a document without single changes of its own. This runs only where there
are problems, and its length does not depend on how many.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from archc.compile.compiling import AS_IT_IS, Changes, Emission, problems_of
from archc.compile.lower.context import OF_THE_TEXT
from archc.diagnostics import Diagnostic, Note, Source, Span, SpecError, in_order
from archc.language.document.nodes import Entry, Map
from archc.language.library import Document, Library
from archc.language.overrides import whole_span
from archc.language.shipped import PREFIX
from archc.language.spec.lost import by_path
from archc.limits import DEFAULT_LIMITS
from archc.record import Record, field, replace

Options: TypeAlias = "Sequence[int]"
"""Which options of the command line are kept, by their number."""
Check: TypeAlias = "Callable[[Library, Path, Options], Sequence[Diagnostic]]"
"""All that is said of the document at a path, under some of the options."""
OF_DEFINITIONS = OF_THE_TEXT | {"E0321", "E0322", "E0324", "E0512"}
"""What the text of a definition or a layout is at fault for."""
_LIMIT = re.compile(r"--limit (\w+)=")
SINGLE = 6
"""Up to so many changes of one document each is left out in turn; of more, the last change that is needed is found by halving,
then the one before it that is needed too.
"""
TOGETHER = 3
"""Of very many changes that bring a problem about only together, the most that are looked for."""


class Subject(Record):
    """What was checked: a document, the options it was checked under (the place of each), and the check itself. `asked` is the
    option that asks more of the network than to be right.
    """

    library: Library
    path: Path
    options: tuple[Span, ...]
    check: Check
    asked: Span | None = None
    # What was found of a document alone, and without some of its changes.
    known: dict[Hashable, dict[Hashable, Diagnostic]] = field(factory=dict)

    def found(self, path: Path, kept: Options = (), hidden: frozenset[int] = frozenset()) -> dict[Hashable, Diagnostic]:
        """The problems of a document by what they are, under some options, without some changes of `set` (by identity)."""
        key = (self.library.real(path), tuple(kept), hidden)
        if key not in self.known:
            if not kept and not hidden and self.is_right(path):
                self.known[key] = {}
            else:
                library = self.library.without(hidden)
                self.known[key] = {_key(each): each for each in self.check(library, path, kept)}
        return self.known[key]

    def is_right(self, path: Path) -> bool:
        """What ships has no problems, but for limits that are lowered or what else is asked, and for those who work on it."""
        return self.asked is None and self.library.is_shipped(path, self.path) and self.library.limits == DEFAULT_LIMITS


def told(
    library: Library,
    path: Path,
    found: Sequence[Diagnostic],
    overrides: Sequence[str] = (),
    changes: Changes = AS_IT_IS,
    *,
    thorough: bool = False,
    emission: Emission | None = None,
) -> tuple[Diagnostic, ...]:
    """What was found of the document at `path`, each told in the document that brought it about; in order."""
    if not found:
        return ()
    options = [Source("--set", text) for text in overrides]
    options += [Source("--features", ",".join(changes.features))] if changes.features else []
    options += [Source(f"--{name}", f"--{name}") for name, given in _switches(changes) if given]

    def check(library: Library, path: Path, kept: Sequence[int]) -> Sequence[Diagnostic]:
        names = {options[number].name for number in kept}
        some = Changes(
            changes.features if "--features" in names else (),
            without_head="--no-head" in names,
            frozen_norm="--frozen-norm" in names,
        )
        values = [overrides[number] for number in kept if number < len(overrides)]
        return problems_of(library, path, values, some, thorough=thorough, emission=emission)

    asked = emission.option if emission else None
    return attributed(Subject(library, path, tuple(map(whole_span, options)), check, asked), found)


def _switches(changes: Changes) -> tuple[tuple[str, bool], ...]:
    return ("no-head", changes.without_head), ("frozen-norm", changes.frozen_norm)


def attributed(subject: Subject, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics at the lines that brought them about."""
    return in_order([_by_path(subject, _attributed(subject, diagnostic)) for diagnostic in found])


def _by_path(subject: Subject, diagnostic: Diagnostic) -> Diagnostic:
    """With the path that was meant by a change of the document's own, beside `extends` or in `set`, or by an option."""
    library = subject.library
    written, parent = library.written(subject.path), library.parent_of(subject.path)
    option = library.options.get(diagnostic.span.source) if diagnostic.span else None
    changes = written.get("set") if written is not None else None
    entries = (option,) if option else (*(written or ()), *(changes if isinstance(changes, Map) else ()))
    base = subject.path if option else parent
    if base is None:
        return diagnostic
    try:
        return by_path(diagnostic, entries, library.read(base, base.name).root)
    except SpecError:
        return diagnostic


def _attributed(subject: Subject, diagnostic: Diagnostic) -> Diagnostic:
    if _of_an_option(diagnostic):
        return diagnostic
    every = range(len(subject.options))
    alone = subject.found(subject.path) if subject.options else {}
    if subject.options and _key(diagnostic) not in alone:
        found = subject.found(subject.path, every)
        causes = _causes(diagnostic, len(subject.options), found, lambda kept: subject.found(subject.path, kept))
        return _moved(diagnostic, [subject.options[number] for number in causes])
    diagnostic = alone.get(_key(diagnostic), diagnostic)
    return _limited(subject, _in_definitions(subject, diagnostic, _in_documents(subject, diagnostic)))


def _in_definitions(subject: Subject, diagnostic: Diagnostic, told_at_use: Diagnostic) -> Diagnostic:
    """Told at the change that a definition of the user's makes to the one it extends, where that change alone is at fault."""
    if diagnostic.code not in OF_DEFINITIONS or diagnostic.span is None:
        return told_at_use
    key, all_found = _key(diagnostic), subject.found(subject.path)
    places = {diagnostic.span.source}
    if diagnostic.span.source not in subject.library.definitions:
        places |= {note.span.source for note in diagnostic.notes if note.span}
    candidates: list[tuple[bool, tuple[Entry, ...]]] = []
    for document in _own_definitions(subject):
        entries = _changes(document.written)
        if not places.isdisjoint(_parents(subject.library, document.path)):
            others = subject.found(subject.path, (), _hidden(entries, ()))
            candidates += [] if key in others else [(_further(others, all_found), entries)]
    if not candidates:
        return told_at_use
    _, entries = min(candidates, key=lambda candidate: candidate[0])
    causes = _causes(diagnostic, len(entries), all_found, lambda kept: subject.found(subject.path, (), _hidden(entries, kept)))
    label = "used here" if told_at_use.span != diagnostic.span else told_at_use.label
    return _moved(replace(told_at_use, label=label), [entries[number].span for number in causes])


def _own_definitions(subject: Subject) -> Iterator[Document]:
    """The definitions of the user's that change what they extend, what is checked not among them."""
    for document in subject.library.documents():
        is_used = document.kind != "network" and document.path != subject.path
        if is_used and _changes(document.written) and not subject.library.is_shipped(document.path, subject.path):
            yield document


def _changes(written: Map) -> tuple[Entry, ...]:
    """The entries of a document's `set`."""
    changes = written.get("set")
    return changes.entries if isinstance(changes, Map) else ()


def _hidden(entries: Sequence[Entry], kept: Sequence[int]) -> frozenset[int]:
    """All but some of the entries, by identity."""
    return frozenset(id(entry) for number, entry in enumerate(entries) if number not in kept)


def _in_documents(subject: Subject, diagnostic: Diagnostic) -> Diagnostic:
    """Told in the document itself, or in the farthest parent that has the problem by itself."""
    library, path = subject.library, subject.path
    notes: list[Note] = []
    while True:
        written = library.written(path)
        if diagnostic.span is None or written is None or diagnostic.span.source is written.span.source:
            break
        if subject.asked and written.span.source.name.startswith(PREFIX):  # it is right, but unfit
            break
        parent = library.parent_of(path)
        if parent is None or _key(diagnostic) not in subject.found(parent):
            at_use = _by_document(subject, path, written, diagnostic)
            if diagnostic.span.source.name.startswith(PREFIX) or diagnostic.span.source in _parents(library, path):
                diagnostic = at_use
            elif not any(note.span and note.span.source is written.span.source for note in diagnostic.notes):
                notes = [Note("used here", at_use.span), *notes]
            break
        diagnostic = subject.found(parent)[_key(diagnostic)]
        extends = written.entry("extends")
        notes += [Note("extended here", extends.value.span)] if extends is not None else []
        path = parent
    return replace(diagnostic, notes=(*diagnostic.notes, *notes))


def _parents(library: Library, path: Path) -> Iterator[Source]:
    """What a document extends, and what that extends; a definition that is used is not among them."""
    parent = library.parent_of(path)
    while parent is not None:
        written = library.written(parent)
        if written is not None:
            yield written.span.source
        parent = library.parent_of(parent)


def _by_document(subject: Subject, path: Path, written: Map, diagnostic: Diagnostic) -> Diagnostic:
    """At the changes that a document makes to its parent; without any where it names its parent, or what the problem is in."""
    entries = _changes(written)

    def without(kept: Sequence[int]) -> dict[Hashable, Diagnostic]:
        return subject.found(path, (), _hidden(entries, kept))

    if entries:
        causes = _causes(diagnostic, len(entries), subject.found(path), without)
        return _moved(diagnostic, [entries[number].span for number in causes])
    own = [note.span for note in diagnostic.notes if note.span and note.span.source is written.span.source]
    entry = written.entry("extends") or written.entry("name") or next(iter(written), None)
    return _moved(diagnostic, own[:1] or [entry.span if entry else written.span], "inherited from here")


def _causes(
    diagnostic: Diagnostic,
    count: int,
    all_found: dict[Hashable, Diagnostic],
    found: Callable[[Sequence[int]], dict[Hashable, Diagnostic]],
) -> list[int]:
    """The changes, of so many, without any of which the problem is not there; the last one first.

    A change that other changes build on says nothing by being left out: there are other problems then.
    """
    key, every = _key(diagnostic), range(count)
    if 1 < count <= SINGLE:
        left_out = {number: found([other for other in every if other != number]) for number in every}
        needed = [number for number, others in left_out.items() if key not in others and not _further(others, all_found)]
        if needed:
            return needed[::-1]
    causes: list[int] = []
    while len(causes) < TOGETHER and (not causes or (causes[-1] and key not in found(sorted(causes)))):
        low, high = 0, causes[-1] if causes else count  # the problem is there with all before `high`, and the known ones
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if key in found([*range(middle), *reversed(causes)]) else (middle, high)
        causes.append(high - 1)
    return causes


def _further(found: dict[Hashable, Diagnostic], before: dict[Hashable, Diagnostic]) -> bool:
    """Whether there are errors that were not there before."""
    return any(each.severity == "error" and key not in before for key, each in found.items())


def _moved(diagnostic: Diagnostic, places: Sequence[Span], label: str = "this brings it about") -> Diagnostic:
    """Told at the first of these places, with the others and the place it was found at as notes."""
    notes = [Note("together with this", span) for span in places[1:]]
    if diagnostic.span is not None:
        notes.append(Note(diagnostic.label or "found here", diagnostic.span))
    return replace(diagnostic, span=places[0], label=label, notes=(*notes, *diagnostic.notes), fix=())


def _limited(subject: Subject, diagnostic: Diagnostic) -> Diagnostic:
    """At the option, where what ships is beyond a limit that was lowered, or is asked for what it cannot do."""
    limit = _LIMIT.search(diagnostic.help)
    if diagnostic.span is None or not diagnostic.span.source.name.startswith(PREFIX):
        return diagnostic
    if limit is None:
        return _moved(diagnostic, [subject.asked], "asked for here") if subject.asked else diagnostic
    text = f"{limit[1]}={getattr(subject.library.limits, limit[1])}"
    return _moved(diagnostic, [whole_span(Source("--limit", text))])


def _of_an_option(diagnostic: Diagnostic) -> bool:
    return diagnostic.span is None or diagnostic.span.source.name.startswith("--")


def _key(diagnostic: Diagnostic) -> Hashable:
    """What makes two diagnostics of two runs one: the code and the place, or what is said where there is none."""
    span = diagnostic.span
    place = (id(span.source), span.line, span.column) if span else diagnostic.message
    return diagnostic.code, place
