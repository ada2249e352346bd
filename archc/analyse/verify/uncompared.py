"""What a comparison leaves out, in words: its verdict says so, since `equal` is of the rest only."""

from collections.abc import Iterable, Iterator

from archc.analyse.diff.words import shown
from archc.analyse.verify.program import Program
from archc.ir.graph import Graph
from archc.ir.norms import DROPS
from archc.ir.ops import Dropout


def uncompared(graph: Graph, program: Program) -> tuple[str, ...]:
    """Programs are compared by what they give, in float64 or float32; nothing is dropped meanwhile, neither here nor there."""
    if not program.trains:
        return ("training", "half precision")
    here = [(DROPS[op.what] + (f" ({op.law})" if op.what == "block" else ""), op.rate) for op in _drops(graph)]
    said = [*_counted(here, "here"), *_counted(program.dropped, "there")]
    return ("gradients", "half precision", *([f"what training drops ({', '.join(said)})"] if said else []))


def _drops(graph: Graph) -> Iterator[Dropout]:
    return (node.op for node in graph.nodes if isinstance(node.op, Dropout) and node.op.rate > 0)


def _counted(drops: Iterable[tuple[str, float]], where: str) -> list[str]:
    """`7 × drop path of 0.0286 to 0.2, 1 × dropout of 0.3 here`."""
    rates: dict[str, list[float]] = {}
    for name, rate in drops:
        rates.setdefault(name, []).append(rate)
    listed = [f"{len(found)} × {name} of {_span(min(found), max(found))}" for name, found in rates.items()]
    return [f"{', '.join(listed)} {where}"] if listed else []


def _span(least: float, greatest: float) -> str:
    low, high = (shown(float(f"{rate:.3g}")) for rate in (least, greatest))
    return low if low == high else f"{low} to {high}"
