"""Syntax errors are put in plain words here: from libyaml's fixed messages, or PyYAML's, and the text around the place."""

import re
from collections.abc import Callable

import yaml

from archc.diagnostics import Diagnostic, Note, Source, Span
from archc.language.document.lines import Places
from archc.record import Record


class Trouble(Record):
    """The place `at` which the parser stopped, the `begin` of what it was reading, and its own words."""

    places: Places
    at: int
    begin: int
    words: str

    @property
    def text(self) -> str:
        return self.places.source.text

    @property
    def character(self) -> str:
        """Return the character where it stopped, "" at the end."""
        return self.text[self.at : self.at + 1]

    def here(self, length: int = 1) -> Span:
        """Return the place itself; at the end of the text, the place behind its last character."""
        if self.text[self.at :].strip() or self.character == "\t":
            return self.places.span(self.at, self.at + length)
        end = self.places.trimmed(self.at)
        return self.places.span(end, end)

    def rest(self, offset: int) -> Span:
        """Return the span from `offset` to the end of its line."""
        return self.places.span(offset, max(offset, self.places.line_end(offset)))

    def column(self, offset: int) -> int:
        """Return the column of an offset, from 0."""
        return self.places.line_column(offset)[1] - 1

    def before(self) -> str:
        """Return the line up to the place."""
        return self.text[self.places.line_start(self.at) : self.at]

    def indent(self, offset: int) -> int:
        """Count the spaces at the start of the line of `offset`."""
        start = self.places.line_start(offset)
        line = self.text[start : self.places.line_end(start)]
        return len(line) - len(line.lstrip(" "))

    def line(self, offset: int) -> Span:
        """Return the line of `offset` without its indentation."""
        return self.rest(self.places.line_start(offset) + self.indent(offset))

    def indent_above(self) -> int:
        """Return the indentation of the last line before the place that is neither empty nor a comment."""
        start = self.places.line_start(self.at)
        while start:
            start = self.places.line_start(start - 1)
            if self.text[start : self.places.line_end(start)].lstrip()[:1] not in ("", "#"):
                break
        return self.indent(start)


def syntax_error(error: yaml.YAMLError, source: Source) -> Diagnostic:
    """Return the diagnostic for an exception that parsing raised."""
    places = Places(source)
    size = len(source.text)
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        stop = min(int(getattr(error, "position", 0) or 0), size)  # a ReaderError has no mark
        return Diagnostic("E0101", "this is not YAML", places.span(stop, stop + 1))
    stop = min(error.problem_mark.index, size)
    begin = min(error.context_mark.index, size) if error.context_mark else stop
    trouble = Trouble(places, stop, begin, f"{error.context or ''}: {error.problem or ''}")
    for words, say in _SAYINGS:
        if re.search(words, trouble.words):
            return say(trouble)
    return Diagnostic("E0101", f"this is not YAML: {trouble.words.strip(': ')}", trouble.here())


def _depth(trouble: Trouble) -> Diagnostic:
    # libyaml reads ahead to learn whether a bracket begins a key, and stops at a depth of its own before the first event.
    return Diagnostic("E0402", "more levels deep than the YAML parser reads", trouble.here(), help="a network needs about eight")


def _token(trouble: Trouble) -> Diagnostic:
    if trouble.character == "\t":
        return _tab(trouble)
    sign = "a backtick" if trouble.character == "`" else f"`{trouble.character}`"
    return Diagnostic("E0101", f"a value cannot begin with {sign}", trouble.here(), help="put the value in quotes")


def _tab(trouble: Trouble) -> Diagnostic:
    return Diagnostic("E0102", "a tab cannot indent", trouble.here(), help="indent with spaces")


def _quote(trouble: Trouble) -> Diagnostic:
    quote = trouble.text[trouble.begin : trouble.begin + 1]
    return Diagnostic("E0103", f"this `{quote}` is never closed", trouble.places.span(trouble.begin, trouble.begin + 1))


