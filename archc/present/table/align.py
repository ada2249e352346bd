"""The rows of several outlines side by side: stages with one output size stand in one row."""

from collections.abc import Sequence
from typing import TypeAlias

from archc.present.table.outline import Segment
from archc.record import Record

Key: TypeAlias = tuple[int, int, int, int]


class Row(Record):
    """A row: for each network its segment, or None."""

    segments: tuple[Segment | None, ...]

    @property
    def there(self) -> list[Segment]:
        return [segment for segment in self.segments if segment is not None]


def aligned(outlines: Sequence[Sequence[Segment]], ranks: Sequence[Sequence[int]]) -> list[Row]:
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
