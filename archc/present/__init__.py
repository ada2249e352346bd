"""For the eyes of people: tables, figures, pages of the diagnostic codes."""

__all__ = ["costs", "draw", "explain", "table", "yamlout"]
