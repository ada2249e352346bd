"""`archc check --fix` and `--diff` apply the fixes of each file, which have one reading, until none remains."""

import codecs
import os
from collections.abc import Sequence

from archc.cli.parsing import UsageError
from archc.cli.several import Task, check_here
from archc.diagnostics import Diagnostic
from archc.language.document.edits import applied, together
from archc.record import Record

ROUNDS = 50
"""How many fixes of one file may add or move lines: one in each round."""


class Change(Record):
    """A file's content before and after."""

    name: str
    before: bytes
    after: bytes
    count: int
    """How many problems are fixed in between."""


def changes_of(names: Sequence[str], problems: Sequence[Sequence[Diagnostic]], task: Task) -> list[Change]:
    """Return the changes of the named files; parents that were not named and shipped networks stay as they are."""
    changes: list[Change] = []
    for name, diagnostics in zip(names, problems, strict=True):
        if _own(diagnostics, name) and (name in task.texts or os.path.isfile(name)):
            change = _change(name, diagnostics, task)
            changes += [change] if change.count else []
    return changes


def _own(diagnostics: Sequence[Diagnostic], name: str) -> list[Diagnostic]:
    return [d for d in diagnostics if d.fix and all(edit.span.source.name == name for edit in d.fix)]


def _change(name: str, diagnostics: Sequence[Diagnostic], task: Task) -> Change:
    before = task.texts.get(name)
    if before is None:
        with open(name, "rb") as file:
            before = file.read()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    text = before.removeprefix(mark).decode("utf-8")
    useless: set[tuple[str, str]] = set()
    count = 0
    for _ in range(ROUNDS):
        fixes = together(d for d in _own(diagnostics, name) if _key(d) not in useless)
        if not fixes:
            break
        # All together first; where that does not help, one by one.
        for attempt in (fixes, *([fix] for fix in fixes if len(fixes) > 1)):
            changed = applied(text, [edit for diagnostic in attempt for edit in diagnostic.fix])
            after = _check(name, mark + changed.encode("utf-8"), task)
            if _better(attempt, after):
                text, diagnostics, count = changed, after, count + len(attempt)
                break
            useless |= {_key(fix) for fix in attempt} if len(attempt) == 1 else set()
        else:
            break
    return Change(name, before, mark + text.encode("utf-8"), count)


def _check(name: str, data: bytes, task: Task) -> tuple[Diagnostic, ...]:
    [problems] = check_here([name], Task(task.overrides, task.limits, task.lint, {name: data}, {}))
    return problems


def _better(mended: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Return whether the file can still be read and the problems are gone."""
    remaining = {_key(diagnostic) for diagnostic in after}
    is_readable = not any(code.startswith(("E00", "E01")) for code, _ in remaining)
    return is_readable and remaining.isdisjoint(map(_key, mended))


def _key(diagnostic: Diagnostic) -> tuple[str, str]:
    return (diagnostic.code, diagnostic.message)


def rewritten(name: str, text: str, count: int = 1) -> Change:
    """Return the change of a file to another text; a byte order mark stays."""
    with open(name, "rb") as file:
        before = file.read()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return Change(name, before, mark + text.encode("utf-8"), count)


def write(changes: Sequence[Change]) -> None:
    """Write all files, or none where one cannot be written or has changed meanwhile. Raises UsageError, OutputError."""
    from archc.output import write_files

    for change in changes:
        with open(change.name, "rb") as file:
            if file.read() != change.before:
                raise UsageError(f"`{change.name}` changed while it was checked", "nothing was written; run it again")
    write_files([(change.name, [change.after]) for change in changes], force=True)


def difference(change: Change) -> str:
    """Return a patch for `patch -p1` and `git apply`."""
    from difflib import unified_diff

    from archc.rendering.visible import visible

    old, new = (data.decode("utf-8").splitlines(keepends=True) for data in (change.before, change.after))
    name = visible(change.name).removeprefix("./")
    lines = unified_diff(old, new, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