def _bracket(trouble: Trouble) -> Diagnostic:
    opening = trouble.text[trouble.begin : trouble.begin + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "}")
    bracket = trouble.places.span(trouble.begin, trouble.begin + 1)
    if trouble.character and trouble.character in "]}":
        note = Note("opened here", bracket)
        return Diagnostic(
            "E0103", f"`{trouble.character}` cannot close `{opening}`", trouble.here(), f"expected `{closing}`", (note,)
        )
    same_line = trouble.places.line_start(trouble.begin) == trouble.places.line_start(trouble.at)
    at_end = not trouble.text[trouble.at :].strip()
    if at_end or (not same_line and trouble.indent(trouble.at) <= trouble.indent(trouble.begin)):
        note = Note(f"expected `{closing}` before this", trouble.here() if at_end else trouble.line(trouble.at))
        return Diagnostic("E0103", f"this `{opening}` is never closed", bracket, notes=(note,))
    note = Note("in what opens here", bracket)
    return Diagnostic("E0101", f"expected `,` or `{closing}`", trouble.here(), "a `,` is missing before this entry", (note,))


def _no_colon(trouble: Trouble) -> Diagnostic:
    line = trouble.rest(trouble.begin)
    if re.match(r"(<{7}|={7}|>{7}|\|{7})( |$)", trouble.text[trouble.begin :].partition("\n")[0]):
        help_text = "git left both sides here: keep one, and take the lines with `<<<<<<<`, `=======` and `>>>>>>>` out"
        return Diagnostic("E0101", "a merge conflict stands here", line, help=help_text)
    return Diagnostic("E0101", "a key without a `:`", line, help="write `key: value`")


def _second_colon(trouble: Trouble) -> Diagnostic:
    before = trouble.before()
    if re.search(r":\s", before) or before.startswith("--- "):
        return Diagnostic(
            "E0101", "a second `:` in one value", trouble.here(), help="put braces around a map, quotes around a text"
        )
    start = trouble.places.line_start(trouble.at)
    above = trouble.text[:start].rstrip()
    match = re.search(r"(?m)^ *(?:- +)?([\w.-]+):\S.*\Z", above)
    if match:
        offset = match.start(1)
        return Diagnostic("E0101", f"`{match[1]}:` needs a space after its `:`", trouble.rest(offset))
    if before.rstrip().endswith(("'", '"')):
        return Diagnostic("E0101", "a key cannot span lines", trouble.line(trouble.at))
    return Diagnostic(
        "E0101",
        "this key stands below a value that is complete",
        trouble.line(trouble.at),
        f"indented by {trouble.indent(trouble.at)}",
        help="indent it like the key above, or leave that key's line empty after its `:`",
    )


def _tight_colon(trouble: Trouble) -> Diagnostic:
    return Diagnostic("E0101", "a `:` needs a space after it", trouble.here())


def _item(trouble: Trouble) -> Diagnostic:
    return Diagnostic(
        "E0101", "a list item cannot begin here", trouble.here(), help="put each `- ` on a line of its own, or write [a, b]"
    )


def _question(trouble: Trouble) -> Diagnostic:
    return Diagnostic("E0101", "a `?` cannot begin a value", trouble.here(), help="put the value in quotes")


def _key(trouble: Trouble) -> Diagnostic:
    if trouble.before().strip() and trouble.before().strip() != "-":
        return _surplus(trouble)
    if trouble.character == ":":
        return _no_key(trouble)
    column, expected = trouble.column(trouble.at), trouble.column(trouble.begin)
    if column == expected:
        label = "a list item" if trouble.character == "-" else "this"
        return Diagnostic(
            "E0101", f"{label} cannot stand among the keys of a map", trouble.rest(trouble.at), help="write `key: value`"
        )
    return _indentation(trouble)


def _no_key(trouble: Trouble) -> Diagnostic:
    return Diagnostic("E0101", "a key is missing before this `:`", trouble.here())


def _dash(trouble: Trouble) -> Diagnostic:
    if trouble.before().strip():
        return _surplus(trouble)
    column, expected = trouble.column(trouble.at), trouble.column(trouble.begin)
    if column == expected:
        return Diagnostic("E0101", "expected `- `: the lines above are the items of a list", trouble.rest(trouble.at))
    return _indentation(trouble)


