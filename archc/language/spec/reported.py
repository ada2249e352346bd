"""A spec may report figures that were printed elsewhere, with which the network has to agree."""

from fractions import Fraction

from archc.language.document.nodes import Map, Node, Scalar
from archc.record import Record


class Reported(Record):
    """A printed figure of `params`, `macs` or `depth`."""

    value: Fraction
    where: str
    """Where it is printed."""
    within: Fraction
    """The largest relative difference that counts as agreement."""

    @property
    def number(self) -> int | float:
        """Return the value as a number to print."""
        return int(self.value) if self.value.denominator == 1 else float(self.value)

    def agrees(self, actual: int) -> bool:
        return abs(actual - self.value) <= self.within * self.value


def reported(root: Map) -> dict[str, Reported]:
    """Return the figures that a spec's `expect` reports, by what they count."""
    expect = root.get("expect")
    entries = expect.get("reported") if isinstance(expect, Map) else None
    figures = {}
    for entry in entries if isinstance(entries, Map) else ():
        figure = entry.value
        value = _number(figure.get("value")) if isinstance(figure, Map) else None
        if isinstance(figure, Map) and value is not None:
            where = figure.get("from")
            text = str(where.value) if isinstance(where, Scalar) else ""
            figures[str(entry.key)] = Reported(value, text, _number(figure.get("within")) or Fraction(0))
    return figures


def _number(node: Node | None) -> Fraction | None:
    """Return a number exactly as written; 3.8e9 may be no binary fraction."""
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Fraction(node.text)
    return None
