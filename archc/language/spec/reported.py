"""The figures a spec says were printed elsewhere, and whether the network agrees."""

from fractions import Fraction

from archc.language.document.nodes import Map, Node, Scalar
from archc.record import Record


class Reported(Record):
    """A printed figure of `params`, `macs` or `depth`: its value as printed, where, and how far off it may be (relative)."""

    value: Fraction
    where: str
    within: Fraction

    @property
    def number(self) -> int | float:
        """The value as a number to print."""
        return int(self.value) if self.value.denominator == 1 else float(self.value)

    def agrees(self, actual: int) -> bool:
        return abs(actual - self.value) <= self.within * self.value


def reported(root: Map) -> dict[str, Reported]:
    """Those of a spec's `expect`, by what they count."""
    expect = root.get("expect")
    entries = expect.get("reported") if isinstance(expect, Map) else None
    found = {}
    for entry in entries if isinstance(entries, Map) else ():
        said = entry.value
        value = _number(said.get("value")) if isinstance(said, Map) else None
        if isinstance(said, Map) and value is not None:
            where = said.get("from")
            text = str(where.value) if isinstance(where, Scalar) else ""
            found[str(entry.key)] = Reported(value, text, _number(said.get("within")) or Fraction(0))
    return found


def _number(node: Node | None) -> Fraction | None:
    """Exactly as written: 3.8e9 is no binary fraction."""
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Fraction(node.text)
    return None
