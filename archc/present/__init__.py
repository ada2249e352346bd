"""For the eyes of people: tables, figures, pages of the diagnostic codes."""

__all__ = ["draw", "explain", "table", "yamlout"]
