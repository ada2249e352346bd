"""The builder makes the tree of a document from YAML events with a stack of its own, and collects every problem on the way.

It bounds work before doing it: an alias costs the size of what it stands for, though the node itself is shared.
A plain scalar means what YAML 1.2's core schema says (YAML 1.2.2, section 10.3), less what readers disagree on. PyYAML's own
resolver follows YAML 1.1: there `no` is false, `1e-5` is a text and `010` is eight, other than in an editor.
"""

import re
from collections.abc import Iterable
from typing import NoReturn

import yaml

from archc.diagnostics import Diagnostic, Note, Source, Span, SpecError, in_order
from archc.language.document.events import Mark, end, start
from archc.language.document.frames import BROKEN, Frame, add
from archc.language.document.lines import Places
from archc.language.document.nodes import Node, Plain, Scalar
from archc.limits import Limits
from archc.record import Record, field
from archc.suggest import nearest

_PROPERTY = re.compile(r"(?P<anchor>&[A-Za-z0-9_-]+)|(?P<tag>![^\s,\[\]{}]*)")
_BETWEEN = re.compile(r"(?:\s|#[^\r\n]*)*")


class Properties(Record):
    """The offset of a value, and the start and end of the anchor and of the tag before it."""

    value: int
    anchor: tuple[int, int] | None = None
    tag: tuple[int, int] | None = None


def properties(text: str, start: int, end: int) -> Properties:
    """Read the properties from `start` on; the value begins at `end` at the latest, as after `&a` at the end of a line.

    Events give where the properties begin, not where the value does.
    """
    spans: dict[str, tuple[int, int]] = {}
    offset = start
    while match := _PROPERTY.match(text, offset):
        if match.lastgroup in spans or match.lastgroup is None:
            break
        spans[match.lastgroup] = match.span()
        between = _BETWEEN.match(text, match.end())
        offset = between.end() if between else match.end()
    return Properties(min(offset, max(end, start)), spans.get("anchor"), spans.get("tag"))


_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?P<mantissa>\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE](?P<exponent>[-+]?[0-9]+))?")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LARGEST_EXPONENT = 308  # a double's; a larger one would also make exact arithmetic build the power of ten


class Refusal(Record):
    """A number that is refused: code, message and help of the diagnostic."""

    code: str
    message: str
    help: str


