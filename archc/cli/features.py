"""Features as a table of text: channels, stride and size of each, of one network or of several."""

from archc.cost.features import Feature, described_features
from archc.ir.graph import Graph


def feature_table(networks: list[tuple[str, Graph]]) -> list[str]:
    """A line for each feature of the networks; where a network states none, for its stem and stages. Names "" are left out."""
    rows = [("network", "feature", "label", "channels", "stride", "size")]
    rows += [(name, *_cells(feature)) for name, graph in networks for feature in described_features(graph)]
    shown = [column for column in range(6) if any(row[column] for row in rows[1:])]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return ["  ".join(_padded(row[column], widths[column], column) for column in shown).rstrip() for row in rows]


def _cells(feature: Feature) -> tuple[str, str, str, str, str]:
    stride = str(feature.stride) if feature.stride else "-"
    return feature.name, feature.label, str(feature.channels), stride, "x".join(map(str, feature.size))


def _padded(text: str, width: int, column: int) -> str:
    return f"{text:>{width}}" if column in (3, 4) else f"{text:{width}}"
