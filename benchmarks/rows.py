"""Measurements as rows of a Markdown table, which is what every benchmark prints."""

HEAD = "| what | archc | peer | archc against the peer |\n|---|---|---|---|"
WIDTHS = (66, 44, 60, 0)


def head(title: str) -> None:
    """How it was measured, and the head of the table."""
    print(f"{title}\n\n{HEAD}", flush=True)


def row(what: str, archc: str, peer: str = "", ratio: str = "") -> None:
    """One measurement: what archc takes, what the peer takes, and how they compare."""
    cells = [f"{cell:{width}}" for cell, width in zip((what, archc, peer, ratio), WIDTHS, strict=True)]
    print(f"| {' | '.join(cells)} |", flush=True)
