"""The difference for programs: one JSON document, its format numbered; `diff-1.schema.json` beside this file describes it."""

import json

from archc.analyse.diff.model import Change, Difference, Loading, Operation, Side, Tally
from archc.analyse.diff.numbers import figures
from archc.analyse.diff.verdict import verdict
from archc.diagnostics import Span

VERSION = 1


def as_json(difference: Difference) -> str:
    """Write a difference in ASCII. Costs are of one image, memory is bytes in float32, lines count from 1."""
    content = {
        "version": VERSION,
        "same": difference.same,
        "verdict": verdict(difference),
        "old": _side(difference.old),
        "new": _side(difference.new),
        "changes": [_change(change) for change in difference.changes],
        "notes": list(difference.notes),
        "costs": {"network": _tally(difference.network), "parts": [_tally(tally) for tally in difference.stages]},
        "weights": [_loading(loading) for loading in difference.loading],
        "operations": [_operation(operation) for operation in difference.operations],
    }
    return json.dumps(content, indent=2) + "\n"


def _side(side: Side) -> dict[str, object]:
    return {"target": side.target, "name": side.name, "title": side.title, "hash": side.hash}


def _change(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "level": change.level,
        "where": change.where,
        "what": change.what,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "old": {"paths": list(change.old), **_place(change.old_place)},
        "new": {"paths": list(change.new), **_place(change.new_place)},
        "details": list(change.details),
    }


def _place(span: Span | None) -> dict[str, object]:
    return {
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
    }


def _operation(operation: Operation) -> dict[str, object]:
    return {
        "kind": operation.kind,
        "operation": operation.operation,
        "old": operation.old or None,
        "new": operation.new or None,
        "attributes": [{"name": name, "before": before, "after": after} for name, before, after in operation.attributes],
        "rewired": operation.rewired,
        "implied": operation.implied,
    }


def _tally(tally: Tally) -> dict[str, object]:
    return {"part": tally.part, **{name: {"old": old, "new": new} for name, (old, new) in figures(tally).items()}}


def _loading(loading: Loading) -> dict[str, object]:
    return {
        "layout": loading.layout,
        "fit": loading.fit,
        "matching": loading.matching,
        "wanted": loading.wanted,
        "missing": list(loading.missing),
        "extra": list(loading.extra),
        "reshaped": [{"key": key, "old": list(old), "new": list(new)} for key, old, new in loading.reshaped],
        "same_function": loading.same_meaning,
        "meaning": list(loading.meaning),
    }
