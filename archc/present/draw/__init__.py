"""Figures of networks: a graph is read, laid out as a scene, and the scene written in one of several inks.

A graph is read into units and wires (`cells.py`, `read.py`: whatever has no box of its own is words on a wire), laid out
(`layouts`: rows of layers, cards in panels, a block's lanes; `bands.py` aligns several networks by output size) as a `Scene`
of boxes, curves and texts at their places (`scene.py`), and that is written in an ink (`inks`). A layout knows no ink and an
ink no network. Text is measured by the bundled font (`metrics.py`, `fonts`), colours are by role (`themes.py`). A definition
that no network uses is drawn in one made around it (`bare.py`).
"""

__all__ = ["bare", "compose", "errors", "figures", "files", "inks", "lengths", "pages", "scene", "themes"]
