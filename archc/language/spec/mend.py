"""A document with problems is corrected as it was probably meant, so that the rest of it can be checked in the same run."""

import re
from collections.abc import Iterable

from archc.diagnostics import Diagnostic, Span
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence

_GUESS = re.compile(r"did you mean `([^`]+)`\?")


def guess_of(diagnostic: Diagnostic) -> str | None:
    """Return the valid name that a message proposes."""
    match = _GUESS.match(diagnostic.help)
    return match[1] if match else None


def mended(root: Map, problems: Iterable[Diagnostic], *, keep: bool = False) -> Map:
    """Replace misspelt keys and words by the proposed names, and leave out other keys and values with a problem unless `keep`.

    Nothing is emitted from the result: its document keeps the problems.
    """
    by_span = {problem.span: problem for problem in problems if problem.span is not None}
    return _mended(root, by_span, "", keep=keep)


def _mended(root: Map, by_span: dict[Span, Diagnostic], parent: str, *, keep: bool) -> Map:
    entries: list[Entry] = []
    for entry in root:
        key = entry.key
        named = parent == "vars" or (not parent and key == "classes")
        value = _value(entry.value, by_span, str(key), keep=keep)
        problem = by_span.get(entry.span)
        if problem is not None and problem.code == "E0201":
            guess = guess_of(problem)
            if guess is not None and guess not in root and "." not in guess:
                key = guess
            elif key != guess and not keep:
                continue
        if value is None and named:
            value = Scalar(1, "1", entry.value.span)  # any value, so that its name is known
        if value is not None:
            entries.append(Entry(key, entry.span, value))
    return Map(tuple(entries), root.span)


def _value(node: Node, by_span: dict[Span, Diagnostic], key: str, *, keep: bool) -> Node | None:
    problem = by_span.get(node.span)
    if problem is None or isinstance(node, Map):
        return _mended(node, by_span, key, keep=keep) if isinstance(node, Map) else node
    guess = guess_of(problem) if problem.code == "E0204" else None
    return Scalar(guess, guess, node.span) if guess is not None else node if keep else None


_HARMLESS = frozenset({"act", "norm", "label", "last_norm", "eps", "momentum", "slope", "name", "title"})
_APART = frozenset({"source", "layouts", "features", "preprocess", "expect", "allow", "init", "title", "name"})
_NEEDED = ("archc", "name", "input", "stem", "stages", "head")


def hides_shapes(problem: Diagnostic) -> bool:
    """Return whether shapes may depend on what was left out for a problem."""
    match = re.match(r"`([^`]+)`", problem.message)
    parts = match[1].split(".") if match else [""]
    shaped = problem.code in ("E0202", "E0203", "E0204", "E0205", "E0207", "E0210", "E0331")
    return shaped and guess_of(problem) is None and parts[0] not in _APART and parts[-1] not in _HARMLESS


def doubted_part(problem: Diagnostic) -> str:
    """Return where something was left out for a problem: `stem`, `stages` or `head`, "" for the rest, "*" for anywhere."""
    named = re.findall(r"`([^`]+)`", problem.message)
    if problem.code in ("E0207", "E0208", "E0210") or not named or (problem.code == "E0201" and len(named) == 1):
        return "*"
    part = named[-1 if problem.code == "E0201" else 0].partition(".")[0]
    return {"block": "stages"}.get(part, part if part in ("stem", "stages", "head") else "")


def filled(root: Map, problems: Iterable[Diagnostic]) -> Map:
    """Fill in a corrected network that still has problems, so that the rest of it can be checked.

    A step with a problem does nothing, a stage has any width, and everything else with a problem is left out.
    """
    spans = {problem.span for problem in problems if problem.span is not None}
    entries = {str(entry.key): entry for entry in root if not _touched(entry, spans)}
    for entry in root:
        key, node = str(entry.key), entry.value
        if key in entries or not isinstance(node, Map):
            continue
        if key in ("stem", "head"):
            entries[key] = Entry(key, entry.span, Map(tuple(_step(step, spans) for step in node), node.span))
        elif key == "stages":
            entries[key] = Entry(key, entry.span, Map(tuple(_stage(stage, spans) for stage in node), node.span))
        elif key in ("block", "input", "vars"):
            entries[key] = Entry(key, entry.span, Map(tuple(inner for inner in node if not _touched(inner, spans)), node.span))
    entries |= {key: _any(key, root.span) for key in _NEEDED if key not in entries}
    image = entries["input"].value
    if not isinstance(image, Map) or any(side not in image for side in ("channels", "height", "width")):
        entries["input"] = _any("input", root.span)
    order = [*(str(entry.key) for entry in root), *_NEEDED]
    return Map(tuple(entries[key] for key in dict.fromkeys(order) if key in entries), root.span)


def _touched(entry: Entry, spans: set[Span]) -> bool:
    """Return whether a problem is at an entry or in it."""
    if entry.span in spans or entry.value.span in spans:
        return True
    match entry.value:
        case Map():
            return any(_touched(inner, spans) for inner in entry.value)
        case Sequence():
            return any(item.span in spans for item in entry.value.items)
        case Scalar():
            return False


def _step(entry: Entry, spans: set[Span]) -> Entry:
    if not _touched(entry, spans):
        return entry
    operand = entry.value.entry("of") if isinstance(entry.value, Map) else None
    kept = (operand,) if operand is not None and not _touched(operand, spans) else ()
    return Entry(entry.key, entry.span, Map((*_map({"op": "identity"}, entry.span), *kept), entry.value.span))


def _stage(entry: Entry, spans: set[Span]) -> Entry:
    if not _touched(entry, spans):
        return entry
    node = entry.value
    kept = [inner for inner in node if not _touched(inner, spans)] if isinstance(node, Map) else []
    stated = {inner.key for inner in kept}
    kept += [inner for inner in _map({"out": 64, "repeat": 1}, entry.span) if inner.key not in stated]
    return Entry(entry.key, entry.span, Map(tuple(kept), node.span))


def _any(key: str, span: Span) -> Entry:
    """Return a key that a network needs, with some valid value."""
    stage = Map((Entry("stage1", span, _map({"out": 64, "repeat": 1}, span)),), span)
    image = _map({"channels": 3, "height": 224, "width": 224}, span)
    values: dict[str, Node] = {"archc": Scalar(1, "1", span), "name": Scalar("network", "network", span), "input": image}
    return Entry(key, span, values.get(key, stage if key == "stages" else Map((), span)))


def _map(values: dict[str, int | str], span: Span) -> Map:
    return Map(tuple(Entry(key, span, Scalar(value, str(value), span)) for key, value in values.items()), span)
