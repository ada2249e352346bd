"""Editors offer what ships with archc: names with their descriptions, and a definition's parameters."""

import re
from collections.abc import Iterator

from archc.language.document.nodes import Entry, Map, plain
from archc.language.library import Library
from archc.language.shipped import Kind, shipped_file, shipped_names
from archc.limits import Limits
from archc.record import Record

_COMMENT = re.compile(r"\s#\s*(.*)$")
_TITLE = re.compile(r"^title: *(.*)$", re.MULTILINE)


class Parameter(Record):
    """A parameter of a definition; `about` is the comment on its line, `declared` its map in the file."""

    name: str
    about: str
    declared: dict[str, object]


class Definition(Record):
    """A block, module, shortcut or layout that ships; `about` is the comment beside its name."""

    name: str
    about: str
    parameters: tuple[Parameter, ...] = ()
    steps: tuple[str, ...] = ()


def shipped_definitions(kind: Kind) -> tuple[Definition, ...]:
    """Return all definitions of a kind, by name, with what they inherit."""
    library = Library(Limits())
    return tuple(_definition(library, name, kind) for name in shipped_names(kind))


def _definition(library: Library, name: str, kind: Kind) -> Definition:
    path = shipped_file(name, kind)
    assert path is not None  # noqa: S101  it is one of the names that ship
    document = library.read(path, path.name, kind)
    name_entry = document.written.entry(kind)
    steps = document.root.get("steps")
    return Definition(
        name,
        _comment(name_entry) if name_entry is not None else "",
        tuple(_parameters(document.root)),
        tuple(str(entry.key) for entry in steps) if isinstance(steps, Map) else (),
    )


def _parameters(root: Map) -> Iterator[Parameter]:
    declared = root.get("parameters")
    for entry in declared if isinstance(declared, Map) else ():
        values = plain(entry.value)
        if isinstance(values, dict):
            yield Parameter(str(entry.key), _comment(entry), {str(key): value for key, value in values.items()})


def _comment(entry: Entry) -> str:
    """Return the comment at the end of an entry's line."""
    line = entry.span.source.text.split("\n")[entry.span.line - 1]
    match = _COMMENT.search(line)
    return match[1] if match else ""


def shipped_networks() -> Iterator[Definition]:
    """Yield the networks by name, with their titles. They are many, so their files are not parsed."""
    for name in shipped_names("network"):
        path = shipped_file(name, "network")
        match = _TITLE.search(path.read_text(encoding="utf-8")) if path is not None else None
        yield Definition(name, match[1].strip("\"'") if match else "")
