"""From a document to a checked graph: lowering, what is checked of the graph, lints, and where its problems are told.

Where classes or input channels are more than the width of one layer, `factory.py` lowers the document once more with numbers
that know their formula (`archc/traced.py`), which the emitted factory carries; what no formula can say is an argument it does
not have.

Every diagnostic of a document passes `attribution.py` before it is told: a value keeps the place it was written at, so a
problem may be found at a line of a parent that is right by itself. Checked again without single changes and options, it is
told at the one that brings it about. What a backend finds takes the same way: it is then emitted again too (`Emission`).

`archc resolve` lowers the document too: the context keeps each default that a value was read with, by the value's identity
(`Taken`), and `complete.py` writes them where they were left out. So there is no second list of defaults.
"""

__all__ = ["attribution", "compiling", "lint", "pipeline", "renewing"]
