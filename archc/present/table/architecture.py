"""Networks are laid out as in He et al. 2015, Table 1: a column for each, a row for each stage, equal cells as one."""

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
    """A row of the table: for each network its segment, or None."""

    segments: tuple[Segment | None, ...]

    @property
    def present(self) -> list[Segment]:
        return [segment for segment in self.segments if segment is not None]


def architecture(networks: Sequence[Network], figures: Sequence[Figure], *, exact: bool = False) -> Grid:
    """Lay networks out side by side.

    Networks of unlike inputs have no common output sizes: their stages stand in rows by stride, each with its own size.
    """
    outlines = [outline(network.graph) for network in networks]
    same = len({network.input[1:] for network in networks}) == 1
    ranks = [_ranks(network, segments, same=same) for network, segments in zip(networks, outlines, strict=True)]
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
    """Put segments of equal rank into one row; rows rise by rank, and heads come last.

    Where a network has several segments of one rank, its first stands beside the first of others, and stems come before stages;
    where no network has both, a stem stands beside another's stage.
    """
    shared = {
        rank
        for outline, own in zip(outlines, ranks, strict=True)
        for rank in own
        if len({segment.kind for segment, of in zip(outline, own, strict=True) if of == rank and segment.kind != "head"}) > 1
    }
    columns = [_column(outline, own, shared) for outline, own in zip(outlines, ranks, strict=True)]
    keys = sorted({key for column in columns for key in column})
    return [Row(tuple(column.get(key) for column in columns)) for key in keys]


def _column(outline: Sequence[Segment], ranks: Sequence[int], shared: set[int]) -> dict[Key, Segment]:
    """Return the segments of a network by their rows; stems and stages of the ranks in `shared` stand in rows of their own."""
    column: dict[Key, Segment] = {}
    for segment, rank in zip(outline, ranks, strict=True):
        head = segment.kind == "head"
        place = (int(head), 0 if head else rank, int(segment.kind == "stage" and rank in shared))
        number = sum(key[:3] == place for key in column)
        column[(*place, number)] = segment
    return column


def _ranks(network: Network, segments: Sequence[Segment], *, same: bool) -> list[int]:
    """Rank segments by the area of their outputs, the largest first, or by their stride where images differ."""
    if not same:
        return [network.fields[segment.value].stride[0] if segment.kind != "head" else 0 for segment in segments]
    return [-segment.size[0] * segment.size[1] if segment.size else 0 for segment in segments]


def _band(row: Row, *, same: bool) -> Band:
    present = row.present
    labels = tuple(dict.fromkeys(segment.label for segment in present if segment.label))
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
        head.append(text_cell(_sized(present[0].size)))
    return Band(tuple(head), tuple(rows))


def _parts(segment: Segment, lead: Sequence[str], *, same: bool) -> tuple[Part, ...]:
    """Return the parts of a cell, which begins with its size where there is no column of sizes."""
    size = () if same or segment.kind == "head" else (_sized(segment.size),)
    return (*size, *lead, *segment.parts)


def _sized(size: Size) -> str:
    return "×".join(map(str, size)) or "1×1"


def _figures(networks: Sequence[Network], figure: Figure, *, exact: bool) -> Band:
    """Return a row below the layers; a figure that a spec reports stands beside the exact one."""
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
    """Return whether a spec may report the figure; in another convention than the papers' it is another number."""
    return figure.name in COMPARED and figure is FIGURES[figure.name]


def in_order(networks: Sequence[Network], figures: Sequence[Figure], by: str, *, reverse: bool = False) -> list[Network]:
    """Sort networks by a figure, the smallest first, or by name."""
    rows = ordered(lines(networks, "network", figures), figures, by, reverse=reverse)
    return [line.network for line in rows]


def subject(network: Network) -> Subject:
    """Return all of a network as the subject of a figure."""
    return Subject(network, network.graph.nodes, network.graph.outputs[0], whole=True)


def _notes(
    networks: Sequence[Network], outlines: Sequence[Sequence[Segment]], figures: Sequence[Figure], *, exact: bool
) -> list[str]:
    notes = (
        []
        if exact
        else [note for figure in figures if _compared(figure) for note in sources(networks, figure.name, figure.title)]
    )
    notes += _shared_notes(networks, [_strides(segments) for segments in outlines])
    notes += _shared_notes(networks, [_shortcuts(segments) for segments in outlines])
    if any(network.head != network.name for network in networks):
        notes.append("specs: " + ", ".join(network.name for network in networks))
    return list(dict.fromkeys(notes))


def _strides(segments: Sequence[Segment]) -> str:
    """Write the strides that brackets leave out, as a caption does."""
    places: dict[str, list[str]] = {}
    for segment in segments:
        for layer in segment.strided:
            places.setdefault(layer, []).append(segment.label)
    return "; ".join(f"in the first block of {', '.join(labels)}, {layer}" for layer, labels in places.items())


def _shortcuts(segments: Sequence[Segment]) -> str:
    kinds = dict.fromkeys(kind for segment in segments for kind in segment.shortcuts)
    return f"shortcuts but for the identity: {', '.join(kinds)}" if kinds else ""


def _shared_notes(networks: Sequence[Network], texts: Sequence[str]) -> list[str]:
    """Write one note for all networks of equal text, and name the networks where there are other texts too."""
    notes: dict[str, list[str]] = {}
    for network, text in zip(networks, texts, strict=True):
        notes.setdefault(text, []).append(network.head)
    return [f"{text} ({', '.join(heads)})" if len(notes) > 1 else text for text, heads in notes.items() if text]
