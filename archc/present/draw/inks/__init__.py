"""An ink turns a scene into the bytes of a file."""

__all__ = ["dot", "html", "mermaid", "pdf", "png", "svg", "tikz"]
