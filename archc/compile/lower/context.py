"""What a lowering carries along: where problems go, the library, the limits."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from archc.compile.lower.tracing import Tracing
from archc.diagnostics import Diagnostic, Edit, Note, Source, Span
from archc.language.document.nodes import Node, Scalar
from archc.language.library import Document, Library
from archc.language.shipped import PREFIX, Kind
from archc.language.spec.mend import doubted_part, hides_shapes
from archc.limits import Limits
from archc.record import Record, field


class Failed(Exception):
    """A problem was reported; what was being made is given up, its siblings go on."""


NESTING = 64
"""A level takes up to nine Python frames, of which there are a thousand: so this limit cannot be raised."""


class TooLarge(Exception):
    """The network outgrows its limits, which was reported; nothing more is made."""


OF_THE_TEXT = frozenset("E0201 E0202 E0204 E0205 E0306 E0308 E0330 E0331 E0332 E0334 E0335 E0336 E0337 E0338 E0370 E0371".split())
"""What a definition's own text is at fault for, whoever uses it and with whatever arguments."""
MISSING = ("E0202", "E0308", "E0340", "E0346")
"""That something is not said may be due to a key or value that was left out for a problem of its own."""


PASSED = object()
"""Stands for a default that is no value of its own: a block passes it, so that it differs from block to block."""


class Taken(Record, frozen=False, eq=False):
    """The defaults of values that say less than all, by the value's identity: each key with all that it was taken as, in every
    place where the value is used. `names` are the values that name a definition.
    """

    defaults: dict[int, tuple[Node, dict[str, list[object]]]] = field(factory=dict)
    names: dict[int, tuple[Scalar, Document]] = field(factory=dict)

    def add(self, node: Node, defaults: Mapping[str, object]) -> None:
        """One more use of a value."""
        _, known = self.defaults.setdefault(id(node), (node, {}))
        for key, value in defaults.items():
            values = known.setdefault(key, [])
            if value not in values:
                values.append(value)


class Context(Record, frozen=False, eq=False):
    """One lowering.

    `trail` holds the user's lines that led into definitions, outermost first. `guessed`: something before had a problem, so that
    shapes are not known and not checked. `asked` are the values of parameters (by identity) that were computed, `used` the
    definitions and who names them. `taken` holds the defaults that were used, if they are wanted. `tracing`: classes and input
    channels are numbers that know where they come from. `part` is what is being lowered, `stem`, `stages`, `head`, or "";
    `doubted` are the parts of which keys and values with problems were left out, "*" for any.
    """

    library: Library
    limits: Limits
    diagnostics: list[Diagnostic] = field(factory=list)
    trail: list[tuple[Span, str]] = field(factory=list)
    stage: str = ""
    depth: int = 0
    guessed: bool = False
    found: dict[tuple[str, Source, Kind], Document] = field(factory=dict)
    asked: set[int] = field(factory=set)
    used: list[tuple[Scalar, Document]] = field(factory=list)
    taken: Taken | None = None
    tracing: Tracing | None = None
    part: str = ""
    doubted: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.doubted = {doubted_part(found) for found in self.diagnostics if found.code.startswith("E02")}
        self.guessed = self.guessed or any(map(hides_shapes, self.diagnostics))

    @contextmanager
    def inside(self, span: Span | None, what: str) -> Iterator[None]:
        """While a definition is expanded: problems in it are shown at `span` first."""
        if span is None:
            yield
            return
        self.deeper(span, "definitions are nested")
        self.trail.append((span, what))
        try:
            yield
        finally:
            self.trail.pop()
            self.depth -= 1

    def deeper(self, span: Span | None, what: str) -> None:
        """One level more of definitions, or of values that need values; beyond NESTING E0415. The caller ends it."""
        if self.depth >= NESTING:
            raise self.fail("E0415", f"{what} more than {NESTING} deep", span)
        self.depth += 1

    @property
    def where(self) -> str:
        """`in stages.layer2`, for labels; empty outside the stages."""
        return f"in stages.{self.stage}" if self.stage else ""

    def take(self, node: Node, defaults: Mapping[str, object]) -> None:
        """Keep what a value leaves out, if that is wanted."""
        if self.taken is not None:
            self.taken.add(node, defaults)

    def is_definition(self, source: Source) -> bool:
        return source in self.library.definitions

    def report(
        self,
        code: str,
        message: str,
        span: Span | None,
        label: str = "",
        *,
        help: str = "",
        notes: tuple[Note, ...] = (),
        fix: tuple[Edit, ...] = (),
    ) -> None:
        """A problem at `span`; inside a definition the user's own line comes first and the definition's is a note, unless the
        definition is at fault by itself.
        """
        if code in MISSING and not self.doubted.isdisjoint(("*", self.part)):
            return
        users = [(at, what) for at, what in self.trail if not self.is_definition(at.source)]
        if span is not None and self.is_definition(span.source) and users:
            at, what = users[-1]
            if code in OF_THE_TEXT and not span.source.name.startswith(PREFIX):
                used = Note(f"in {what}, expanded here", at)
                self.diagnostics.append(Diagnostic(code, message, span, label, (*notes, used), help, fix=fix))
                return
            label = label.removesuffix(self.where).removesuffix(", ")
            notes = (Note(label or f"in {what}", span), *notes)
            # a block's line is its stage's, whose name stands there
            where = f", {self.where}" if self.where and not what.startswith("block ") else ""
            found = Diagnostic(code, message, at, f"in {what}, expanded here{where}", notes, help)
            if not any(_same(found, other) for other in self.diagnostics):
                self.diagnostics.append(found)
        else:
            self.diagnostics.append(Diagnostic(code, message, span, label, notes, help, fix=fix))

    def too_large(self, what: str, most: int, span: Span | None) -> TooLarge:
        """Reports E0416 and returns the exception to raise."""
        message = f"{what} expands to more than {most} operations"
        self.report("E0416", message, span, help="raise it with --limit operations=N")
        return TooLarge()

    def fail(
        self, code: str, message: str, span: Span | None, label: str = "", *, help: str = "", notes: tuple[Note, ...] = ()
    ) -> Failed:
        """Reports and returns the exception to raise."""
        self.report(code, message, span, label, help=help, notes=notes)
        return Failed()


def _same(one: Diagnostic, other: Diagnostic) -> bool:
    """Whether they tell one fault of a definition, used in two places."""
    return one.code == other.code and [note.span for note in one.notes[:1]] == [note.span for note in other.notes[:1]]
