"""Layouts: the tables that turn canonical names into those of a zoo's model files."""

__all__ = ["lookup", "naming", "table"]
