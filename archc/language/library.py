"""A library holds the documents of one compilation: each file is read once, checked by its schema and merged with its parents."""

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
"""How often a document is corrected and checked again."""
LONGEST = 64
"""The longest chain of parents; it is bounded, since reading one recurses into the next."""


class Document(Record, eq=False):
    """A file that was read: as `written`, and in full as `root`, after `extends` and `set`. Both keep every value's place."""

    kind: Kind
    name: str
    path: Path
    written: Map
    root: Map
    problems: tuple[Diagnostic, ...] = ()
    """Changes of `set` that could not be made, here and in its parents."""


class Tree(Record):
    """A copy of files in an earlier state.

    It is in `folder`. `prefix` stands before the names of its files, such as `HEAD~1:`; `shipped` is its folder of shipped specs.
    """

    folder: Path
    prefix: str
    shipped: Path | None = None


class Library:
    """The documents of one compilation."""

    def __init__(self, limits: Limits, origin: Path = Path(), tree: Tree | None = None) -> None:
        instance("limits", limits, Limits, "what `archc.limits.Limits` makes")
        self.origin = Path(path_text("origin", origin))
        self.tree = tree
        self.root = (tree.shipped if tree else None) or shipped_root()
        self.limits = limits
        self._lookup = Lookup(self.root, limits)
        self.definitions: set[Source] = set()
        """The sources of definitions, in which expressions see other names."""
        self.hidden: frozenset[int] = frozenset()
        """Entries of `set`, by identity, that are left out."""
        self.options: dict[Source, Entry] = {}
        """The command line's changes, by the sources of the options and of their values."""
        self.layouts: dict[Document, Layout] = {}
        """The layouts that were read, since most networks name the same few."""
        self._texts: dict[Path, tuple[Source, Map] | SpecError] = {}
        self._read: dict[Path, Document] = {}
        self._files: dict[Source, Path] = {}

    def __repr__(self) -> str:
        return f"Library(<{len(self._read)} documents>)"

    def real(self, path: Path) -> Path:
        """Return where a path leads, with links followed."""
        return self._lookup.real(path)

    def find(self, name: Scalar, user: Path, kind: Kind) -> Path:
        """Return the file that `name` in the document at `user` stands for. Raises SpecError (E0204, E0301, E0302, E0303)."""
        return self._lookup.find(name, user, kind)

    def hold(self, path: StrPath, name: str, data: bytes) -> None:
        """Take `data` as the content of the file at `path`: it came from elsewhere, or is not written yet."""
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
        """Return a library like this one in which entries of `set` are left out, without reading a file again."""
        if not hidden:
            return self
        copy = Library(self.limits, self.origin, self.tree)
        copy.definitions, copy.hidden = self.definitions, hidden
        copy._texts, copy._files, copy._lookup = self._texts, self._files, self._lookup
        whole = {path: document for path, document in self._read.items() if document.kind != "network"}
        copy._read = {path: document for path, document in whole.items() if "extends" not in document.written}
        return copy

    def written(self, path: Path) -> Map | None:
        """Return the tree of a file that was read, as written; None where it cannot be read."""
        text = self._texts.get(self.real(path))
        return text[1] if isinstance(text, tuple) else None

    def parent_of(self, path: Path) -> Path | None:
        """Return the file that another one, which was read, extends; None where there is none."""
        written = self.written(path)
        parent = written.get("extends") if written is not None else None
        if written is None or not isinstance(parent, Scalar):
            return None
        try:
            return self.find(parent, path, kind_of(written))
        except SpecError:
            return None

    def is_shipped(self, path: Path, user: Path) -> bool:
        """Return whether a file ships, seen from the spec `user`; for one that ships itself, no file counts as shipped."""
        root = self.real(self.root)
        return self.real(path).is_relative_to(root) and not self.real(user).is_relative_to(root)

    def file_of(self, source: Source) -> Path:
        """Return the file that a source was read from; for the command line's values, the network's own."""
        return self._files.get(source, self.origin)

    def documents(self) -> tuple[Document, ...]:
        """Return all documents in the order of first use."""
        return tuple(self._read.values())

    def shown(self, target: Path, user: Path, shown: str) -> str:
        """Return the printed name of a file that a spec names."""
        shown = shown.removeprefix(self.tree.prefix) if self.tree else shown
        prefix = "specs/" if self.tree and self.tree.shipped else PREFIX
        return display_name(self.real(target), self.real(user), shown, self.real(self.root), prefix)

    def _named(self, key: Path, name: str) -> str:
        """Return the printed name of a file that is read."""
        return self.tree.prefix + name if self.tree and key.is_relative_to(self.tree.folder) else name

    def read(
        self,
        path: StrPath,
        name: str,
        kind: Kind | None = None,
        chain: tuple[tuple[Path, str, Scalar], ...] = (),
        at: Scalar | None = None,
    ) -> Document:
        """Read the document at `path`, which `at` names, check it by its schema and merge its parents in. Raises SpecError."""
        try:
            return self._document(Path(path_text("path", path)), name, kind, chain, at)
        except SpecError as error:
            if at is None or chain:
                raise
            used = Note("used here", at.span)
            problems = [each if each.span == at.span else replace(each, notes=(*each.notes, used)) for each in error.diagnostics]
            raise SpecError(tuple(problems)) from None

    def _document(
        self, path: Path, name: str, kind: Kind | None, chain: tuple[tuple[Path, str, Scalar], ...], at: Scalar | None
    ) -> Document:
        key = self.real(path)
        source, written = self._text(key, path, name)
        own_kind = kind_of(written)
        if kind is not None and own_kind != kind:
            raise SpecError((_other_kind(own_kind, kind, written, at),))
        if key not in self._read:
            self._read[key] = self._checked(written, source, path, own_kind, chain)
        return self._read[key]

    def _text(self, key: Path, path: Path, name: str) -> tuple[Source, Map]:
        """Return the file's text and tree. A failure is kept too, so that the file is read once."""
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

    def _checked(
        self, written: Map, source: Source, path: Path, kind: Kind, chain: tuple[tuple[Path, str, Scalar], ...]
    ) -> Document:
        self._files[source] = path
        if kind != "network":
            self.definitions.add(source)
        problems: list[Diagnostic] = []
        shown = _without(written, self.hidden) if self.hidden else written
        whole = self.valid(shown, kind, kind, problems)
        try:
            root = self._with_parent(whole, path, kind, chain, problems)
        except SpecError as error:
            raise SpecError((*problems, *error.diagnostics)) from None
        if kind == "network" or "extends" in written:
            root = self.valid(root, "resolved" if kind == "network" else kind, kind, problems)
        name_node = root.get("name" if kind == "network" else kind)
        name = str(name_node.value) if isinstance(name_node, Scalar) else path.stem
        return Document(kind, name, path, written, root, tuple(problems))

    def valid(self, root: Map, schema: SchemaKind, kind: Kind, problems: list[Diagnostic]) -> Map:
        """Return the document, or a corrected one whose problems are added to `problems`.

        Raises SpecError where a correction would be a guess: in a layout, or in a definition whose shapes it may change.
        """
        invalid = validate(root, schema)
        if not invalid:
            return root
        problems += [problem for problem in invalid if problem not in problems]
        if invalid[0].code == "E0206":  # nothing else is known about another version
            raise SpecError(tuple(problems))
        for _ in range(TRIES):  # corrected keys and words may have problems of their own
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
    """Return a document as written without some entries of its `set`."""
    changes = written.entry("set")
    if changes is None or not isinstance(changes.value, Map) or hidden.isdisjoint(map(id, changes.value)):
        return written
    kept = tuple(entry for entry in changes.value if id(entry) not in hidden)
    new = (Entry("set", changes.span, Map(kept, changes.value.span)),) if kept else ()
    return Map(tuple(other for entry in written for other in (new if entry is changes else (entry,))), written.span)


def _other_kind(kind: Kind, wanted: Kind, written: Map, user: Scalar | None) -> Diagnostic:
    entry = written.entry("name" if kind == "network" else kind) or next(iter(written), None)
    span = entry.span if entry else written.span
    if user is None:
        return Diagnostic("E0307", f"this is a {kind}, where a {wanted} is wanted", span)
    notes = (Note(f"it is a {kind}", span),)
    return Diagnostic("E0307", f"`{user.value}` is a {kind}, where a {wanted} is wanted", user.span, "", notes)
