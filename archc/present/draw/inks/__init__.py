"""What a scene is written in: each ink turns one into the bytes of a file."""

__all__ = ["dot", "html", "mermaid", "pdf", "png", "svg", "tikz"]
