"""How diagnostics are shown: text with carets for people, and the formats of other programs."""

__all__ = ["columns", "escape", "jsonout", "markdown", "report", "sarif", "tally", "text", "visible"]
