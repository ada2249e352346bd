"""One difference at one place, before equal ones of several blocks and stages become one sentence."""

from typing import Literal, TypeAlias

from archc.analyse.diff.model import Kind, Level
from archc.diagnostics import Span
from archc.record import Record

Form: TypeAlias = Literal["change", "move", "add", "remove", "insert", "say"]
"""`S B → A`; `S moved from B to A`; `S added: A`; `S removed: B`; `S inserted: A`; `S: A`."""


class Fact(Record):
    """`part` and `unit` count the pairs of parts, and of blocks in one; a `unit` of -1 is the whole part, a `part` of -1 the
    network. `old` and `new` are the paths of the scopes and nodes it is about. Facts that are
    equal without `before` and `after` are told together, with all their values; so are details, whose middle is a value. `topic`:
    what `subject` begins with, where several attributes of it may differ.
    """

    kind: Kind
    level: Level
    form: Form
    subject: str
    before: str = ""
    after: str = ""
    part: int = -1
    unit: int = -1
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    old_place: Span | None = None
    new_place: Span | None = None
    details: tuple[tuple[str, str, str], ...] = ()
    topic: str = ""

    @property
    def group(self) -> tuple[str, ...]:
        """Facts of one group are told in one sentence."""
        return (self.kind, self.level, self.form, self.subject)


def sentence(form: Form, subject: str, before: str, after: str) -> str:
    """What a fact says, without where."""
    match form:
        case "change":
            return f"{subject} {before} → {after}"
        case "move":
            return f"{subject} moved from {before} to {after}"
        case "add":
            return f"{subject} added" + (f": {after}" if after else "")
        case "insert":
            return f"{subject} inserted" + (f" {after}" if after else "")
        case "remove":
            return f"{subject} removed" + (f": {before}" if before else "")
        case "say":
            return f"{subject}: {after}"
