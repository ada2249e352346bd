"""A verdict is written as lines for a person, or as a tree for a program."""

from collections.abc import Iterator, Sequence

from archc.analyse.verify.describe import number
from archc.analyse.verify.outcome import First, Run, Verdict

SHOWN = 6
"""How many tensors are named before the rest is only counted."""


def lines(verdict: Verdict, *, pairs: bool) -> Iterator[str]:
    """Yield the lines of a verdict; with `pairs` also every pair of tensors, and every tensor without a counterpart."""
    yield f"{verdict.name} against {verdict.against}"
    yield f"  tensors: {len(verdict.pairs)} paired{_folded(verdict)}"
    if pairs:
        width = max((len(key) for key, _ in verdict.pairs), default=0)
        yield from (f"    {key:{width}}  {other}" for key, other in verdict.pairs)
        yield from (f"    {key:{width}}  folded there" for key in verdict.folded)
    for where, keys in (("here", verdict.only_here), ("there", verdict.only_there)):
        if keys:
            yield f"  only {where}: {_listed(keys, len(keys) if pairs else SHOWN)}"
    for key in verdict.tied:
        several = [ours for ours, theirs in verdict.pairs if theirs == key]
        yield f"  `{key}` there pairs with several here: {_listed(several, SHOWN)}"
    width = max((len(run.label) for run in verdict.runs), default=0)
    far = max((len(str(run.case)) for run in verdict.runs), default=0)
    yield from (f"  {run.label:{width}}  {run.case!s:{far}}  {_found(run)}" for run in verdict.runs)
    if verdict.uncompared:
        yield f"  not compared: {'; '.join(verdict.uncompared)}"
    if verdict.equal:
        yield "function equal"
        return
    if verdict.first is not None:
        yield from _first(verdict.first)
    elif any(not run.equal and not run.problem for run in verdict.runs):
        yield f"every value of {verdict.name} is there, but the output is another one: {verdict.beyond}"
    yield "different"


def tree(verdict: Verdict) -> dict[str, object]:
    """Return the object that `--format json` prints."""
    first = verdict.first
    return {
        "spec": verdict.name,
        "against": verdict.against,
        "equal": verdict.equal,
        "pairs": dict(verdict.pairs),
        "folded": list(verdict.folded),
        "only_here": list(verdict.only_here),
        "only_there": list(verdict.only_there),
        "tied": list(verdict.tied),
        "not_compared": list(verdict.uncompared),
        "runs": [
            {
                "what": run.label,
                "training": run.case.training,
                "input": list(run.case.shape),
                "difference": None if run.problem else run.difference,
                "tolerance": run.tolerance,
                "problem": run.problem,
                "equal": run.equal,
            }
            for run in verdict.runs
        ],
        "first": first
        and {
            "node": first.node.name,
            "origin": str(first.node.origin) if first.node.origin else None,
            "what": first.quantity,
            "here": first.here,
            "there": first.there,
            "why": first.why,
            "absolute": first.absolute,
            "relative": first.relative,
        },
    }


def _folded(verdict: Verdict) -> str:
    return f", {len(verdict.folded)} folded there into the filters before them" if verdict.folded else ""


def _listed(keys: Sequence[str], shown: int) -> str:
    more = f" and {len(keys) - shown} more (--pairs names them)" if len(keys) > shown else ""
    return ", ".join(f"`{key}`" for key in keys[:shown]) + more


def _found(run: Run) -> str:
    if run.problem:
        return f"different: {run.problem}"
    if run.equal:
        return "equal"
    return f"differs by {number(run.difference)} of the largest value"


def _first(first: First) -> Iterator[str]:
    origin = f" ({first.node.origin})" if first.node.origin else ""
    yield f"first difference: {first.quantity} of `{first.node.name}`{origin}"
    yield f"  here:  {first.here}"
    yield f"  there: {first.there}"
    if first.why:
        yield f"  {first.why}"
    if first.absolute is not None and first.relative is not None:
        yield f"  differs by {number(first.absolute)}, which is {number(first.relative)} of the largest value"
    elif first.relative is not None:
        yield f"  differs by {number(first.relative)} of the largest value"
