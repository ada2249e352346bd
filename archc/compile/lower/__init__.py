"""Lowering: each step of a document becomes nodes of the graph."""

__all__ = ["context", "modules", "network", "paths", "tracing", "unused", "written"]
