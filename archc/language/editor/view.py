"""The schema that `archc schema` prints: the language's own with what ships, and with texts for completion and hover."""

from functools import cache
from typing import Literal, TypeAlias

from archc.language.editor.changes import with_changes
from archc.language.editor.draft07 import as_draft07
from archc.language.editor.flat import flattened, hidden
from archc.language.editor.offers import Definition, shipped_definitions, shipped_networks
from archc.language.editor.ships import with_blocks, with_modules, with_shortcuts
from archc.language.editor.starters import starters
from archc.language.editor.texts import Vocabulary, dressed, listed
from archc.language.editor.tree import both, walked
from archc.language.schema.load import Kind, Schema, definitions, reachable, whole_schema
from archc.language.shipped import Kind as Shipped

Draft: TypeAlias = Literal["2020-12", "07"]
Asked: TypeAlias = Kind | Literal["any"]
_INSERTED = ("after", "before")


def editor_schema(kind: Asked, draft: Draft = "2020-12") -> Schema:
    """The schema of one kind of document, or of any, in a draft of JSON Schema. It accepts what `archc check` does not refuse."""
    known = _definitions()
    whole = whole_schema()
    root = {key: value for key, value in whole.items() if key != "$defs"} if kind == "any" else known[f"{kind}_document"]
    if kind in ("any", "network"):
        root = both(root, {"if": {"maxProperties": 0}, "then": {"defaultSnippets": starters(definitions=kind == "any")}})
    identity = str(whole["$id"]) + ("" if kind == "any" else f":{kind}")
    found = {"$schema": whole["$schema"], "$id": identity, **root, "$defs": reachable(root, known)}
    return as_draft07(found) if draft == "07" else found


@cache
def _definitions() -> dict[str, Schema]:
    """Every definition, with what ships and with its texts."""
    known = {name: _with_reason(schema) for name, schema in definitions().items()}
    _insertable(known)
    kinds: tuple[Shipped, ...] = ("block", "module", "shortcut", "layout")
    names: dict[Shipped, tuple[Definition, ...]] = {kind: shipped_definitions(kind) for kind in kinds}
    names["network"] = tuple(shipped_networks())
    vocabulary = Vocabulary(_words(known), names)
    with_changes(known, names["block"])
    with_blocks(known, names["block"])
    with_modules(known, names["module"])
    with_shortcuts(known, names["shortcut"])
    flat = {name: flattened(schema, known) for name, schema in known.items()}
    return {**{name: dressed(hidden(schema)) for name, schema in flat.items()}, **vocabulary.definitions()}


def _words(known: dict[str, Schema]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The words of each definition that a key names as its own."""
    asked = {str(schema["x-words"]) for root in known.values() for _, schema in walked(root) if "x-words" in schema}
    return {name: tuple(listed(known[name])) for name in sorted(asked)}


def _with_reason(schema: Schema) -> Schema:
    """What a pattern says in words is the message where it is not met."""
    return {**schema, "patternErrorMessage": schema["description"]} if "pattern" in schema else schema


def _insertable(known: dict[str, Schema]) -> None:
    """`after` and `before` are proposed in a step of `insert` alone, though every form of step lists them."""
    known["insert_step"] = {**known["insert_step"], "properties": {key: known[f"common_{key}"] for key in _INSERTED}}
    for key in _INSERTED:
        known[f"common_{key}"] = {**known[f"common_{key}"], "doNotSuggest": True}
