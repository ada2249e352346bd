"""An explanation leads from one number to another, line by line, by signed integers that add up exactly."""

from collections.abc import Iterator

from archc.cost.conventions import CONVENTIONS, Convention, class_counts, node_counts
from archc.cost.parts import Level, cut
from archc.ir.graph import Graph
from archc.ir.op import CLASSES, Work
from archc.record import Record

NAMES: dict[Work, str] = {
    "conv": "convolutions", "linear": "linear layers", "bias": "biases", "norm": "norms", "activation": "activations",
    "pooling": "pools", "addition": "additions", "multiplication": "multiplications", "attention": "attention",
}  # fmt: skip

RATES: dict[str, dict[Work, str]] = {
    "flops": {"conv": "a second operation for each multiply-add", "linear": "a second operation for each multiply-add"},
    "fvcore": {
        "norm": "2 an element of batch norm, 5 of other norms",
        "pooling": "1 an element that adaptive pools read",
        "attention": "convolutions along the channels",
    },
    "fvcore-train": {
        "norm": "5 an element of norms, 2 where frozen",
        "pooling": "1 an element that adaptive pools read",
        "attention": "convolutions along the channels",
    },
    "ptflops": {
        "conv": "convolutions of standardized weights are not counted",
        "linear": "linear layers at each position are not counted",
        "bias": "1 an element a bias is added to",
        "norm": "2 an element of batch, group and instance norm, 1 of layer norm",
        "activation": "2 an element of relu, elu and gelu (module and function), 1 of relu6, leaky_relu and silu",
        "pooling": "2 an element that pools read (module and function)",
    },
    "ptflops-aten": {
        "bias": "1 an element a bias is added to",
        "pooling": "multiply-adds of blur pools",
        "attention": "convolutions along the channels",
    },
    "thop": {
        "conv": "convolutions of standardized weights are not counted, transposed ones as convolutions with their output",
        "linear": "linear layers at each position are not counted",
        "norm": "4 an element of batch, instance and layer norm",
        "pooling": "1 an output of average pools, for adaptive ones and each element they read too",
    },
}
"""Why a convention differs from multiply-adds in a class."""


class Line(Record):
    """An amount that is added, or taken away where it is negative."""

    amount: int
    """The sum of all `times` equal lines that this line stands for."""
    what: str
    """What the amount counts: operations, a part, or a network."""
    why: str = ""
    times: int = 1


def explain(graph: Graph, convention: Convention) -> tuple[Line, ...]:
    """Lead from the multiply-adds of each class to the convention's count, to which the amounts add up."""
    base, counts = class_counts(graph, CONVENTIONS["macs"]), class_counts(graph, convention)
    lines = [Line(count, f"multiply-adds of {NAMES[name]}") for name, count in base.items()]
    why = RATES.get(convention.name, {})
    for name in CLASSES:
        change = counts.get(name, 0) - base.get(name, 0)
        if change:
            lines.append(Line(change, NAMES[name], why.get(name, "")))
    return tuple(lines)


def compare(
    before: Graph, after: Graph, convention: Convention, level: Level = "layer", *, fold: bool = True
) -> tuple[Line, ...]:
    """Lead from one network's count to another's, part by part: parts of one network alone, and parts with other counts.

    The first line is the count of `before`, and the amounts add up to that of `after`. Nodes whose names differ in the number of
    their block alone, and whose changes are equal, are one line.
    """
    first, second = (_by_part(graph, convention, level) for graph in (before, after))
    lines = list(_differences(first, second, before.name, after.name))
    return (Line(sum(first.values()), before.name), *(_folded(lines) if fold else lines))


def _by_part(graph: Graph, convention: Convention, level: Level) -> dict[str, int]:
    sums: dict[str, int] = {}
    for node, counts in zip(graph.nodes, node_counts(graph, convention).values(), strict=True):
        path = cut(node, level)
        sums[path] = sums.get(path, 0) + sum(counts.values())
    return sums


def _differences(first: dict[str, int], second: dict[str, int], before: str, after: str) -> Iterator[Line]:
    for name in (*first, *(name for name in second if name not in first)):
        change = second.get(name, 0) - first.get(name, 0)
        if not change:
            continue
        if name not in first:
            yield Line(change, name, f"only in {after}")
        elif name not in second:
            yield Line(change, name, f"only in {before}")
        else:
            yield Line(change, name, f"{first[name]:,} becomes {second[name]:,}")


def _folded(lines: list[Line]) -> Iterator[Line]:
    """Yield a line for equal changes in one stage, with the range of their blocks' numbers."""
    groups: dict[tuple[str, str, int, str], list[str]] = {}
    for line in lines:
        stage, _, rest = line.what.partition(".")
        number, _, local = rest.partition(".")
        # A name without the number of a block stands alone.
        key = (stage, local, line.amount, line.why) if number.isdigit() else (line.what, "", line.amount, line.why)
        groups.setdefault(key, []).append(line.what)
    for (_, local, amount, why), names in groups.items():
        part = names[0]
        if len(names) > 1:
            end = f".{local}" if local else ""
            part = f"{names[0].removesuffix(end)}-{names[-1].split('.')[1]}{end}"
        yield Line(amount * len(names), part, why, len(names))
