"""Where things stand: each layout turns what was read off a graph into a scene."""

__all__ = ["bands", "cards", "closeup", "columns", "external", "lanes", "rails", "stages", "strips", "table"]
