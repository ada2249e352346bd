"""What heads have to know of a network's features: channels, stride and size of each."""

from archc.cost.receptive import receptive_fields
from archc.ir.graph import Graph
from archc.record import Record


class Feature(Record):
    """A value by its path: its channels, how many pixels of the image lie from one position to the next (0 where there is one
    position, or none), and its height and width for the declared image (() for what is no map).
    """

    name: str
    channels: int
    stride: int
    size: tuple[int, ...]
    label: str = ""


def described_features(graph: Graph) -> list[Feature]:
    """Of the values a network gives by name; where it gives none so, of its stem and stages."""
    labels = {scope.path: scope.label for scope in graph.scopes}
    named = dict(zip(graph.output_names, graph.outputs, strict=True)) if graph.output_names else _stages(graph)
    fields = receptive_fields(graph) if named else {}
    found = []
    for name, value in named.items():
        type_ = graph.types[value]
        stride = max(fields[value].stride) if type_.is_map else 0
        found.append(Feature(name, type_.channels, stride, type_.spatial, labels.get(name, "")))
    return found


def _stages(graph: Graph) -> dict[str, str]:
    return {scope.path: scope.output for scope in graph.scopes if scope.kind in ("stem", "stage") and scope.output}
