"""Weights: files of tensors read and written, and moved from one zoo's names to another's."""
