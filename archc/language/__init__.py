"""From text to a resolved document: reading, the schema, expressions, `extends` and `set`, definitions, layouts, defaults."""

__all__ = ["document", "editor", "expressions", "layouts", "library", "overrides", "schema", "shipped", "spec", "versions"]