def _indentation(trouble: Trouble) -> Diagnostic:
    message = f"this line is indented {trouble.column(trouble.at)}, the line above {trouble.indent_above()}"
    notes = (
        ()
        if trouble.begin == trouble.at
        else (Note("what is around it begins here", trouble.places.span(trouble.begin, trouble.begin + 1)),)
    )
    return Diagnostic("E0101", message, trouble.rest(trouble.at), notes=notes)


def _surplus(trouble: Trouble) -> Diagnostic:
    if trouble.character and trouble.character in "]}":
        return Diagnostic("E0103", f"this `{trouble.character}` closes nothing", trouble.here())
    return Diagnostic(
        "E0101", "the value is complete before this", trouble.rest(trouble.at), help="put the whole value in quotes"
    )


def _nothing(trouble: Trouble) -> Diagnostic:
    if trouble.character and trouble.character in "]}":
        return Diagnostic("E0103", f"this `{trouble.character}` closes nothing", trouble.here())
    if trouble.character == ":" and not trouble.before().rstrip().endswith(":"):
        return _no_key(trouble)
    where = f"before `{trouble.character}`" if trouble.text[trouble.at :].strip() else "at the end"
    return Diagnostic("E0101", f"a value is missing {where}", trouble.here())


def _document(trouble: Trouble) -> Diagnostic:
    if re.search(r"(?m)^\.\.\.", trouble.text[: trouble.at]):
        return Diagnostic("E0111", "a second document begins here", trouble.rest(trouble.at), help="one file is one spec")
    if trouble.before().strip() or trouble.column(trouble.at) == trouble.indent_above():
        return _surplus(trouble)
    return _indentation(trouble)


def _name(trouble: Trouble) -> Diagnostic:
    sign = trouble.text[trouble.begin : trouble.begin + 1]
    span = trouble.places.span(trouble.begin, trouble.begin + 1)
    return Diagnostic("E0101", f"`{sign}` without a name after it", span, help=f'write "{sign}" in quotes if a text is meant')


def _tag(trouble: Trouble) -> Diagnostic:
    return Diagnostic("E0106", "tags are not allowed", trouble.places.span(trouble.begin, trouble.begin + 1), help="delete it")


def _escape(trouble: Trouble) -> Diagnostic:
    # libyaml points at the backslash or behind its letter, PyYAML's own parser at what follows.
    backslash = trouble.text.rfind("\\", trouble.begin, trouble.at + 1)
    start = backslash if backslash >= 0 else trouble.at
    span = trouble.places.span(start, start + 2)
    return Diagnostic("E0116", "no such escape", span, help="write `\\\\` for a backslash, or use single quotes")


def _block_head(trouble: Trouble) -> Diagnostic:
    sign = trouble.text[trouble.begin : trouble.begin + 1]
    return Diagnostic(
        "E0101", f"a text cannot stand on the line of its `{sign}`", trouble.here(), help="begin it on the next line, indented"
    )


# The first pattern that matches the parser's words, "context: problem", decides. Alternatives are libyaml's words, then PyYAML's.
_SAYINGS: tuple[tuple[str, Callable[[Trouble], Diagnostic]], ...] = (
    (r"nesting depth", _depth),
    (r"\btags?\b", _tag),
    (r"found a tab|tab character", _tab),
    (r"cannot start any token", _token),
    (r"unexpected end of stream|unexpected document (?:indicator|separator)", _quote),
    (r"escape|hexdecimal", _escape),
    (r"expected ',' or", _bracket),
    (r"could not find expected ':'", _no_colon),
    (r"found unexpected ':'", _tight_colon),
    (r"mapping values are not allowed", _second_colon),
    (r"sequence entries are not allowed", _item),
    (r"mapping keys are not allowed", _question),
    (r"<?document start>?'?", _document),
    (r"block mapping: ", _key),
    (r"block collection: |block sequence: ", _dash),
    (r"expected (?:the )?node content", _nothing),
    (r"(?:anchor|alias): ", _name),
    (r"indentation indicator|comment or (?:a )?line break", _block_head),
)
