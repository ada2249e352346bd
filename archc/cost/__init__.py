"""The costs of a graph: operations are counted, memory is sized, and counts follow the conventions of other programs.

`measures.py` counts by node and scope, with `receptive.py` and `memory.py` (the best schedule, what training saves);
`conventions.py` names whose count a number is. Others read it: `parts.py` gives rows, `report.py` all of `archc cost`.
"""

__all__ = [
    "batched",
    "conventions",
    "count",
    "explain",
    "features",
    "measures",
    "memory",
    "parts",
    "receptive",
    "report",
    "resize",
    "saved",
    "schedule",
]
