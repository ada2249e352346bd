"""The layout of He et al. 2015, Table 1: a column for each network, a row for each stage, what is the same everywhere once."""

from collections.abc import Sequence
from typing import TypeAlias

from archc.present.table.agreement import actual as figure_of
from archc.present.table.agreement import beside, scale, sources
from archc.present.table.figures import FIGURES, Figure, Subject, printed
from archc.present.table.grid import Band, Cell, Grid, Part, text_cell
from archc.present.table.listing import lines, ordered
from archc.present.table.network import Network
from archc.present.table.outline import Segment, Size, outline
from archc.record import Record

COMPARED = ("params", "macs", "depth")
"""Figures that specs may report as printed."""
Key: TypeAlias = tuple[int, int, int, int]


class Row(Record):
    """A row: for each network its segment, or None."""

    segments: tuple[Segment | None, ...]

    @property
    def there(self) -> list[Segment]:
        return [segment for segment in self.segments if segment is not None]


def architecture(networks: Sequence[Network], figures: Sequence[Figure], *, exact: bool = False) -> Grid:
    """Networks of unlike inputs have no common output sizes: their stages stand in a row by stride, each with its own size."""
    outlines = [outline(network.graph) for network in networks]
    same = len({network.input[1:] for network in networks}) == 1
    ranks = [_ranks(network, found, same=same) for network, found in zip(networks, outlines, strict=True)]
    rows = rows_of(outlines, ranks)
    bands = [_band(row, same=same) for row in rows]
    if not same:
        bands.insert(0, Band((text_cell("input", "left"),), (tuple(text_cell(_sized(n.input[1:])) for n in networks),)))
    bands += [_figures(networks, figure, exact=exact) for figure in figures]
    stubs = ("layer", "output") if same else ("layer",)
    return Grid(
        stubs,
        tuple(text_cell(network.head) for network in networks),
        tuple(bands),
        tuple(_notes(networks, outlines, figures, exact=exact)),
    )


def rows_of(outlines: Sequence[Sequence[Segment]], ranks: Sequence[Sequence[int]]) -> list[Row]:
    """Rows by rank, the same for what belongs side by side and rising (`ranks`, one for each segment); heads last.

    Of several with one rank the first stands beside the first, stems before stages; where no network has both, a stem stands
    beside another's stage.
    """
    both = {
        rank
        for outline, found in zip(outlines, ranks, strict=True)
        for rank in found
        if len({segment.kind for segment, of in zip(outline, found, strict=True) if of == rank and segment.kind != "head"}) > 1
    }
    columns = [_placed(outline, found, both) for outline, found in zip(outlines, ranks, strict=True)]
    keys = sorted({key for column in columns for key in column})
    return [Row(tuple(column.get(key) for column in columns)) for key in keys]


def _placed(outline: Sequence[Segment], ranks: Sequence[int], both: set[int]) -> dict[Key, Segment]:
    found: dict[Key, Segment] = {}
    for segment, rank in zip(outline, ranks, strict=True):
        head = segment.kind == "head"
        place = (int(head), 0 if head else rank, int(segment.kind == "stage" and rank in both))
        number = sum(key[:3] == place for key in found)
        found[(*place, number)] = segment
    return found


def _ranks(network: Network, found: Sequence[Segment], *, same: bool) -> list[int]:
    """Rising as outputs get smaller: by area, or where images differ by the stride from pixel to pixel."""
    if not same:
        return [network.fields[segment.value].stride[0] if segment.kind != "head" else 0 for segment in found]
    return [-segment.size[0] * segment.size[1] if segment.size else 0 for segment in found]


