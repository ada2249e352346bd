"""The documents of one compilation: each file is read once, checked against its schema and merged with its parents."""

from pathlib import Path
from typing import TYPE_CHECKING

from archc.arguments import StrPath, instance
from archc.arguments import path as path_text
from archc.diagnostics import Diagnostic, Note, Source, SpecError
from archc.language.document.loader import parse
from archc.language.document.nodes import Entry, Map, Scalar
from archc.language.document.source import bytes_source, read_source
from archc.language.lookup import Lookup, display_name, kind_of
from archc.language.schema.validate import Kind as SchemaKind
from archc.language.schema.validate import validate
from archc.language.shipped import PREFIX, Kind, shipped_root
from archc.language.spec.mend import filled, hides_shapes, mended
from archc.language.spec.resolve import cycle, merge
from archc.limits import Limits
from archc.record import Record, replace

if TYPE_CHECKING:
    from archc.language.layouts.table import Layout

TRIES = 4
"""How often a document as it was meant is checked again."""
LONGEST = 64
"""Parents of parents. A fixed bound, as each is read by the one before it."""


class Document(Record, eq=False):
    """A file read: as written, and in full, after `extends` and `set`. Both keep every value's place."""

    kind: Kind
    name: str
    path: Path
    written: Map
    root: Map
    problems: tuple[Diagnostic, ...] = ()
    """Changes of `set` that could not be made, here and in its parents."""


class Tree(Record):
    """A copy of files as they once were, in `folder`: `prefix` says which (`HEAD~1:`) before their names, `shipped` is where in
    it stands what ships, if it does.
    """

    folder: Path
    prefix: str
    shipped: Path | None = None


