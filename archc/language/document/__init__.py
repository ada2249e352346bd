"""YAML text: read into a tree in which every key and value has its place, and edited where a fix is made."""

__all__ = ["edits", "lines", "loader", "mends", "nodes", "source"]
