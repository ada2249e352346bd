"""A document with problems as it was probably meant, so that the rest of it can be checked in the same run."""

import re
from collections.abc import Iterable

from archc.diagnostics import Diagnostic, Span
from archc.document.nodes import Entry, Map, Node, Scalar

_GUESS = re.compile(r"did you mean `([^`]+)`\?")


def guess_of(diagnostic: Diagnostic) -> str | None:
    """The valid name that a message proposes."""
    found = _GUESS.match(diagnostic.help)
    return found[1] if found else None


def mended(root: Map, problems: Iterable[Diagnostic]) -> Map:
    """Misspelt keys and words take the name that was proposed for them, other keys and values with a problem are left out.

    Nothing is emitted from it: its document keeps the problems.
    """
    at = {problem.span: problem for problem in problems if problem.span is not None}
    return _mended(root, at, "")


def _mended(root: Map, at: dict[Span, Diagnostic], inside: str) -> Map:
    entries: list[Entry] = []
    for entry in root:
        key = entry.key
        named = inside == "vars" or (not inside and key == "classes")
        value = _value(entry.value, at, str(key))
        problem = at.get(entry.span)
        if problem is not None and problem.code == "E0201":
            guess = guess_of(problem)
            if guess is None or guess in root or "." in guess:
                continue
            key = guess
        if value is None and named:
            value = Scalar(1, "1", entry.value.span)  # any: its name must not be unknown as well
        if value is not None:
            entries.append(Entry(key, entry.span, value))
    return Map(tuple(entries), root.span)


def _value(node: Node, at: dict[Span, Diagnostic], key: str) -> Node | None:
    problem = at.get(node.span)
    if problem is None or isinstance(node, Map):
        return _mended(node, at, key) if isinstance(node, Map) else node
    guess = guess_of(problem) if problem.code == "E0204" else None
    return Scalar(guess, guess, node.span) if guess is not None else None
