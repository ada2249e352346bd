"""A document is validated against the schema of its kind, which gives every problem at once, each with its place."""

from archc.diagnostics import Diagnostic
from archc.language.document.nodes import Map
from archc.language.schema.fast import is_valid
from archc.language.schema.load import Kind, definitions, load_schema
from archc.language.schema.places import as_document
from archc.language.versions import version_problem

__all__ = ["Kind", "load_schema", "validate"]


def validate(root: Map, kind: Kind) -> list[Diagnostic]:
    """Return the problems of a document: E0201 to E0210, and E0331 for a step that is none. An unknown version hides all others.

    `network` is a document as written, `resolved` one after `extends` and `set`. jsonschema is loaded only for problems.
    """
    if unknown := version_problem(root):
        return [unknown]
    problems: list[Diagnostic] = []
    document = as_document(root, problems)
    known = definitions()
    if is_valid(document, known[f"{kind}_document"], known):
        return problems
    from archc.language.schema.problems import problems_of

    return problems + problems_of(root, document, load_schema(kind), kind)
