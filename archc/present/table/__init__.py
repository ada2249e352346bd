"""Tables of networks, in six formats: side by side as in a paper, or a row for each network, stage, block, layer or operation.

A graph is outlined as papers do (`outline.py`) and laid out as a `Grid` of cells that span, and brackets (`architecture.py`;
`listing.py` for a row a part, `figures.py` for the columns); each format is written from the grid.
"""

__all__ = [
    "architecture",
    "csvout",
    "figures",
    "grid",
    "html",
    "jsonout",
    "latex",
    "levels",
    "listing",
    "markdown",
    "network",
    "terminal",
]