def _band(row: Row, *, same: bool) -> Band:
    there = row.there
    labels = tuple(dict.fromkeys(segment.label for segment in there if segment.label))
    leads = [segment.lead if segment is not None else () for segment in row.segments]
    rows: list[tuple[Cell, ...]] = []
    if leads[0] and all(lead == leads[0] for lead in leads):
        rows.append((Cell(leads[0]),))
        leads = [()] * len(leads)
    cells = [
        Cell(_parts(segment, lead, same=same)) if segment is not None else Cell()
        for segment, lead in zip(row.segments, leads, strict=True)
    ]
    rows.append((cells[0],) if all(cell == cells[0] for cell in cells) else tuple(cells))
    head = [Cell(labels, "left")]
    if same:
        head.append(text_cell(_sized(there[0].size)))
    return Band(tuple(head), tuple(rows))


def _parts(segment: Segment, lead: Sequence[str], *, same: bool) -> tuple[Part, ...]:
    """Where there is no column of sizes, a cell begins with its own."""
    size = () if same or segment.kind == "head" else (_sized(segment.size),)
    return (*size, *lead, *segment.parts)


def _sized(size: Size) -> str:
    return "×".join(map(str, size)) or "1×1"


def _figures(networks: Sequence[Network], figure: Figure, *, exact: bool) -> Band:
    """A row below the layers; what a spec reports stands beside what is counted."""
    if _compared(figure) and not exact:
        values = [value for network in networks if (value := figure_of(network, figure.name)) is not None]
        unit, text = (1, "") if figure.name == "depth" else scale(values)
        cells = [text_cell(beside(network, figure.name, unit)) for network in networks]
        title = f"{figure.title}, ×{text}" if text else figure.title
    else:
        cells = [text_cell(printed(figure, figure.value(subject(network)), exact=exact)) for network in networks]
        title = figure.title
    return Band((text_cell(title, "left"),), (tuple(cells),))


def _compared(figure: Figure) -> bool:
    """Whether a spec may report it; in another convention than the papers' it is another number."""
    return figure.name in COMPARED and figure is FIGURES[figure.name]


def in_order(networks: Sequence[Network], figures: Sequence[Figure], by: str, *, reverse: bool = False) -> list[Network]:
    """Networks by a figure of them, the smallest first, or by what they are called."""
    lines_ = ordered(lines(networks, "network", figures), figures, by, reverse=reverse)
    return [line.network for line in lines_]


def subject(network: Network) -> Subject:
    """All of a network."""
    return Subject(network, network.graph.nodes, network.graph.outputs[0], whole=True)


def _notes(
    networks: Sequence[Network], outlines: Sequence[Sequence[Segment]], figures: Sequence[Figure], *, exact: bool
) -> list[str]:
    notes = (
        []
        if exact
        else [note for figure in figures if _compared(figure) for note in sources(networks, figure.name, figure.title)]
    )
    notes += _told(networks, [_strides(found) for found in outlines])
    notes += _told(networks, [_shortcuts(found) for found in outlines])
    named = [network for network in networks if network.head != network.name]
    if named:
        notes.append("specs: " + ", ".join(network.name for network in networks))
    return list(dict.fromkeys(notes))


def _strides(found: Sequence[Segment]) -> str:
    """What the brackets leave out, as a caption tells it."""
    places: dict[str, list[str]] = {}
    for segment in found:
        for what in segment.strided:
            places.setdefault(what, []).append(segment.label)
    return "; ".join(f"in the first block of {', '.join(labels)}, {what}" for what, labels in places.items())


def _shortcuts(found: Sequence[Segment]) -> str:
    kinds = dict.fromkeys(what for segment in found for what in segment.shortcuts)
    return f"shortcuts but for the identity: {', '.join(kinds)}" if kinds else ""


def _told(networks: Sequence[Network], texts: Sequence[str]) -> list[str]:
    """One note for all networks that it is true of, which are named unless it is true of all."""
    found: dict[str, list[str]] = {}
    for network, text in zip(networks, texts, strict=True):
        found.setdefault(text, []).append(network.head)
    return [f"{text} ({', '.join(heads)})" if len(found) > 1 else text for text, heads in found.items() if text]
