"""The report of `archc cost` is written for a person: aligned columns, of which a narrow terminal shows fewer, and sums."""

from collections.abc import Sequence
from typing import NamedTuple

from archc.cost.conventions import Convention
from archc.cost.explain import Line
from archc.cost.measures import Measures
from archc.cost.parts import Part
from archc.cost.report import Asked, Report, intensity
from archc.cost.saved import SMALLEST, for_training
from archc.ir.op import CLASSES, Work
from archc.rendering.tables import aligned
from archc.rendering.visible import clipped

NARROWEST = 20
"""The least width of lines, in columns."""


class Column(NamedTuple):
    """Cells below a head."""

    head: str
    cells: list[str]
    rank: int = 0
    """Where there is no room, columns of the highest rank are left out first, and those of rank 0 never."""
    left: bool = False
    """Whether the cells are words, which are aligned to the left."""

    @property
    def width(self) -> int:
        return max(map(len, (self.head, *self.cells)))


def as_text(reports: Sequence[Report], asked: Asked, lines: Sequence[Line], *, by: str, room: int | None = None) -> str:
    """Return the whole report."""
    blocks = [_counting(reports, asked)]
    if by == "network":
        blocks.append(_columns(_networks(reports, asked), room))
        blocks += [_memory(report, asked, room) for report in reports if len(reports) == 1]
    else:
        blocks += ["\n".join(_network(report, asked, by, room)) for report in reports]
    if lines:
        change = sum(line.amount for line in lines[1:])
        blocks.append(_explained(lines, asked.convention, f"{reports[-1].name}, a difference of {change:+,}", room))
    for report in reports:
        blocks += [_explained(each.lines, each.convention, each.convention.name, room) for each in report.explanations]
    return _within("\n\n".join(blocks), room) + "\n"


def _within(text: str, limit: int | None) -> str:
    """Wrap lines, sentences too, to the width of the terminal."""
    if limit is None or max(map(len, text.splitlines())) <= limit:
        return text
    from textwrap import wrap

    lines = [wrap(line, max(limit, NARROWEST), subsequent_indent="  ") or [""] for line in text.splitlines()]
    return "\n".join(part for parts in lines for part in parts)


def _counting(reports: Sequence[Report], asked: Asked) -> str:
    convention = asked.convention
    counting = f"{convention.title}: {convention.says}"
    images = "one image" if asked.batch == 1 else f"{asked.batch:,} images"
    sizes = dict.fromkeys("x".join(map(str, report.image.shape)) for report in reports)
    return f"{counting}; {images} of {', '.join(sizes)}, {asked.dtype}"


def _network(report: Report, asked: Asked, by: str, room: int | None) -> list[str]:
    title = f"{report.name}: {clipped(report.title, 120)}" if report.title else report.name
    rows = _classes(report, asked) if by == "op" else _parts(report, asked)
    return [title, "", _columns(rows, room), "", _memory(report, asked, room)]


def _parts(report: Report, asked: Asked) -> list[Column]:
    parts, whole = report.parts, report.measures
    name = asked.convention.name

    def share(count: int) -> str:
        return f"{100 * count / report.count:.1f}%" if report.count else "-"

    total = f"{report.count * asked.batch:,}"
    moved = [part.measures for part in parts] + [whole]
    return [
        Column("part", [_label(part) for part in parts] + ["total"], left=True),
        Column("kind", [part.template for part in parts] + [""], 6, left=True),
        Column("output", ["x".join(map(str, part.output.shape)) for part in parts] + [""], 4),
        Column("params", [f"{measures.parameters:,}" for measures in moved], 1),
        Column(name, [f"{part.count * asked.batch:,}" for part in parts] + [total]),
        Column("share", [share(part.count) for part in parts] + ["100.0%" if report.count else "-"], 5),
        Column("activations", [f"{measures.activations * asked.batch:,}" for measures in moved], 3),
        Column("MiB moved", [_mebi(_moved(measures, asked)) for measures in moved], 7),
        Column("ops/byte", [f"{float(intensity(measures, asked)):.1f}" for measures in moved], 8),
        Column("field", [_field(part) for part in parts] + [""], 2),
        Column("stride", [_both(part.field.stride) for part in parts] + [""], 9),
    ]


def _moved(measures: Measures, asked: Asked) -> int:
    return measures.bytes_read(asked.width, asked.batch) + measures.bytes_written(asked.width, asked.batch)


def _label(part: Part) -> str:
    if part.times == 1:
        return part.path or "network"
    # layer1.0.conv1 to layer1.5.conv1 is layer1.0-5.conv1
    first, last = part.path.split("."), part.last.split(".")
    names = [low if low == high else f"{low}-{high}" for low, high in zip(first, last, strict=True)]
    return f"{'.'.join(names)} x{part.times}"


def _field(part: Part) -> str:
    return "whole" if part.field.whole else _both(part.field.size)


def _both(sides: tuple[int, ...]) -> str:
    return str(sides[0]) if len(set(sides)) == 1 else "x".join(map(str, sides))


