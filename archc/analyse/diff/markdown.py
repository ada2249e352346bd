"""The difference as a comment on a change: what changed, a table of costs, the rest folded away."""

from collections.abc import Iterator
from itertools import groupby

from archc.analyse.diff.model import Change, Difference
from archc.analyse.diff.numbers import PART_ROWS, ROWS, change, differing, figures, number, percent
from archc.analyse.diff.text import place
from archc.analyse.diff.verdict import counted, distinct_loading, keys, loads, meaning, verdict
from archc.rendering.markdown import code, plain, prose
from archc.rendering.tables import piped

LONGEST = 65_536
"""Characters of a comment on GitHub."""
ATTEMPTS = ((1_000_000, 1_000_000), (200, 20), (60, 5), (20, 0))
"""How many changes, and lines below each, are shown: the first that fits."""
SIGNS = {"added": "➕", "removed": "➖", "changed": "✏️"}


def as_markdown(difference: Difference) -> str:
    """Write a difference in GitHub's dialect, at most 65,536 characters, a newline at the end."""
    kept: list[str] = []
    for changes, lines in ATTEMPTS:
        kept, whole = _fitting(_lines(difference, changes, lines))
        if whole:
            return "".join(kept)
    return "".join([*kept, "\n…\n"])  # names of hundreds of characters, in every line


def _fitting(lines: Iterator[str]) -> tuple[list[str], bool]:
    """The lines that fit, each with its end, and whether that is all of them."""
    kept: list[str] = []
    room = LONGEST - len("\n…\n")
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return kept, False
        kept.append(f"{line}\n")
    return kept, True


def _lines(difference: Difference, changes: int, lines: int) -> Iterator[str]:
    yield f"### {code(difference.old.target)} → {code(difference.new.target)}: {plain(verdict(difference))}"
    yield ""
    yield from _changes(difference.changes[:changes])
    if len(difference.changes) > changes:
        yield f"- and {len(difference.changes) - changes} more changes"
    yield from (f"- {prose(note)} (no change of the function)" for note in difference.notes)
    if difference.changes or difference.notes:
        yield ""
    yield from _costs(difference)
    yield ""
    yield from _weights(difference)
    yield from _details(difference, changes, lines)


def _changes(changes: tuple[Change, ...]) -> Iterator[str]:
    for where, group in groupby(changes, key=lambda changed: changed.where):
        alike = list(group)
        title = f"**{plain(where or 'the whole network')}**"
        if len(alike) == 1:
            yield f"- {title}: {_change(alike[0])}"
            continue
        yield f"- {title}"
        yield from (f"  - {_change(changed)}" for changed in alike)


def _change(changed: Change) -> str:
    return f"{SIGNS[changed.kind]} {prose(changed.what)}"


def _costs(difference: Difference) -> Iterator[str]:
    yield "| | before | after | change | |"
    yield "|---|--:|--:|--:|--:|"
    for field, words in ROWS:
        pair = figures(difference.network)[field]
        yield f"| {words} | {number(pair[0], field)} | {number(pair[1], field)} | {change(pair, field)} | {percent(pair)} |"


def _weights(difference: Difference) -> Iterator[str]:
    for loading in distinct_loading(difference):
        yield f"Weights of the first {prose(loads(loading))}."
        yield from (f"- {prose(line)}" for line in meaning(loading))
    yield ""


def _details(difference: Difference, changes: int, lines: int) -> Iterator[str]:
    parts = differing(difference.stages)
    if not lines or (difference.same and not parts):
        return
    yield "<details><summary>By part, where it is written, and which weights</summary>"
    yield ""
    if parts:
        heads = ["change in", *(words for _, words in PART_ROWS)]
        rows = [
            [plain(tally.part), *(change(figures(tally)[field], field) for field, _ in PART_ROWS)] for tally in parts[:changes]
        ]
        yield from piped(heads, ["---", *["--:"] * len(PART_ROWS)], rows)
        yield ""
    for changed in difference.changes[:changes]:
        where = place(changed.old_place, changed.new_place)
        head = f"{plain(changed.where)}: " if changed.where else ""
        yield f"- {head}{prose(changed.what)}" + (f" ({code(where)})" if where else "")
        yield from (f"  - {prose(line)}" for line in changed.details[:lines])
        if len(changed.details) > lines:
            yield f"  - and {len(changed.details) - lines} more"
    for loading in difference.loading[:1]:
        yield from (f"- weights: {prose(line)}" for line in keys(loading))
    if difference.changes:
        yield ""
        yield plain(counted(difference))
    yield ""
    yield "</details>"
