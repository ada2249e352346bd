"""The attributes of one step as a spec writes them: read once each, checked, with where each came from recorded."""

from typing import Any, get_args

from archc.compile.lower.context import PASSED
from archc.compile.lower.names import Names
from archc.compile.lower.values import argument_of, real, truth, whole, word
from archc.ir.types import Sides, alike
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.record import Field, Missing, Record, field
from archc.suggest import advice

_BEYOND_IMAGES = ("length", "depth")
"""Axes that the map of no spec has."""


def words_of(field: Field) -> tuple[str, ...]:
    """The words that a spec may say for an attribute."""
    return tuple([word for word in get_args(field.type) if word not in _BEYOND_IMAGES])


COMMON = ("op", "of", "when", "init", "after", "before")


class Attributes(Record, frozen=False, eq=False, compiled=True):
    """Reads the keys of a step; `given` are what the block passes (stride, dilation), used where the step does not say."""

    step: Map
    names: Names
    what: str
    given: dict[str, tuple[int, str | None]] = field(factory=dict)
    arguments: list[tuple[str, str]] = field(factory=list)
    seen: set[str] = field(factory=lambda: set(COMMON))
    defaults: dict[str, object] = field(factory=dict)

    def node(self, key: str) -> Node | None:
        self.seen.add(key)
        return self.step.get(key)

    def has(self, key: str) -> bool:
        return key in self.step

    def _required(self, key: str) -> Node:
        node = self.node(key)
        if node is None:
            raise self.names.context.fail("E0202", f"{self.what} does not say its `{key}`", self.step.span)
        return node

    def read(self, field: Field) -> Any:
        """The value of an operation's attribute, by the type, default and limits its class declares."""
        key, limit, least = (
            field.metadata.get(name, usual) for name, usual in (("word", field.name), ("limit", ""), ("least", 1))
        )
        default: Any = None if field.default is Missing else field.default
        if field.type == Sides:
            return self.sides(key, default, least, limit)
        if field.type is int:
            return self.whole(key, default, least, limit, field.name)
        if field.type is float:
            return self.real(key, default)
        if field.type is bool:
            return self.truth(key, default=default)
        return self.choice(key, words_of(field), default)

    def whole(self, key: str, default: int | None = None, minimum: int = 1, limit: str = "", field: str = "") -> int:
        """A whole number, within the limit of that name; without a default the key is required."""
        if key in self.given and key not in self.step:
            self.seen.add(key)
            self.defaults[key] = PASSED
            value, name = self.given[key]
            if name is not None and name in self.names.arguments:  # a loop's turn has none of its block's
                self.arguments.append((field or key, name))
            return value
        node = self.node(key)
        if node is None and default is not None:
            self.defaults[key] = default
            return default
        node = self._required(key) if node is None else node
        value = whole(node, self.names, f"`{key}`", minimum, limit)
        self.arguments += argument_of(field or key, node, self.names)
        return value

    def sides(self, key: str, default: int | None = None, minimum: int = 1, limit: str = "") -> Sides:
        """A whole number for both axes, or `[rows, columns]`."""
        node = self.step.get(key)
        if not isinstance(node, Sequence):
            return self.whole(key, default, minimum, limit)
        self.seen.add(key)
        if len(node.items) != 2:
            message = f"`{key}` must be one number, or one for the rows and one for the columns"
            raise self.names.context.fail("E0205", message, node.span, "[3, 1]: three rows, one column")
        return alike(tuple([whole(item, self.names, f"`{key}`", minimum, limit) for item in node.items]))

    def real(self, key: str, default: float | None = None) -> float:
        """A number, as a float."""
        node = self.node(key)
        if node is None and default is not None:
            self.defaults[key] = default
            return default
        node = self._required(key) if node is None else node
        value = real(node, self.names, key)
        self.arguments += argument_of(key, node, self.names)
        return value

    def truth(self, key: str, *, default: bool) -> bool:
        node = self.node(key)
        if node is None:
            self.defaults[key] = default
            return default
        return truth(node, self.names, f"`{key}`")

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of some words; without a default the key is required."""
        if default is not None and self.node(key) is None:
            self.defaults[key] = default
            return default
        return word(self._required(key), self.names, f"`{key}`", allowed)

    def finish(self) -> tuple[tuple[str, str], ...]:
        """Reports the keys nobody read; the record of arguments."""
        for entry in self.step:
            if entry.key not in self.seen:
                head, dot, rest = str(entry.key).partition(".")
                known = "its keys: " + ", ".join(sorted(self.seen - set(COMMON)))
                helped = advice(str(entry.key), sorted(self.seen), "keys step", known)
                if dot and head in self.seen:
                    helped = f"there is no map `{head}` to change: write `{head}: {{{rest}: …}}`"
                message = f"unknown key `{entry.key}` in {self.what}"
                self.names.context.report("E0201", message, entry.span, f"not a key of {self.what}", help=helped)
        self.names.context.take(self.step, self.defaults)
        return tuple(self.arguments)

    def blame(self, key: str) -> Node:
        """The value to point at for a problem with an attribute."""
        names = {"out_channels": "out", "block": "block"}
        node = self.step.get(names.get(key, key))
        return node if node is not None else Scalar(None, "", self.step.span)