class Library:
    """The documents of one compilation. A source that is a definition's is known, since expressions see other names there."""

    def __init__(self, limits: Limits, origin: Path = Path(), tree: Tree | None = None) -> None:
        instance("limits", limits, Limits, "what `archc.limits.Limits` makes")
        self.origin = Path(path_text("origin", origin))
        self.tree = tree
        self.root = (tree.shipped if tree else None) or shipped_root()
        self.limits = limits
        self._lookup = Lookup(self.root, limits)
        self.definitions: set[Source] = set()
        self.hidden: frozenset[int] = frozenset()
        """Entries of `set`, by identity, that are left out."""
        self.options: dict[Source, Entry] = {}
        """What the command line changes, by the texts of the options and of their values."""
        self.layouts: dict[Document, Layout] = {}
        """The tables made of layouts that were read: most networks name the same few."""
        self._texts: dict[Path, tuple[Source, Map] | SpecError] = {}
        self._read: dict[Path, Document] = {}
        self._files: dict[Source, Path] = {}

    def __repr__(self) -> str:
        return f"Library(<{len(self._read)} documents>)"

    def real(self, path: Path) -> Path:
        """Where a path leads, links followed."""
        return self._lookup.real(path)

    def find(self, name: Scalar, user: Path, kind: Kind) -> Path:
        """The file that `name`, written in the document at `user`, stands for; raises SpecError (E0204, E0301, E0302, E0303)."""
        return self._lookup.find(name, user, kind)

    def hold(self, path: StrPath, name: str, data: bytes) -> None:
        """Take `data` for what the file at `path` holds: it came from elsewhere, or is not written yet."""
        path = Path(path_text("path", path))
        self._lookup.held.add(self.real(path))
        try:
            source = bytes_source(data, name, self.limits)
            self._texts[self.real(path)] = (source, parse(source, self.limits))
        except SpecError as error:
            self._texts[self.real(path)] = error

    def texts(self) -> dict[str, tuple[str, bytes]]:
        """By path what each file that was read is called and holds, those that ship left out: what `hold` takes elsewhere."""
        root = self.real(self.root)
        read = {path: text[0] for path, text in self._texts.items() if isinstance(text, tuple) and not path.is_relative_to(root)}
        return {str(path): (source.name, source.text.encode()) for path, source in read.items()}

    def without(self, hidden: frozenset[int]) -> "Library":
        """As this library, but with entries of `set` left out, of networks and of definitions; no file is read again."""
        if not hidden:
            return self
        found = Library(self.limits, self.origin, self.tree)
        found.definitions, found.hidden = self.definitions, hidden
        found._texts, found._files, found._lookup = self._texts, self._files, self._lookup
        whole = {path: document for path, document in self._read.items() if document.kind != "network"}
        found._read = {path: document for path, document in whole.items() if "extends" not in document.written}
        return found

    def written(self, path: Path) -> Map | None:
        """A file that was read, as written; None of one that cannot be."""
        text = self._texts.get(self.real(path))
        return text[1] if isinstance(text, tuple) else None

    def parent_of(self, path: Path) -> Path | None:
        """The file that a file that was read extends, None where there is none."""
        written = self.written(path)
        parent = written.get("extends") if written is not None else None
        if written is None or not isinstance(parent, Scalar):
            return None
        try:
            return self.find(parent, path, kind_of(written))
        except SpecError:
            return None

    def is_shipped(self, path: Path, user: Path) -> bool:
        """Whether a file is one that ships, for one who works on `user`; who works on what ships owns all of it."""
        root = self.real(self.root)
        return self.real(path).is_relative_to(root) and not self.real(user).is_relative_to(root)

    def file_of(self, source: Source) -> Path:
        """The file a source was read from; the network's own for the command line's values."""
        return self._files.get(source, self.origin)

    def documents(self) -> tuple[Document, ...]:
        """Everything that was read, in the order it was first asked for."""
        return tuple(self._read.values())

    def shown(self, target: Path, user: Path, shown: str) -> str:
        """How a file that a spec names is printed."""
        shown = shown.removeprefix(self.tree.prefix) if self.tree else shown
        prefix = "specs/" if self.tree and self.tree.shipped else PREFIX
        return display_name(self.real(target), self.real(user), shown, self.real(self.root), prefix)

    def _named(self, key: Path, name: str) -> str:
        """The name to print of a file that is read."""
        return self.tree.prefix + name if self.tree and key.is_relative_to(self.tree.folder) else name

    def read(
        self,
        path: StrPath,
        name: str,
        kind: Kind | None = None,
        chain: tuple[tuple[Path, str, Scalar], ...] = (),
        at: Scalar | None = None,
    ) -> Document:
        """The document at `path`, which `at` names, checked against its schema, its parents merged in; raises SpecError."""
        try:
            return self._document(Path(path_text("path", path)), name, kind, chain, at)
        except SpecError as error:
            if at is None or chain:
                raise
            used = Note("used here", at.span)
            found = [each if each.span == at.span else replace(each, notes=(*each.notes, used)) for each in error.diagnostics]
            raise SpecError(tuple(found)) from None

    def _document(
        self, path: Path, name: str, kind: Kind | None, chain: tuple[tuple[Path, str, Scalar], ...], at: Scalar | None
    ) -> Document:
        key = self.real(path)
        source, written = self._text(key, path, name)
        found = kind_of(written)
        if kind is not None and found != kind:
            raise SpecError((_other_kind(found, kind, written, at),))
        if key not in self._read:
            self._read[key] = self._taken(written, source, path, found, chain)
        return self._read[key]

    def _text(self, key: Path, path: Path, name: str) -> tuple[Source, Map]:
        """The file's text and tree. Read once even where it fails, so that a problem is told once."""
        if key not in self._texts:
            try:
                source = read_source(path, self._named(key, name), self.limits)
                self._texts[key] = (source, parse(source, self.limits))
            except SpecError as error:
                self._texts[key] = error
        text = self._texts[key]
        if isinstance(text, SpecError):
            raise text
        return text

    def _taken(
        self, written: Map, source: Source, path: Path, found: Kind, chain: tuple[tuple[Path, str, Scalar], ...]
    ) -> Document:
        self._files[source] = path
        if found != "network":
            self.definitions.add(source)
        problems: list[Diagnostic] = []
        shown = _without(written, self.hidden) if self.hidden else written
        whole = self.valid(shown, found, found, problems)
        try:
            root = self._with_parent(whole, path, found, chain, problems)
        except SpecError as error:
            raise SpecError((*problems, *error.diagnostics)) from None
        if found == "network" or "extends" in written:
            root = self.valid(root, "resolved" if found == "network" else found, found, problems)
        name_node = root.get("name" if found == "network" else found)
        name = str(name_node.value) if isinstance(name_node, Scalar) else path.stem
        return Document(found, name, path, written, root, tuple(problems))

    def valid(self, root: Map, schema: SchemaKind, kind: Kind, problems: list[Diagnostic]) -> Map:
        """The document, or the document as it was probably meant, its problems kept.

        Raises SpecError where that is not to be guessed: a layout, or a definition whose shapes may be others.
        """
        invalid = validate(root, schema)
        if not invalid:
            return root
        problems += [problem for problem in invalid if problem not in problems]
        if invalid[0].code == "E0206":  # of another version nothing else is known
            raise SpecError(tuple(problems))
        for _ in range(TRIES):  # what is told of a key or word as it was meant, too
            meant = mended(root, invalid, keep=True)
            known = {(problem.code, problem.span) for problem in invalid}
            further = [problem for problem in validate(meant, schema) if (problem.code, problem.span) not in known]
            if not further:
                break
            root, invalid = meant, [*invalid, *further]
            problems += [problem for problem in further if problem not in problems]
        guessed = mended(root, invalid)
        whole = kind == "network" and (schema == "resolved" or "extends" not in root)
        if whole and (left := validate(guessed, "resolved")):
            guessed = filled(guessed, left)
        known_shapes = kind in ("block", "module", "shortcut") and not any(map(hides_shapes, invalid))
        if not (kind == "network" or known_shapes) or validate(guessed, schema):
            raise SpecError(tuple(problems))
        return guessed

    def _with_parent(
        self, written: Map, path: Path, kind: Kind, chain: tuple[tuple[Path, str, Scalar], ...], problems: list[Diagnostic]
    ) -> Map:
        parent = written.get("extends")
        if not isinstance(parent, Scalar):
            return written
        here = (self.real(path), path.stem, parent)
        chain = (*chain, here)
        target = self.find(parent, path, kind)
        if len(chain) > LONGEST:
            raise SpecError((Diagnostic("E0415", f"a chain of more than {LONGEST} parents", parent.span),))
        for index, (seen, _, _) in enumerate(chain):
            if seen == self.real(target):
                raise SpecError((cycle([(name, at) for _, name, at in chain[index:]]),))
        base = self.read(target, self.shown(target, path, parent.span.source.name), kind, chain, parent)
        problems += base.problems
        return merge(written, base.root, kind, problems.append)


def _without(written: Map, hidden: frozenset[int]) -> Map:
    """A document as written but for some entries of its `set`."""
    changes = written.entry("set")
    if changes is None or not isinstance(changes.value, Map) or hidden.isdisjoint(map(id, changes.value)):
        return written
    kept = tuple(entry for entry in changes.value if id(entry) not in hidden)
    new = (Entry("set", changes.span, Map(kept, changes.value.span)),) if kept else ()
    return Map(tuple(other for entry in written for other in (new if entry is changes else (entry,))), written.span)


def _other_kind(found: Kind, wanted: Kind, written: Map, user: Scalar | None) -> Diagnostic:
    entry = written.entry("name" if found == "network" else found) or next(iter(written), None)
    span = entry.span if entry else written.span
    if user is None:
        return Diagnostic("E0307", f"this is a {found}, where a {wanted} is wanted", span)
    notes = (Note(f"it is a {found}", span),)
    return Diagnostic("E0307", f"`{user.value}` is a {found}, where a {wanted} is wanted", user.span, "", notes)
