"""The features of a network are described as heads need them: the channels, stride and size of each."""

from archc.cost.receptive import receptive_fields
from archc.ir.graph import Graph
from archc.record import Record


class Feature(Record):
    """A value that a network gives to others."""

    name: str
    """The name of the output, or the path of the stem or stage."""
    channels: int
    stride: int
    """Pixels of the image from one position to the next, 0 where there is one position, or none."""
    size: tuple[int, ...]
    """Height and width for the declared image, () where the value is no map."""
    label: str = ""


def described_features(graph: Graph) -> list[Feature]:
    """Describe the values that a network gives by name, or its stem and stages where it names none."""
    labels = {scope.path: scope.label for scope in graph.scopes}
    named = dict(zip(graph.output_names, graph.outputs, strict=True)) if graph.output_names else _stages(graph)
    fields = receptive_fields(graph) if named else {}
    features = []
    for name, value in named.items():
        type_ = graph.types[value]
        stride = max(fields[value].stride) if type_.is_map else 0
        features.append(Feature(name, type_.channels, stride, type_.spatial, labels.get(name, "")))
    return features


def _stages(graph: Graph) -> dict[str, str]:
    return {scope.path: scope.output for scope in graph.scopes if scope.kind in ("stem", "stage") and scope.output}