def _classes(report: Report, asked: Asked) -> list[Column]:
    """Return the operations by class: counted by the convention, and all."""
    every: dict[Work, int] = dict(zip(CLASSES, report.measures.work, strict=True))
    names: list[Work] = [name for name in CLASSES if every[name] or report.classes.get(name)]
    counts = [report.classes.get(name, 0) * asked.batch for name in names]
    works = [every[name] * asked.batch for name in names]
    return [
        Column("class", [*names, "total"], left=True),
        Column(asked.convention.name, [f"{count:,}" for count in (*counts, sum(counts))]),
        Column("operations", [f"{count:,}" for count in (*works, sum(works))], 1),
    ]


def _networks(reports: Sequence[Report], asked: Asked) -> list[Column]:
    columns = [
        Column("network", [report.name for report in reports], left=True),
        Column("params", [f"{report.measures.parameters:,}" for report in reports], 1),
        Column(asked.convention.name, [f"{report.count * asked.batch:,}" for report in reports]),
        Column("activations", [f"{report.measures.activations * asked.batch:,}" for report in reports], 3),
        Column("MiB params", [_mebi(report.memory.parameters) for report in reports], 6),
        Column("MiB peak", [_mebi(report.memory.peak.at(asked.batch)) for report in reports], 4),
        Column("MiB saved", [_mebi(for_training(report.memory.saved, asked.batch)) for report in reports], 5),
    ]
    if any(report.reported for report in reports):
        columns.append(Column("reported", [_reported(report) for report in reports], 2, left=True))
    return columns


def _reported(report: Report) -> str:
    return "; ".join(f"{figure.figure} {short(figure.value)} ({clipped(figure.source, 60)})" for figure in report.reported)


def short(number: float) -> str:
    """`3.8 G`, `25.6 M`, `850 k`, `50`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:g}"


def _memory(report: Report, asked: Asked, room: int | None) -> str:
    memory, n = report.memory, asked.batch
    state = memory.optimizers
    order = "best order" if memory.exact else "best order found"
    if memory.stated != memory.peak:
        order += f"; {memory.stated.at(n):,} in the graph's own"
    saved = f"{memory.saved.image:,} per image and {memory.saved.fixed:,} per batch" if memory.saved.fixed else ""
    if saved and n < SMALLEST:
        saved += f", of {SMALLEST} images at least"
    rows = [
        ("parameters", memory.parameters, ""),
        ("buffers", memory.buffers, ""),
        ("peak activations, inference", memory.peak.at(n), f"at {memory.node}, {order}"),
        ("saved for backward, training", for_training(memory.saved, n), saved),
        ("gradients", memory.parameters, ""),
        ("state of SGD with momentum", state["sgd-momentum"], ""),
        ("state of Adam", state["adam"], ""),
    ]
    columns = [
        Column("memory", [name for name, _, _ in rows], left=True),
        Column("bytes", [f"{count:,}" for _, count, _ in rows]),
        Column("MiB", [_mebi(count) for _, count, _ in rows], 1),
        Column("", [note for _, _, note in rows], 2, left=True),
    ]
    printed = [f"printed: {_reported(report)}"] if report.reported else []
    return "\n".join([_columns(columns, room), *printed])


def _mebi(count: int) -> str:
    return f"{count / 2**20:,.1f}"


def _explained(lines: Sequence[Line], convention: Convention, total: str, room: int | None) -> str:
    """Write the lines of an explanation and their sum, which is the convention's count for one image."""
    amounts = [f"{line.amount:+,}" if number else f"{line.amount:,}" for number, line in enumerate(lines)]
    whats = [line.what + (f" x{line.times}" if line.times > 1 else "") for line in lines]
    whys = [line.why for line in lines]
    columns = [
        Column("", [*amounts, f"{sum(line.amount for line in lines):,}"]),
        Column("", [*whats, f"= {total}"], left=True),
        Column("", [*whys, convention.title if convention.program else ""], 1, left=True),
    ]
    return f"{convention.name} of one image\n" + _columns(columns, room)


def _columns(columns: list[Column], limit: int | None) -> str:
    """Write columns side by side, two spaces apart; those that do not fit are left out, and named in a last line."""
    shown = list(columns)
    while limit is not None and len(shown) > 1 and sum(column.width for column in shown) + 2 * len(shown) - 2 > limit:
        last = max(shown, key=lambda column: column.rank)
        if not last.rank:
            break
        shown.remove(last)
    heads = [column.head for column in shown]
    rows = ([heads] if any(heads) else []) + [list(row) for row in zip(*(column.cells for column in shown), strict=True)]
    text = aligned(rows, [place for place, column in enumerate(shown) if not column.left])
    if limit is not None and max(map(len, text)) > limit:
        text = [line for row in rows for line in (row[0], *(f"  {cell}" for cell in row[1:] if cell))]
    hidden = [column.head or "notes" for column in columns if column not in shown]
    if hidden:
        text.append(f"(no room for: {', '.join(hidden)})")
    return "\n".join(text)
