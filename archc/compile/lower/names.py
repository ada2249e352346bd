"""The names an expression may use, computed on demand: a network's, a block's, a module's."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from archc.compile.lower.context import Context
from archc.diagnostics import Source, Span
from archc.ir.norms import Act, NormName
from archc.language.document.nodes import Map, Node, Scalar
from archc.record import Record, field
from archc.suggest import advice, meant


class NormKind(Record):
    """What `norm:` says, before the channels are known; `origin` is where a group norm says its groups."""

    norm: NormName
    eps: float = 1e-5
    momentum: float = 0.1
    groups: int = 1
    frozen: bool = False
    group_size: int = 0
    linear: bool = False
    origin: Span | None = field(default=None, compare=False)


class NormModule(Record, eq=False):
    """`norm: {module: …}`: a module in place of a norm, its arguments evaluated where it stands."""

    use: Map


class ActKind(Record):
    """What `act:` says; `op` is None for `none`."""

    op: Act | None


class NoNorm(Record):
    """`norm: none`."""


Kinds: TypeAlias = NormKind | NormModule | NoNorm | ActKind
Named: TypeAlias = bool | int | Fraction | float | str | Kinds
Maker: TypeAlias = Callable[[], Named]


class Names(Record, frozen=False, eq=False, compiled=True):
    """Values by name. `known` are there, `lazy` are computed when first asked for, `outer` is asked last.

    `network_only` hides `outer` from expressions written in a definition's file. `nodes` are the YAML values parameters have,
    to point at. `read` records what was asked for, so that a block that never asks its index is expanded once a stage.
    """

    context: Context
    what: str
    known: dict[str, Named]
    lazy: dict[str, Maker] = field(factory=dict)
    outer: "Names | None" = None
    network_only: bool = False
    nodes: Mapping[str, Node] = field(factory=dict)
    arguments: frozenset[str] = frozenset()
    read: set[str] = field(factory=set)
    _running: list[str] = field(factory=list)

    def passes(self, name: str) -> bool:
        """Whether the name is an argument of the scope, so that an attribute with its value can be said to come from it."""
        return name in self.arguments

    def has(self, name: str, source: Source) -> bool:
        if name in self.known or (name in self.lazy and name not in self._running[-1:]):
            return True
        return self._outer_for(source) is not None and self.outer is not None and self.outer.has(name, source)

    def value(self, name: str) -> Named | None:
        """A value that was computed already."""
        found = self.known.get(name)
        return found if found is not None or self.outer is None else self.outer.value(name)

    def node(self, name: str) -> Node | None:
        """The YAML value of a parameter, where it was written."""
        found = self.nodes.get(name)
        return found if found is not None or self.outer is None else self.outer.node(name)

    def get(self, name: str, span: Span) -> Named:
        """The value; an unknown name or a cycle is reported at `span` and raises Failed."""
        self.read.add(name)
        if name in self.known:
            return self.known[name]
        outer = self._outer_for(span.source)
        if name in self.lazy:
            if name not in self._running:
                return self._compute(name, span)
            # `groups: groups` in a network: inside a parameter's own value its name is the network's variable
            if self._running[-1] != name or outer is None or not outer.has(name, span.source):
                chain = " -> ".join([*self._running[self._running.index(name) :], name])
                raise self.context.fail("E0374", f"the value of `{name}` needs itself: {chain}", span, "a cycle")
        if outer is not None and outer.has(name, span.source):
            return outer.get(name, span)
        raise self._unknown(name, span)

    def _outer_for(self, source: Source) -> "Names | None":
        if self.network_only and self.context.is_definition(source):
            return None
        return self.outer

    def _compute(self, name: str, span: Span) -> Named:
        self.context.deeper(span, "values need each other")
        self._running.append(name)
        self.context.asked.add(id(self.nodes.get(name)))
        try:
            value = self.lazy[name]()
        finally:
            self._running.pop()
            self.context.depth -= 1
        self.known[name] = value
        return value

    def all_names(self, source: Source) -> list[str]:
        outer = self._outer_for(source)
        return [*self.known, *(n for n in self.lazy if n not in self.known), *(outer.all_names(source) if outer else [])]

    def _unknown(self, name: str, span: Span) -> Exception:
        known = self.all_names(span.source)
        listed = "known here: " + ", ".join(sorted(set(known))) if known else ""
        helped = advice(name, known, "name", listed)
        if "classes" not in known and meant(name, ("classes",), "name") and not self.context.is_definition(span.source):
            helped = "the network says how many: `classes: 10`"
        if name.lower() in ("yes", "no", "on", "off"):
            helped = "write true or false"
        return self.context.fail("E0371", f"unknown name `{name}`", span, f"not a name in {self.what}", help=helped)


def identifier(node: Node | None) -> str | None:
    """The name a value consists of, if it is one bare word."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.isidentifier():
        return node.value
    return None
