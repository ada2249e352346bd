"""The difference between two networks."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from archc.api.network import Network, Value, override_texts
from archc.api.values import Shown
from archc.arguments import StrPath, text
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import Record

if TYPE_CHECKING:
    from archc.analyse.diff.model import Change
    from archc.analyse.diff.model import Difference as Found


class Difference(Shown, Record):
    """What differs between two networks: in words, in costs, and what becomes of the first one's weights in the second."""

    found: "Found"
    formats: ClassVar[Mapping[str, str]] = {".txt": "to_text", ".md": "to_markdown", ".json": "to_json"}

    def __repr__(self) -> str:
        count = len(self.changes)
        outcome = "same function" if self.same else f"{count} change{'' if count == 1 else 's'}"
        return f"<Difference {self.found.old.name} → {self.found.new.name}: {outcome}>"

    @property
    def same(self) -> bool:
        """Whether they compute the same function of the same weights."""
        return self.found.same

    @property
    def changes(self) -> "tuple[Change, ...]":
        """A sentence each: `where`, `what`, and the places where the specs say it."""
        return self.found.changes

    def to_text(self, *, color: bool = False, width: int | None = None) -> str:
        """As `archc diff` prints it; a table that is wider than `width` columns becomes a list."""
        from archc.analyse.diff.text import as_text

        return as_text(self.found, color=color, room=width)

    def to_markdown(self) -> str:
        from archc.analyse.diff.markdown import as_markdown

        return as_markdown(self.found)

    def to_json(self) -> str:
        from archc.analyse.diff.jsonout import as_json

        return as_json(self.found)

    def to_dict(self) -> dict[str, object]:
        """What `to_json` writes, as data."""
        found: dict[str, object] = json.loads(self.to_json())
        return found

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def diff(
    old: "Network | StrPath",
    new: "Network | StrPath",
    *,
    set: Mapping[str, Value] | None = None,
    layout: str | None = None,
    limits: Limits | None = None,
) -> Difference:
    """The difference between two networks, each a `Network`, a file, a shipped name, or REVISION:PATH in a git repository.

    `set` replaces values of the second by path; `layout` is that of both specs under which weights are compared, by default the
    first that both have. Raises SpecError.

    >>> import archc
    >>> archc.diff("resnet50", "resnet50d")
    <Difference resnet50 → resnet50d: 4 changes>
    >>> print(archc.diff("resnet50", "resnet50", set={"block.shortcut": "D"}).changes[0].what)
    shortcut B → D
    """
    return differing(old, new, new_overrides=override_texts(set), layout=layout, limits=limits)


def differing(
    old: "Network | StrPath",
    new: "Network | StrPath",
    *,
    old_overrides: Sequence[str] = (),
    new_overrides: Sequence[str] = (),
    layout: str | None = None,
    limits: Limits | None = None,
) -> Difference:
    """As `diff`, with changes of both sides as texts like `classes=10`."""
    from archc.analyse.diff.read import Made, difference

    def side(given: "Network | StrPath", overrides: Sequence[str]) -> "Made | StrPath":
        if not isinstance(given, Network):
            return given
        changed = given.overridden(overrides) if overrides else given
        return Made(changed, changed.request.overrides, changed.request.called)

    return Difference(
        difference(
            side(old, old_overrides),
            side(new, new_overrides),
            old_overrides=() if isinstance(old, Network) else old_overrides,
            new_overrides=() if isinstance(new, Network) else new_overrides,
            limits=DEFAULT_LIMITS if limits is None else limits,
            layout=None if layout is None else text("layout", layout, "the name of a layout"),
        )
    )
