"""How diagnostics are shown: text with carets for people, and the formats of other programs."""

__all__ = ["escape", "jsonout", "markdown", "report", "sarif", "tables", "tally", "text", "visible"]