def resolve(text: str, limits: Limits) -> Plain | Refusal:
    """Return the value of a plain scalar: None, a truth, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _DECIMAL.fullmatch(text):
        return _too_many_digits(text, limits) or _leading_zero(text) or int(text)
    if match := _FLOAT.fullmatch(text):
        return _too_many_digits(text, limits) or _leading_zero(text) or _float(text, match)
    if _BASED.fullmatch(text):
        return _too_many_digits(text, limits) or int(text, 0)
    if _SPECIAL.fullmatch(text):
        return Refusal("E0115", f"`{text}` is not a finite number", f'write "{text}" if a text is meant')
    return text


def _float(text: str, match: re.Match[str]) -> float | Refusal:
    value = float(text)
    lost = value == 0 and match["mantissa"].strip("0.") != ""
    if value in (float("inf"), float("-inf")) or lost or abs(int(match["exponent"] or 0)) > _LARGEST_EXPONENT:
        return Refusal("E0115", f"`{text}` is beyond what a double holds", "numbers go from 1e-308 to 1e308")
    return value


def _leading_zero(text: str) -> Refusal | None:
    digits = text.lstrip("+-")
    if len(digits) < 2 or digits[0] != "0" or not digits[1].isdigit():
        return None
    meant = text[: -len(digits)] + (digits.lstrip("0") or "0")
    return Refusal(
        "E0114",
        f"`{text}` has a leading zero: some readers take it as octal",
        f'write {meant} for the decimal number, or "{text}" for a text',
    )


def _too_many_digits(text: str, limits: Limits) -> Refusal | None:
    if len(text) <= limits.digits or sum(character.isalnum() for character in text) <= limits.digits:
        return None
    return Refusal(
        "E0408",
        f"a number of more than {limits.digits} digits",
        "quote it if a text is meant; raise the limit with `--limit digits=N`",
    )


def notice(frame: Frame, text: str, offsets: tuple[int, int], places: Places, problems: list[Diagnostic]) -> None:
    """Notice an expression that its own comma cuts in two: YAML reads `{width: max(a, b)}` as `width: max(a` and a key `b)`.

    `text` is a plain scalar with parentheses inside brackets or braces. E0117 replaces the problems of the pieces.
    """
    surplus = text.count("(") - text.count(")")
    begin, before, depth = frame.opened or (offsets[0], len(problems), 0)
    if depth + surplus > 0:
        frame.opened = (begin, before, depth + surplus)
    elif depth > 0:
        frame.opened = None
        del problems[before:]
        expression = places.source.text[begin : offsets[1]]
        one_line = not any(character in expression for character in '"\\\r\n')
        problems.append(
            Diagnostic(
                "E0117",
                "an expression with a comma needs quotes here",
                places.span(begin, offsets[1]),
                "inside brackets a `,` ends a value",
                help=f'write "{expression}"' if one_line else "put the whole expression in quotes",
            )
        )


_FEW = 100


class Anchor(Record, frozen=False):
    """The node that a name given by `&` stands for; None until it is complete, and an alias before that is a cycle."""

    span: Span
    node: Node | None = None
    size: int = 1
    height: int = 0


class Builder(Record, frozen=False):
    """One reading of a document. Afterwards `root` is the tree, None without a document, and `problems` are all that it has."""

    source: Source
    limits: Limits
    root: Node | None = None
    problems: list[Diagnostic] = field(factory=list[Diagnostic])
    _stack: list[Frame] = field(factory=list[Frame])
    _anchors: dict[str, Anchor] = field(factory=dict[str, Anchor])
    _nodes: int = 0
    _expanded: int = 0
    _aliases: int = 0
    _documents: int = 0
    _places: Places = field(init=False)

    def __post_init__(self) -> None:
        self._places = Places(self.source)

    def read(self, stream: Iterable[yaml.Event]) -> None:
        """Take all events. Raises SpecError at a limit or a second document, and whatever the stream raises."""
        for event in stream:
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.CollectionStartEvent():
                    self._open(event)
                case yaml.CollectionEndEvent():
                    frame = self._stack.pop()
                    mark = end(event)
                    node = frame.close(self.source, (mark.line + 1, mark.column + 1))
                    if frame.anchor is not None:
                        anchor = self._anchors[frame.anchor]
                        anchor.node, anchor.size, anchor.height = node, self._expanded - frame.before, frame.height
                    self._add(node, node.span, frame.height)
                case yaml.DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        span = self._span(start(event), end(event))
                        self._stop(Diagnostic("E0111", "a second document begins here", span, help="one file is one spec"))
                case _:
                    pass

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._scalar_span(event)
        self._count(1, 1, span)
        text = event.value
        if len(text) > self.limits.scalar:
            self.problems.append(_limit("E0406", f"a value of more than {self.limits.scalar} characters", span, "scalar"))
        value = text if event.style else resolve(text, self.limits)
        if isinstance(value, Refusal):
            self.problems.append(Diagnostic(value.code, value.message, span, help=value.help))
            value = text
        elif not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            # libyaml refuses such an escape itself; PyYAML's own parser does not.
            self.problems.append(Diagnostic("E0116", "half of a surrogate pair is no character", span))
        node = Scalar(value, text, span)
        if event.anchor is not None:
            self._anchors[event.anchor].node = node
        if not event.style and self._stack and self._stack[-1].is_flow and ("(" in text or ")" in text):
            notice(self._stack[-1], text, (start(event).index, end(event).index), self._places, self.problems)
        self._add(node, span, 0, is_merge=text == "<<" and not event.style)

    def _alias(self, event: yaml.AliasEvent) -> None:
        span = self._span(start(event), end(event))
        name = event.anchor or ""
        self._aliases += 1
        if self._aliases > self.limits.aliases:
            self._stop(_limit("E0405", f"more than {self.limits.aliases} aliases", span, "aliases"))
        anchor = self._anchors.get(name)
        if anchor is None:
            is_small = len(self._anchors) <= _FEW and len(self.problems) <= _FEW  # searching for thousands takes seconds
            guess = nearest(name, self._anchors) if is_small else None
            hint = f"did you mean `*{guess}`?" if guess else ""
            self.problems.append(Diagnostic("E0107", f"there is no anchor `&{name}` above", span, help=hint))
        elif anchor.node is None:
            note = Note("named here", anchor.span)
            self.problems.append(Diagnostic("E0108", f"`*{name}` stands inside what it names", span, notes=(note,)))
        else:
            self._count(0, anchor.size, span)
            if len(self._stack) + anchor.height > self.limits.depth:
                self._stop(_limit("E0402", f"more than {self.limits.depth} levels deep", span, "depth"))
            self._add(anchor.node, span, anchor.height)
            return
        self._add(BROKEN, span, 0)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        first = start(event)
        line, column = first.line + 1, first.column + 1
        before = self._expanded
        span = self._span(first, end(event))
        self._count(1, 1, span)
        if len(self._stack) >= self.limits.depth:
            self._stop(_limit("E0402", f"more than {self.limits.depth} levels deep", span, "depth"))
        if event.anchor is not None or event.tag is not None:
            line, column = self._places.line_column(self._value_offset(event, event.tag, len(self.source.text)))
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(Frame(is_map, bool(event.flow_style), line, column, event.anchor, before, (line, column)))

    def _add(self, node: Node, span: Span, height: int, *, is_merge: bool = False) -> None:
        if not self._stack:
            self.root = node
        elif problem := add(self._stack[-1], node, span, height, self.limits, is_merge=is_merge):
            self.problems.append(problem)

    def _scalar_span(self, event: yaml.ScalarEvent) -> Span:
        first, last = start(event), end(event)
        is_block = event.style in ("|", ">")
        if event.anchor is None and event.tag is None and not is_block and last.column:
            return self._span(first, last)
        value = self._value_offset(event, event.tag, last.index)
        # libyaml ends a block scalar, and an empty one at the start of a line, where the next token begins.
        stop = self._places.trimmed(last.index) if is_block or not last.column else last.index
        return self._places.span(min(value, stop), stop)

    def _value_offset(self, event: yaml.NodeEvent, tag: str | None, limit: int) -> int:
        """Return where the value behind `&anchor` and `!tag` begins; define the anchor, and refuse the tag."""
        first = start(event).index
        if event.anchor is None and tag is None:
            return first
        prefix = properties(self.source.text, first, limit)
        if tag is not None:
            written = self.source.text[slice(*prefix.tag)] if prefix.tag else tag
            span = self._places.span(*(prefix.tag or (first, first + 1)))
            hint = "delete it: a value's type is how it is written, and quotes make a text"
            self.problems.append(Diagnostic("E0106", f"the tag `{written}` is not allowed", span, help=hint))
        if event.anchor is not None:
            span = self._places.span(*(prefix.anchor or (first, first + 1)))
            if event.anchor in self._anchors:
                note = Note("first defined here", self._anchors[event.anchor].span)
                self.problems.append(Diagnostic("E0109", f"the anchor `&{event.anchor}` is defined twice", span, notes=(note,)))
            self._anchors[event.anchor] = Anchor(span)
        return prefix.value

    def _count(self, nodes: int, expanded: int, span: Span) -> None:
        self._nodes += nodes
        self._expanded += expanded
        if self._nodes > self.limits.nodes:
            self._stop(_limit("E0403", f"more than {self.limits.nodes} values", span, "nodes"))
        if self._expanded > self.limits.expanded:
            self._stop(_limit("E0404", f"more than {self.limits.expanded} values once aliases are followed", span, "expanded"))

    def _span(self, first: Mark, last: Mark) -> Span:
        return Span(self.source, first.line + 1, first.column + 1, last.line + 1, last.column + 1)

    def _stop(self, problem: Diagnostic) -> NoReturn:
        raise SpecError(in_order([*self.problems, problem]))


def _limit(code: str, message: str, span: Span, name: str) -> Diagnostic:
    return Diagnostic(code, message, span, help=f"raise the limit with `--limit {name}=N`")
