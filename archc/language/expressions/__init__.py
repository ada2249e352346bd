"""Arithmetic over names, the only syntax inside a string of a spec: parsed by our own grammar, never `eval`."""

__all__ = ["evaluate", "parse", "tree"]
