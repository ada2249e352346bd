"""What a document says: `extends` and `set` resolved, paths of values, defaults, and what was probably meant."""

__all__ = ["defaults", "lost", "mend", "paths", "reported", "resolve"]
