"""The JSON Schema of the language and the validation of documents against it."""

__all__ = ["load", "validate"]
