"""Weights: files of tensors read and written, and moved from one zoo's names to another's."""

__all__ = ["content", "errors", "files", "match", "origin", "plan", "report", "safetensors", "save", "slots"]
