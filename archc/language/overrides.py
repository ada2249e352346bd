"""The command line changes a document by `--set`, and by `--features` as if it were set."""

from collections.abc import Sequence

from archc.arguments import texts
from archc.diagnostics import Diagnostic, Source, Span, SpecError
from archc.language.document.loader import parse_value
from archc.language.document.nodes import Entry, Node, Scalar
from archc.language.document.nodes import Sequence as Items
from archc.language.library import Document, Library
from archc.language.spec.resolve import apply_all
from archc.limits import Limits
from archc.record import replace

OVERRIDES = "a list of `path=value`, as ['classes=10']"


def overridden(library: Library, document: Document, overrides: Sequence[str]) -> Document:
    """Return the document after the command line's changes. Raises SpecError."""
    entries = tuple(_override(text, library.limits) for text in texts("overrides", overrides, OVERRIDES))
    library.options |= {span.source: entry for entry in entries for span in (entry.span, entry.value.span)}
    problems = list(document.problems)
    root = apply_all(document.root, entries, problems.append)
    root = library.valid(root, "resolved", "network", problems)
    name = root.get("name")
    new_name = str(name.value) if isinstance(name, Scalar) else document.name
    return replace(document, name=new_name, root=root, problems=tuple(problems))


def _override(text: str, limits: Limits) -> Entry:
    """Read `path=value` as an entry of `set`; the value is YAML."""
    path, equals, value = text.partition("=")
    source = Source("--set", text)
    node = parse_value(value, f"--set {path}", limits) if equals else Scalar(None, "", whole_span(source))
    if not equals or not path.strip():
        raise SpecError((Diagnostic("E0209", f"`--set {text}` is not path=value", whole_span(source), help="--set classes=10"),))
    return Entry(path.strip(), whole_span(source), node)


def whole_span(source: Source) -> Span:
    """Return the span of an option's whole text."""
    return Span(source, 1, 1, 1, len(source.text) + 1)


def features_entry(names: tuple[str, ...]) -> Entry:
    """Return `--features a,b` as an entry of `set`, with each name at its place."""
    source = Source("--features", ",".join(names))
    items: list[Node] = []
    column = 1
    for name in names:
        items.append(Scalar(name, name, Span(source, 1, column, 1, column + len(name))))
        column += len(name) + 1
    return Entry("features", whole_span(source), Items(tuple(items), whole_span(source)))
