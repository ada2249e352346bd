"""A network of a table: its graph, what its spec says of it, and what it costs, found when a column first asks."""

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
    """What each network is called: its title, its name where two have one title, what the user typed where two have one name."""
    for found in ([each.spec.title or each.spec.name for each in networks], [each.spec.name for each in networks]):
        if len(set(found)) == len(found):
            return found
    return list(targets)


class Network:
    """`head` is what it is called in the table, `name` what the user typed. Of one that was `changed` since the spec was written
    (`--set`, another size) no printed figure is told.
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
        """Channels, height and width of the image."""
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
        """By node, in a convention."""
        from archc.cost.conventions import node_counts

        if convention.name not in self._counts:
            found = node_counts(self.graph, convention)
            self._counts[convention.name] = {name: sum(classes.values()) for name, classes in found.items()}
        return self._counts[convention.name]

    @cached_property
    def saved(self) -> int:
        """Bytes of what training saves of an image for the backward pass, in float32."""
        from archc.cost.saved import for_training, saved

        return for_training(saved(self.graph).bytes(4))

    @cached_property
    def live(self) -> Mapping[str, int]:
        """By node, the elements that activations of one image take while it runs, in the order that needs the least."""
        from archc.cost.schedule import live_sets, peak

        order = peak(self.graph).order
        return dict(zip(order, live_sets(self.graph, order), strict=True))
