"""A network of a table has its graph, what its spec says of it, and its costs, computed when a column first needs them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from archc.compile.pipeline import Compiled
from archc.cost import count
from archc.ir.graph import Graph
from archc.language.spec.reported import Reported, reported

if TYPE_CHECKING:
    from archc.cost.conventions import Convention
    from archc.cost.measures import Measures
    from archc.cost.receptive import Field


def heads(targets: Sequence[str], networks: Sequence[Compiled]) -> list[str]:
    """Return a head for each network: its title, its name where titles are equal, what the user typed where names are too."""
    for candidates in ([each.spec.title or each.spec.name for each in networks], [each.spec.name for each in networks]):
        if len(set(candidates)) == len(candidates):
            return candidates
    return list(targets)


class Network:
    """A network of a table: `head` is its title there, `name` what the user typed.

    A network that was `changed` since the spec was written (`--set`, another size) has no printed figures.
    """

    def __init__(self, head: str, name: str, compiled: Compiled, graph: Graph, *, changed: bool = False) -> None:
        self.head = head
        self.name = name
        self.graph = graph
        self._counts: dict[str, dict[str, int]] = {}
        self.source: Mapping[str, str] = dict(compiled.spec.source)
        self.reported: Mapping[str, Reported] = {} if changed else reported(compiled.spec.root)

    @property
    def input(self) -> tuple[int, ...]:
        """Return channels, height and width of the image."""
        return self.graph.types[self.graph.input].shape

    @cached_property
    def total(self) -> count.Cost:
        return count.total(self.graph)

    @cached_property
    def depth(self) -> int:
        return count.depth(self.graph)

    @cached_property
    def measures(self) -> Mapping[str, "Measures"]:
        from archc.cost.measures import node_measures

        return node_measures(self.graph)

    @cached_property
    def fields(self) -> Mapping[str, "Field"]:
        from archc.cost.receptive import receptive_fields

        return receptive_fields(self.graph)

    def counts(self, convention: "Convention") -> Mapping[str, int]:
        """Return the count of each node in a convention."""
        from archc.cost.conventions import node_counts

        if convention.name not in self._counts:
            counts = node_counts(self.graph, convention)
            self._counts[convention.name] = {name: sum(classes.values()) for name, classes in counts.items()}
        return self._counts[convention.name]

    @cached_property
    def saved(self) -> int:
        """Return the bytes that training saves of an image for the backward pass, in float32."""
        from archc.cost.saved import for_training, saved

        return for_training(saved(self.graph).bytes(4))

    @cached_property
    def live(self) -> Mapping[str, int]:
        """Return the elements that activations of one image take while each node runs, in the order that needs the least."""
        from archc.cost.schedule import live_sets, peak

        order = peak(self.graph).order
        return dict(zip(order, live_sets(self.graph, order), strict=True))
