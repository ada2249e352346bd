"""What a graph costs: counted, sized in memory, and told in the conventions of the tools that count.

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
