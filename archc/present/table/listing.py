"""A listing has a row for each network, stage, block, layer or operation, and a column for each figure."""

import re
import sys
from collections.abc import Sequence
from fractions import Fraction

from archc.present.table.figures import Figure, Subject, Value, printed
from archc.present.table.grid import Band, Cell, Grid, text_cell
from archc.present.table.levels import Level, Part, parts
from archc.present.table.network import Network
from archc.record import Record


class Line(Record):
    """A row before it is laid out."""

    network: Network
    part: Part
    values: tuple[Value, ...]
    """A value for each figure."""
    ends: tuple[Value, ...]
    """The value of a figure at the last of several parts where it varies among them, else None."""


def lines(networks: Sequence[Network], level: Level, figures: Sequence[Figure], *, fold: bool = True) -> list[Line]:
    """Return the rows in order of execution, network by network."""
    return [_line(network, part, level, figures) for network in networks for part in parts(network.graph, level, fold=fold)]


def _line(network: Network, part: Part, level: Level, figures: Sequence[Figure]) -> Line:
    whole = level == "network"
    subject = Subject(network, part.nodes, part.value, whole)
    end = Subject(network, part.nodes, part.end or part.value, whole)
    values = tuple(_added(figure, figure.value(subject), part.times) for figure in figures)
    ends = tuple(figure.value(end) if figure.varies and part.times > 1 else None for figure in figures)
    return Line(network, part, values, ends)


def _added(figure: Figure, value: Value, times: int) -> Value:
    """Return the value of equal parts together."""
    return value * times if figure.adds and isinstance(value, int) else value


def ordered(lines: Sequence[Line], figures: Sequence[Figure], by: str, *, reverse: bool = False) -> list[Line]:
    """Sort by a figure, the smallest first, or by `name`; networks stay together, and lines without a value come last."""
    names = [figure.name for figure in figures]

    def value(line: Line) -> tuple[bool, Sequence[Fraction | int], str]:
        if by == "name":
            return (False, (), line.part.path or line.network.head)
        figure = line.values[names.index(by)]
        if figure is None or figure == "":
            return (True, (), "")
        return (False, _numbers(figure), figure) if isinstance(figure, str) else (False, (Fraction(figure),), "")

    places = {id(network): place for place, network in enumerate(dict.fromkeys(line.network for line in lines))}
    valued = sorted((line for line in lines if not value(line)[0]), key=value, reverse=reverse)
    rows = [*valued, *(line for line in lines if value(line)[0])]
    return rows if all(not line.part.path for line in lines) else sorted(rows, key=lambda line: places[id(line.network)])


def _numbers(text: str) -> Sequence[int]:
    """Return the numbers in a text, so that 11 comes before 35, and 7x9 after 7; `all` of the image is the largest."""
    return [sys.maxsize] if text == "all" else [int(digits) for digits in re.findall(r"[0-9]+", text)]


def listing(rows: Sequence[Line], level: Level, figures: Sequence[Figure], *, exact: bool = False) -> Grid:
    """Lay out a section for each network, or at the level of networks a row."""
    columns = tuple(text_cell(figure.title) for figure in figures)
    if level == "network":
        bands = [Band((text_cell(line.network.head, "left"),), (_cells(line, figures, exact=exact),)) for line in rows]
        return Grid(("network",), columns, tuple(bands), _specs(rows), framed=False)
    networks = list(dict.fromkeys(line.network for line in rows))
    bands = []
    repeats = any(line.part.times > 1 for line in rows)
    for network in networks:
        own = [line for line in rows if line.network is network]
        for number, line in enumerate(own):
            head = (text_cell(_path(line.part), "left"), text_cell(_words(line.part), "left"))
            times = (text_cell(f"×{line.part.times}" if line.part.times > 1 else "", "right"),) if repeats else ()
            title = network.head if number == 0 and len(networks) > 1 else ""
            bands.append(Band((*head, *times), (_cells(line, figures, exact=exact),), title))
        (total,) = lines([network], "network", figures)
        heads = (text_cell("total", "left"), *[text_cell("")] * (2 if repeats else 1))
        bands.append(Band(heads, (_cells(total, figures, exact=exact),), ruled=True))
    notes = _specs(rows)
    if repeats:
        notes = (f"×N: so many alike in a row; their figures are added up{_not_added(rows, figures)}", *notes)
    return Grid((level, "what", *(("×",) if repeats else ())), columns, tuple(bands), notes, framed=False)


def _not_added(rows: Sequence[Line], figures: Sequence[Figure]) -> str:
    """Name the figures that are not added up for repeats."""
    folded = [line for line in rows if line.part.times > 1]
    titles = [
        figure.title
        for place, figure in enumerate(figures)
        if not figure.adds and figure.unit != "text" and any(line.values[place] is not None for line in folded)
    ]
    return f"; {' and '.join(titles)} of one" if titles else ""


def _cells(line: Line, figures: Sequence[Figure], *, exact: bool) -> tuple[Cell, ...]:
    cells = []
    for figure, value, end in zip(figures, line.values, line.ends, strict=True):
        text = printed(figure, value, exact=exact)
        if end is not None and end != value:
            text = f"{text} … {printed(figure, end, exact=exact)}"
        cells.append(text_cell(text, "right"))
    return tuple(cells)


def _words(part: Part) -> str:
    return f"{part.label}: {part.text}" if part.label else part.text


def _path(part: Part) -> str:
    """Return the path of a part, as `layer1.1…2.conv1` where it stands for two."""
    if part.times == 1:
        return part.path
    first, last = part.path.split("."), part.last.split(".")
    return ".".join(a if a == b else f"{a}…{b}" for a, b in zip(first, last, strict=True))


def _specs(rows: Sequence[Line]) -> tuple[str, ...]:
    networks = list(dict.fromkeys(line.network for line in rows))
    if all(network.head == network.name for network in networks):
        return ()
    return ("specs: " + ", ".join(network.name for network in networks),)
