"""From text to a resolved document: reading, the schema, expressions, `extends` and `set`, definitions, layouts, defaults."""
