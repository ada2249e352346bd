"""Features are printed as a table: channels, stride and size of each, for one network or several."""

from archc.cost.features import Feature, described_features
from archc.ir.graph import Graph
from archc.rendering.tables import aligned


def feature_table(networks: list[tuple[str, Graph]]) -> list[str]:
    """Return a line for each feature of the networks, or for the stem and stages of one that states none.

    Columns without a cell are left out, such as the names of networks that are all "".
    """
    rows = [("network", "feature", "label", "channels", "stride", "size")]
    rows += [(name, *_cells(feature)) for name, graph in networks for feature in described_features(graph)]
    shown = [column for column in range(6) if any(row[column] for row in rows[1:])]
    numbers = [place for place, column in enumerate(shown) if column in (3, 4)]
    return aligned([[row[column] for column in shown] for row in rows], numbers)


def _cells(feature: Feature) -> tuple[str, str, str, str, str]:
    stride = str(feature.stride) if feature.stride else "-"
    return feature.name, feature.label, str(feature.channels), stride, "x".join(map(str, feature.size))
