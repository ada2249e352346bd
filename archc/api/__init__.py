"""What `import archc` offers: networks, and what is read off them, as values that print, save and show themselves.

`network.py` has the networks, `values.py` what tables, figures, costs, differences, verdicts and reports have in common; each of
those is a module. `archc/__init__.py` loads a module when one of its names is first asked for.
"""

__all__ = ["cost", "difference", "figure", "network", "report", "table", "verdict", "weights"]
