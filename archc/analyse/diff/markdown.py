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


def as_markdown(found: Difference) -> str:
    """GitHub's dialect, at most 65,536 characters; ends with a newline."""
    kept: list[str] = []
    for changes, lines in ATTEMPTS:
        kept, whole = _fitting(_lines(found, changes, lines))
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


def _lines(found: Difference, changes: int, lines: int) -> Iterator[str]:
    yield f"### {code(found.old.target)} → {code(found.new.target)}: {plain(verdict(found))}"
    yield ""
    yield from _changes(found.changes[:changes])
    if len(found.changes) > changes:
        yield f"- and {len(found.changes) - changes} more changes"
    yield from (f"- {prose(note)} (no change of the function)" for note in found.notes)
    if found.changes or found.notes:
        yield ""
    yield from _costs(found)
    yield ""
    yield from _weights(found)
    yield from _details(found, changes, lines)


def _changes(changes: tuple[Change, ...]) -> Iterator[str]:
    for where, group in groupby(changes, key=lambda one: one.where):
        together = list(group)
        title = f"**{plain(where or 'the whole network')}**"
        if len(together) == 1:
            yield f"- {title}: {_change(together[0])}"
            continue
        yield f"- {title}"
        yield from (f"  - {_change(one)}" for one in together)


def _change(one: Change) -> str:
    return f"{SIGNS[one.kind]} {prose(one.what)}"


def _costs(found: Difference) -> Iterator[str]:
    yield "| | before | after | change | |"
    yield "|---|--:|--:|--:|--:|"
    for field, words in ROWS:
        pair = figures(found.network)[field]
        yield f"| {words} | {number(pair[0], field)} | {number(pair[1], field)} | {change(pair, field)} | {percent(pair)} |"


def _weights(found: Difference) -> Iterator[str]:
    for one in distinct_loading(found):
        yield f"Weights of the first {prose(loads(one))}."
        yield from (f"- {prose(line)}" for line in meaning(one))
    yield ""


def _details(found: Difference, changes: int, lines: int) -> Iterator[str]:
    parts = differing(found.stages)
    if not lines or (found.same and not parts):
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
    for one in found.changes[:changes]:
        said = place(one.old_place, one.new_place)
        about = f"{plain(one.where)}: " if one.where else ""
        yield f"- {about}{prose(one.what)}" + (f" ({code(said)})" if said else "")
        yield from (f"  - {prose(line)}" for line in one.details[:lines])
        if len(one.details) > lines:
            yield f"  - and {len(one.details) - lines} more"
    for loading in found.loading[:1]:
        yield from (f"- weights: {prose(line)}" for line in keys(loading))
    if found.changes:
        yield ""
        yield plain(counted(found))
    yield ""
    yield "</details>"
