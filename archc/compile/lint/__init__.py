"""What is allowed and looks like a mistake: one function a lint, over the graph, with the document for the places.

Adding a lint is a function, its line in the table, its name under `allow` in the schema, and a page `docs/errors/W….md`.
"""

from archc.compile.lint.table import LINTS, Lint, warnings

__all__ = ["LINTS", "Lint", "warnings"]
