"""An exact figure stands beside the printed one, as `3.86 (3.8 ✓)`."""

from collections.abc import Sequence
from fractions import Fraction

from archc.present.table.network import Network
from archc.present.table.numbers import GIGA, KILO, MEGA, percent, plain, three

AGREES, DIFFERS = "✓", "✗"
SCALES = ((GIGA, "10⁹"), (MEGA, "10⁶"), (KILO, "10³"))


def actual(network: Network, figure: str) -> int | None:
    """Return the exact value of a figure that a spec can report, None of another."""
    match figure:
        case "params":
            return network.total.parameters
        case "macs":
            return network.total.macs
        case "depth":
            return network.depth
    return None


def scale(values: list[int]) -> tuple[int, str]:
    """Return one unit for a row, which suits its largest value, as a factor and in words."""
    largest = max(values, default=0)
    return next(((size, text) for size, text in SCALES if largest >= size), (1, ""))


def beside(network: Network, figure: str, unit: int) -> str:
    """Write a figure to three digits, with the printed one where the spec has it, and whether they agree."""
    value = actual(network, figure)
    if value is None:
        return ""
    exact = three(Fraction(value, unit)) if unit > 1 else str(value)
    reported = network.reported.get(figure)
    if reported is None:
        return exact
    return f"{exact} ({plain(reported.value / unit)} {AGREES if reported.agrees(value) else DIFFERS})"


def as_printed(network: Network, figure: str) -> str:
    """Write the printed figure alone, with whether the exact one agrees."""
    value, reported = actual(network, figure), network.reported.get(figure)
    if value is None or reported is None:
        return ""
    unit, text = scale([int(reported.value)])
    return f"{plain(reported.value / unit)}{'·' + text if text else ''} {AGREES if reported.agrees(value) else DIFFERS}"


def sources(networks: Sequence[Network], figure: str, title: str) -> list[str]:
    """Write a note for each source and tolerance of a figure, one for all networks of a source."""
    agreements: dict[tuple[str, Fraction], bool] = {}
    for network in networks:
        reported, value = network.reported.get(figure), actual(network, figure)
        if reported is not None and value is not None:
            key = (reported.where, reported.within)
            agreements[key] = agreements.get(key, True) and reported.agrees(value)
    return [
        f"{title} in parentheses: as printed{' in ' + where if where else ''}; {AGREES} within {percent(within)}"
        + ("" if every else f", {DIFFERS} not")
        for (where, within), every in agreements.items()
    ]
