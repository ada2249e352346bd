"""The check of a document against the schema of its kind: every problem at once, each with its place."""

from archc.diagnostics import Diagnostic, Edit
from archc.document.nodes import Map, Node, Scalar
from archc.schema.fast import is_valid
from archc.schema.load import Kind, load_schema
from archc.schema.places import as_document

__all__ = ["Kind", "load_schema", "validate"]

VERSION = 1


def validate(root: Map, kind: Kind) -> list[Diagnostic]:
    """The problems of a document: E0201 to E0210, and E0331 for a step that is none. An unknown version is the only one.

    `network` is a document as written, `resolved` one after `extends` and `set`. Only where there are
    problems is jsonschema loaded.
    """
    version = root.get("archc")
    if version is not None and not _is_known(version):
        shown = f"`{version.text}`" if isinstance(version, Scalar) else "a map or a list"
        advice = f"write `archc: {VERSION}`"
        message = f"the version of the language cannot be {shown}"
        known = f"this archc knows version {VERSION} only"
        return [Diagnostic("E0206", message, version.span, known, help=advice, fix=_meant(version))]
    problems: list[Diagnostic] = []
    document = as_document(root, problems)
    schema = load_schema(kind)
    if is_valid(document, schema):
        return problems
    from archc.schema.problems import problems_of

    return problems + problems_of(root, document, schema, kind)


def _meant(version: Node) -> tuple[Edit, ...]:
    """`"1"` and `1.0` are the version that is known, written as a text or another number."""
    meant = isinstance(version, Scalar) and str(version.value) in (f"{VERSION}", f"{VERSION}.0")
    return (Edit(version.span, f"{VERSION}"),) if meant else ()


def _is_known(version: Node) -> bool:
    return isinstance(version, Scalar) and version.value == VERSION and type(version.value) is int
