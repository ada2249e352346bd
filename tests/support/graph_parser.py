"""The text of a graph (`archc.ir.text`) is read back to an equal graph here, so that tests hold that it says all of it.

The form is checked here; `archc.ir.verify` checks the graph.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar, get_args

from graph_builder import typed

from archc.ir.graph import Argument, Graph, InitPolicy, Node, Role, Scope, ScopeArgument, ScopeKind
from archc.ir.op import Init
from archc.ir.ops import OPERATIONS, Operation
from archc.ir.text import FORMAT, KEYWORDS, named_outputs
from archc.ir.types import Sides, TensorType
from archc.record import Missing

T = TypeVar("T")

TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*")'
    r"|(?P<sign>->|[=()<@:?])"
    r"|(?P<sides>[0-9]+(x[0-9]+)+\b)"
    r"|(?P<number>-?(?:[0-9]+/[1-9][0-9]*|[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|inf\b)|nan\b|inf\b)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_.:]*)"
    r"|(?P<other>\S)"
)
ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))")
ROLES: dict[str, Role] = {role: role for role in get_args(Role)}
KINDS: dict[str, ScopeKind] = {kind: kind for kind in get_args(ScopeKind)}


def from_text(text: str) -> Graph:
    """The graph that `archc.ir.text.to_text` wrote. Raises ValueError with the line's number."""
    lines = [_Line(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines or lines[0].text.strip() != FORMAT:
        raise ValueError(f"line 1: expected `{FORMAT}`")
    if len(lines) < 6:
        raise ValueError(f"line {lines[-1].number + 1}: the text ends early")
    types: dict[str, TensorType] = {}
    name = lines[1].after("name").word()
    input_ = lines[2].after("input").word()
    _types(lines[2], (input_,), types)
    any_size = lines[3].after("size").one_of({"any": True, "fixed": False})
    multiple = lines[3].attribute() if lines[3].skip("multiple") else 1
    if not isinstance(multiple, int) or multiple < 1:
        raise ValueError(f"line {lines[3].number}: a multiple is a whole number from 1")
    policy = lines[4].after("init")
    init = InitPolicy(_init(policy.after("conv").after("=")), _init(policy.after("linear").after("=")))
    nodes: list[Node] = []
    scopes: list[Scope] = []
    for line in lines[5:-1]:
        if line.skip("@"):
            scopes.append(_scope(line))
        else:
            nodes.append(_node(line, types))
    names, outputs = _outputs(lines[-1].after("outputs"))
    for line in lines:
        line.done()
    return Graph(
        name=name,
        input=input_,
        outputs=outputs,
        output_names=names,
        nodes=tuple(nodes),
        scopes=tuple(scopes),
        types=types,
        init=init,
        any_size=any_size,
        multiple=multiple,
    )


class _Line:
    """A line's tokens and how far they are read. Every method that reads raises ValueError where another token stands."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.tokens = [(str(found.lastgroup), found[0]) for found in TOKEN.finditer(text)] if text.strip() != FORMAT else []
        self.place = 0

    def expected(self, what: str) -> ValueError:
        if self.place < len(self.tokens):
            return ValueError(f"line {self.number}: expected {what}, found `{self.tokens[self.place][1]}`")
        return ValueError(f"line {self.number}: expected {what} at the end")

    def is_next(self, *texts: str) -> bool:
        """Whether one of these signs or keywords is next; what is in quotes is neither."""
        return self.place < len(self.tokens) and self.tokens[self.place][1] in texts

    def skip(self, text: str) -> bool:
        found = self.is_next(text)
        self.place += found
        return found

    def after(self, text: str) -> "_Line":
        """The line, past `text`."""
        if not self.skip(text):
            raise self.expected(f"`{text}`")
        return self

    def word(self) -> str:
        """A name, bare or in quotes."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        if kind not in ("word", "quoted"):
            raise self.expected("a name")
        self.place += 1
        return ESCAPE.sub(self._unescaped, text[1:-1]) if kind == "quoted" else text

    def _unescaped(self, found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else ord(found[2])
        if code > 0x10FFFF:
            raise ValueError(f"line {self.number}: there is no character {found[0]}")
        return chr(code)

    def words(self, *stops: str) -> tuple[str, ...]:
        """Names up to a sign, one of the keywords `stops` or the end."""
        found: list[str] = []
        while self.place < len(self.tokens) and self.tokens[self.place][0] in ("word", "quoted") and not self.is_next(*stops):
            found.append(self.word())
        return tuple(found)

    def one_of(self, allowed: dict[str, T]) -> T:
        if not self.is_next(*allowed):
            raise self.expected("one of " + ", ".join(allowed))
        self.place += 1
        return allowed[self.tokens[self.place - 1][1]]

    def attribute(self) -> Argument | tuple[int, ...]:
        """A number, one for each axis, a truth or a word."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "sides":
            self.place += 1
            return tuple(map(int, self.tokens[self.place - 1][1].split("x")))
        return self.value()

    def value(self) -> Argument:
        """A number, a truth or a word."""
        if self.is_next("true", "false"):
            return self.one_of({"true": True, "false": False})
        is_number = self.place < len(self.tokens) and self.tokens[self.place][0] == "number"
        return self.count() if is_number else self.word()

    def count(self) -> int | float | Fraction:
        """A number."""
        kind, text = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        if kind != "number":
            raise self.expected("a number")
        self.place += 1
        if "/" in text:
            return Fraction(text)
        return int(text) if text.lstrip("-").isdigit() else float(text)

    def done(self) -> None:
        if self.place < len(self.tokens):
            raise self.expected("the end of the line")


def _outputs(line: _Line) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names the outputs are given by, () where they have none, and the values."""
    names: list[str] = []
    values: list[str] = []
    while line.place < len(line.tokens):
        values.append(line.word())
        if line.skip("="):
            names.append(values.pop())
            values.append(line.word())
    if names and len(names) != len(values):
        raise ValueError(f"line {line.number}: some outputs have names and some have none")
    return tuple(names), tuple(values)


def _init(line: _Line) -> Init:
    kind = line.word()
    if not line.skip("("):
        return Init(kind)
    value = float(line.count())
    line.after(")")
    return Init(kind, value)


def _types(line: _Line, names: tuple[str, ...], types: dict[str, TensorType]) -> None:
    """The types after the colon, one for each name; `?` is none."""
    line.after(":")
    for name in names:
        if line.skip("?"):
            continue
        text = line.word()
        if not re.fullmatch(r"N(x[0-9]+)*(:map)?", text, re.ASCII):
            raise ValueError(f"line {line.number}: `{text}` is no type; one is NxCxHxW")
        shape, _, kind = text.partition(":")
        lengths = [int(length) for length in shape.split("x")[1:]]
        types[name] = TensorType(tuple(lengths)) if kind else typed(lengths)


def _scope(line: _Line) -> Scope:
    path = "" if line.text.lstrip().startswith("@ ") else line.word()
    kind = line.one_of(KINDS)
    template = line.word()
    arguments: list[ScopeArgument] = []
    if line.skip("("):
        while not line.skip(")"):
            name = line.word()
            value = line.after("=").value()
            arguments.append(ScopeArgument(name, value, line.word() if line.skip("<") else None))
    inputs = line.words(*KEYWORDS) if line.skip("of") else ()
    output = line.word() if line.skip("->") else ""
    role = line.one_of(ROLES) if line.skip("role") else "main"
    label = line.word() if line.skip("label") else ""
    return Scope(path, kind, template, tuple(arguments), inputs, output, role, label)


def _node(line: _Line, types: dict[str, TensorType]) -> Node:
    name = line.word()
    kind = line.after("=").one_of(OPERATIONS)
    inputs = line.after("(").words()
    line.after(")")
    values: dict[str, Argument | tuple[int, int]] = {}
    arguments: list[tuple[str, str]] = []
    while not line.is_next("->", "in", "role", "init", ":"):
        attribute = line.word()
        if attribute in values:
            raise ValueError(f"line {line.number}: `{attribute}` twice")
        values[attribute] = line.after("=").attribute()
        if line.skip("<"):
            arguments.append((attribute, line.word()))
    op = _operation(line, kind, values)
    outputs = line.words(*KEYWORDS) if line.skip("->") else ()
    scope = line.word() if line.skip("in") else name.rpartition(".")[0]
    role = line.one_of(ROLES) if line.skip("role") else "main"
    init: list[tuple[str, Init]] = []
    if line.skip("init"):
        while not line.is_next(":"):
            tensor = line.word()
            init.append((tensor, _init(line.after("="))))
    outputs = outputs or named_outputs(
        name, sum(1 for kind, text in line.tokens[line.place + 1 :] if kind == "word" or text == "?")
    )
    _types(line, outputs, types)
    return Node(name, op, inputs, outputs, scope, tuple(arguments), tuple(init), role)


def _operation(line: _Line, kind: type[Operation], values: dict[str, Any]) -> Operation:
    """An operation of these attributes, each of its declared type."""
    known = kind.record_fields
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"line {line.number}: `{kind.kind}` has no attribute `{name}`")
        if not _fits(value, known[name].type):
            raise ValueError(f"line {line.number}: `{name}` cannot be {value!r}")
    for name, field in known.items():
        if field.default is Missing and name not in values:
            raise ValueError(f"line {line.number}: `{kind.kind}` needs `{name}`")
    make: Callable[..., Operation] = kind
    return make(**values)


def _fits(value: Argument | tuple[int, ...], declared: Any) -> bool:
    if declared == Sides:
        return type(value) is int or (isinstance(value, tuple) and len(set(value)) > 1)
    if declared is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return value in get_args(declared) if get_args(declared) else type(value) is declared
