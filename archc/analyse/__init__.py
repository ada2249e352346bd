"""What is read off checked graphs and holds them against something: lints over files, differences, other programs."""

__all__ = ["checking", "diff", "targets", "verify"]
