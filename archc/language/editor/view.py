"""`archc schema` prints the language's schema with what ships, and with texts for completion and hover.

Its twin in draft 07 accepts the same documents, for programs that do not know draft 2020-12.
"""

from functools import cache
from typing import Literal, TypeAlias

from archc.language.editor.changes import with_changes
from archc.language.editor.flat import flattened, hidden
from archc.language.editor.offers import Definition, shipped_definitions, shipped_networks
from archc.language.editor.ships import with_blocks, with_modules, with_shortcuts
from archc.language.editor.texts import Vocabulary, dressed, listed, snippet
from archc.language.editor.tree import REF, both, mapped, referred, walked
from archc.language.schema.load import Kind, Schema, definitions, reachable, whole_schema
from archc.language.shipped import Kind as Shipped

_KEYWORDS = {"$defs": "definitions", "dependentRequired": "dependencies"}


def as_draft07(schema: Schema) -> Schema:
    """Return a schema in which nothing stands beside a `$ref`, with draft 07's names of keywords."""
    twin = _renamed(schema)
    return {**twin, "$schema": "http://json-schema.org/draft-07/schema#", "$id": f"{schema['$id']}:draft-07"}


def _renamed(schema: Schema) -> Schema:
    renamed = {_KEYWORDS.get(key, key): value for key, value in mapped(schema, _renamed).items()}
    if name := referred(schema):
        renamed["$ref"] = f"{REF.replace('$defs', 'definitions')}{name}"
    return renamed


_NETWORK: Schema = {
    "archc": 1,
    "name": "${1:my_net}",
    "input": {"channels": 3, "height": "${2:32}", "width": "${2:32}"},
    "classes": "${3:10}",
    "stem": {"conv": {"kernel": 3, "out": "${4:16}"}},
    "block": {"kind": "${5:basic}", "order": "${6:post}", "shortcut": "${7:B}"},
    "stages": {
        "layer1": {"out": "${4:16}", "repeat": "${8:3}"},
        "layer2": {"out": "${9:32}", "repeat": "${8:3}", "stride": 2},
    },
    "head": {"pool": {"op": "global_pool"}, "flat": {"op": "flatten"}, "fc": {"op": "linear", "out": "classes"}},
}
_VARIANT: Schema = {
    "archc": 1,
    "name": "${1:my_net}",
    "extends": "${2:resnet50}",
    "set": {"${3:block.shortcut}": "${4:D}"},
}
_BLOCK: Schema = {
    "archc": 1,
    "block": "${1:my_block}",
    "stride_at": "conv1",
    "parameters": {"mid": {"type": "channels", "default": "out"}},
    "steps": {"conv1": {"kernel": 3, "out": "mid"}, "conv2": {"kernel": 3, "out": "out"}},
}
_MODULE: Schema = {
    "archc": 1,
    "module": "${1:my_module}",
    "parameters": {"width": {"type": "channels"}},
    "steps": {"conv": {"kernel": 1, "out": "width"}},
}
_SHORTCUT: Schema = {
    "archc": 1,
    "shortcut": "${1:my_shortcut}",
    "same": "identity",
    "change": {"module": "projection", "out": "out", "stride": "stride"},
}
_LAYOUT: Schema = {
    "archc": 1,
    "layout": "${1:my_zoo/resnet}",
    "stages": "layer{n}",
    "blocks": '^"{i}"',
    "stem": {"conv": "conv1", "norm": "bn1"},
}


def starters(*, definitions: bool) -> list[Schema]:
    """Return documents to begin with, proposed in an empty file: a network, a variant of one, and a definition of each kind."""
    networks = [
        snippet("a network", "a small residual network, whole", _NETWORK),
        snippet("a variant of a network", "another network's name, and the lines that differ", _VARIANT),
    ]
    others = [
        snippet("a block", "the residual branch of a block, as steps", _BLOCK),
        snippet("a module", "steps with named values", _MODULE),
        snippet("a shortcut", "what stands beside a block's branch", _SHORTCUT),
        snippet("a layout", "the parameter names of a zoo", _LAYOUT),
    ]
    return [*networks, *others] if definitions else networks


Draft: TypeAlias = Literal["2020-12", "07"]
Asked: TypeAlias = Kind | Literal["any"]
_INSERTED = ("after", "before")


def editor_schema(kind: Asked, draft: Draft = "2020-12") -> Schema:
    """Return the schema of one kind of document, or of any, in a draft of JSON Schema; it refuses less than `archc check`."""
    known = _definitions()
    whole = whole_schema()
    root = {key: value for key, value in whole.items() if key != "$defs"} if kind == "any" else known[f"{kind}_document"]
    if kind in ("any", "network"):
        root = both(root, {"if": {"maxProperties": 0}, "then": {"defaultSnippets": starters(definitions=kind == "any")}})
    identity = str(whole["$id"]) + ("" if kind == "any" else f":{kind}")
    schema = {"$schema": whole["$schema"], "$id": identity, **root, "$defs": reachable(root, known)}
    return as_draft07(schema) if draft == "07" else schema


@cache
def _definitions() -> dict[str, Schema]:
    """Return every definition, with what ships and with its texts."""
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
    """Return the words of each definition that a key names by `x-words`."""
    listed_names = {str(schema["x-words"]) for root in known.values() for _, schema in walked(root) if "x-words" in schema}
    return {name: tuple(listed(known[name])) for name in sorted(listed_names)}


def _with_reason(schema: Schema) -> Schema:
    """Make the description of a pattern the message where it is not met."""
    return {**schema, "patternErrorMessage": schema["description"]} if "pattern" in schema else schema


def _insertable(known: dict[str, Schema]) -> None:
    """Propose `after` and `before` in a step of `insert` alone, though every form of step lists them."""
    known["insert_step"] = {**known["insert_step"], "properties": {key: known[f"common_{key}"] for key in _INSERTED}}
    for key in _INSERTED:
        known[f"common_{key}"] = {**known[f"common_{key}"], "doNotSuggest": True}
