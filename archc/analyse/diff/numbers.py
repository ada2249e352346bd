"""Numbers of a difference as text: grouped digits, signed changes, bytes in powers of 1,024."""

from archc.analyse.diff.model import Tally

ROWS = (
    ("parameters", "parameters"),
    ("macs", "multiply-adds"),
    ("activations", "activations"),
    ("parameter_bytes", "memory of weights"),
    ("peak_bytes", "peak memory of inference"),
    ("saved_bytes", "memory kept for training"),
)
"""The fields of a network's Tally that are told, and what they are called; memory is of float32 and one image."""

PART_ROWS = (*ROWS[:3], ("written_bytes", "memory written"))
"""Those of a part's."""


def figures(tally: Tally) -> dict[str, tuple[int | None, int | None]]:
    """The two values of everything that is counted."""
    return {
        "parameters": tally.parameters,
        "macs": tally.macs,
        "activations": tally.activations,
        "parameter_bytes": tally.parameter_bytes,
        "written_bytes": tally.written_bytes,
        "peak_bytes": tally.peak_bytes,
        "saved_bytes": tally.saved_bytes,
    }


def number(value: int | None, field: str) -> str:
    """`25,557,032`, `97.7 MiB`, `-` for none."""
    if value is None:
        return "-"
    return f"{value / 2**20:,.1f} MiB" if field.endswith("_bytes") else f"{value:,}"


def change(pair: tuple[int | None, int | None], field: str) -> str:
    """`+19,232`, `=` for none."""
    before, after = (value or 0 for value in pair)
    if before == after:
        return "="
    sign = "+" if after > before else "-"
    text = number(abs(after - before), field)
    if text == "0.0 MiB":
        text = f"{abs(after - before) / 1024:,.1f} KiB"
    return sign + text


def percent(pair: tuple[int | None, int | None]) -> str:
    """`+0.1 %`, "" where nothing was before or nothing differs."""
    before, after = (value or 0 for value in pair)
    if not before or before == after:
        return ""
    part = (after - before) * 100 / before
    return f"{part:+.1f} %" if abs(part) >= 0.1 else f"{part:+.1g} %"


def differing(tallies: tuple[Tally, ...]) -> list[Tally]:
    """The parts that do not cost the same on both sides."""
    return [tally for tally in tallies if any(figures(tally)[field][0] != figures(tally)[field][1] for field, _ in PART_ROWS)]
