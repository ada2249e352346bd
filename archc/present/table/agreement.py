"""An exact figure beside the printed one: `3.86 (3.8 ✓)`."""

from collections.abc import Sequence
from fractions import Fraction

from archc.present.table.network import Network
from archc.present.table.numbers import GIGA, KILO, MEGA, percent, plain, three

AGREES, DIFFERS = "✓", "✗"
SCALES = ((GIGA, "10⁹"), (MEGA, "10⁶"), (KILO, "10³"))


def actual(network: Network, what: str) -> int | None:
    """Of what a spec can report a figure of."""
    match what:
        case "params":
            return network.total.parameters
        case "macs":
            return network.total.macs
        case "depth":
            return network.depth
    return None


def scale(values: list[int]) -> tuple[int, str]:
    """One unit for a row: that of the largest."""
    most = max(values, default=0)
    return next(((size, text) for size, text in SCALES if most >= size), (1, ""))


def beside(network: Network, what: str, unit: int) -> str:
    """To three digits, with the printed figure where the spec has one, and whether they agree within its tolerance."""
    value = actual(network, what)
    if value is None:
        return ""
    exact = three(Fraction(value, unit)) if unit > 1 else str(value)
    said = network.reported.get(what)
    if said is None:
        return exact
    return f"{exact} ({plain(said.value / unit)} {AGREES if said.agrees(value) else DIFFERS})"


def as_printed(network: Network, what: str) -> str:
    """The printed figure alone, with whether the exact one agrees."""
    value, said = actual(network, what), network.reported.get(what)
    if value is None or said is None:
        return ""
    unit, text = scale([int(said.value)])
    return f"{plain(said.value / unit)}{'·' + text if text else ''} {AGREES if said.agrees(value) else DIFFERS}"


def sources(networks: Sequence[Network], what: str, title: str) -> list[str]:
    """A note for each source and tolerance, those of one source together."""
    found: dict[tuple[str, Fraction], bool] = {}
    for network in networks:
        said, value = network.reported.get(what), actual(network, what)
        if said is not None and value is not None:
            key = (said.where, said.within)
            found[key] = found.get(key, True) and said.agrees(value)
    return [
        f"{title} in parentheses: as printed{' in ' + where if where else ''}; {AGREES} within {percent(within)}"
        + ("" if every else f", {DIFFERS} not")
        for (where, within), every in found.items()
    ]
