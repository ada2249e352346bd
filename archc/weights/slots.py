"""A slot says where a layout keeps a tensor of a graph: the key, shape and meaning that a file of weights has to have."""

from typing import Literal, TypeAlias

from archc.ir.graph import Graph
from archc.ir.norms import Norm
from archc.ir.pools import BlurPool
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import TORCH_KEEPS, Kept, Layout
from archc.record import Record

Part: TypeAlias = Literal["tensor", "count", "factor", "constant"]
"""A batch norm keeps a `count` and a `factor` beside its tensors (see
`Layout.batch_norm`); a `constant` follows from the spec.
"""


class Slot(Record):
    """A tensor under its canonical name and under its key in a layout."""

    canonical: str
    key: str
    shape: tuple[int, ...]
    part: Part

    @property
    def required(self) -> bool:
        """Return whether a file must have it. A file may lack a count, which begins at zero, and a constant."""
        return self.part in ("tensor", "factor")


def slots(graph: Graph, layout: Layout, *, reading: bool = False) -> list[Slot]:
    """Return the slots of a graph in order of execution.

    With `reading` they include counts of batches where the layout has none, since some files have them.

    Raises SpecError (E0322) where two tensors have one key.
    """
    kept: dict[str, Kept] = dict(layout.batch_norm)
    if reading and not layout.keys_only:
        kept = {**TORCH_KEEPS, **kept}
    keys = state_keys(graph, layout, kept)
    entries: list[Slot] = []
    for node in graph.nodes:
        constant = isinstance(node.op, BlurPool)
        for parameter in node.op.parameters():
            name = f"{node.name}.{parameter.name}"
            entries.append(Slot(name, keys[name], parameter.shape, "constant" if constant else "tensor"))
        if isinstance(node.op, Norm) and node.op.norm == "batch":
            for tensor, part in kept.items():
                name = f"{node.name}.{tensor}"
                entries.append(Slot(name, keys[name], () if part == "count" else (1,), part))
    return entries
