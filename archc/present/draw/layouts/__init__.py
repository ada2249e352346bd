"""A layout turns what was read off a graph into a scene, in which everything has its place."""

__all__ = ["bands", "cards", "closeup", "columns", "external", "lanes", "rails", "stages", "strips", "table"]
