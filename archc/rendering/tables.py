"""Rows of text are written as a table: in aligned columns, as CSV, or in Markdown."""

from collections.abc import Container, Iterable, Sequence


def aligned(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> list[str]:
    """Align rows in columns as wide as their widest cell; the columns `right` are numbers, which end together."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:>{width}}" if column in right else f"{cell:{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Write rows as comma-separated values with Unix line ends."""
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def piped(heads: Sequence[str], rules: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Write a pipe table of GitHub's Markdown. Its cells are escaped; `rules` align the columns, as `--:` does."""
    return [f"| {' | '.join(heads)} |", f"|{'|'.join(rules)}|", *(f"| {' | '.join(row)} |" for row in rows)]
