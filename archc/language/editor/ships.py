"""The keys of the blocks, modules and shortcuts that ship become schemas, read from their files, so that they are written once.

A name that ships always stands for what ships, since a different file of that name beside a spec is refused.
"""

from collections.abc import Iterable
from typing import cast

from archc.language.editor.offers import Definition, Parameter
from archc.language.editor.tree import both, reference
from archc.language.schema.load import Schema, inner

_TYPES: dict[str, tuple[str, list[str], list[object]]] = {
    "channels": ("a number of channels", ["integer", "string"], [64]),
    "integer": ("a whole number", ["integer", "string"], [2]),
    "number": ("a number", ["number", "string"], [0.5]),
    "boolean": ("true or false", ["boolean", "string"], [True]),
    "act": ("an activation", ["string", "object"], ["silu"]),
    "norm": ("a norm", ["string", "object"], ["none"]),
    "word": ("a word", ["string"], []),
}
_WORDS = {"act": "network_act", "norm": "network_norm"}


def with_blocks(known: dict[str, Schema], blocks: Iterable[Definition]) -> None:
    """Add the keys of each kind of block to networks, stages and single blocks that name it."""
    networks: list[Schema] = []
    stages: list[Schema] = []
    settings, keys = _properties(known["block_settings"]), _properties(known["stage"])
    for block in blocks:
        name = f"settings_of_{block.name}"
        known[name] = _settings(block, settings, keys, _besides(inner(known["stage"], "properties")["blocks"], _unless_own(name)))
        known[f"network_of_{block.name}"] = _network(name, known)
        stages.append(_where("kind", block.name, name))
        in_block: Schema = {"required": ["block"], "properties": {"block": {"type": "object", **_says("kind", block.name)}}}
        networks.append({"if": in_block, "then": reference(f"network_of_{block.name}")})
    network, single = known["network_document"], known["blocks"]
    known["network_document"] = {**network, "else": both(inner(network, "else"), *networks)}
    known["stage"] = both(known["stage"], *stages)
    entries = {pattern: both(cast("Schema", entry), *stages) for pattern, entry in inner(single, "patternProperties").items()}
    known["blocks"] = {**single, "patternProperties": entries}


def _properties(schema: Schema) -> tuple[str, ...]:
    return tuple(inner(schema, "properties"))


def _settings(block: Definition, settings: tuple[str, ...], keys: tuple[str, ...], single: Schema) -> Schema:
    """Return the keys of `block` and a stage where the block is of this kind; which keys are a stage's is checked elsewhere."""
    where = f"block `{block.name}`"
    parameters = {parameter.name: _parameter(parameter, where, removable=True) for parameter in block.parameters}
    steps = {step: _step(step, where) for step in block.steps}
    return {
        "properties": {**dict.fromkeys(keys, True), "blocks": single, **parameters, **steps},
        "patternProperties": {rf"^({'|'.join((*settings, 'blocks', *block.steps))})\.": True},
        "additionalProperties": False,
    }


def _network(settings: str, known: dict[str, Schema]) -> Schema:
    """Return the schema of a network whose blocks are of one kind, unless a stage or a block has another."""
    without: Schema = {"not": {"required": ["kind"]}}
    stage: Schema = {**without, "properties": {"blocks": {"additionalProperties": without}}}
    return {
        "properties": {"stages": _besides(known["key_stages"], _unless_own(settings))},
        "if": {"properties": {"stages": {"additionalProperties": stage}}},
        "then": {"properties": {"block": _besides(known["key_block"], {"allOf": [reference(settings)]})}},
    }


def _unless_own(settings: str) -> Schema:
    """Return a schema that holds entries, stages or blocks, without a kind of their own to these settings."""
    return {"additionalProperties": {"if": {"required": ["kind"]}, "else": reference(settings)}}


def _besides(key: object, more: Schema) -> Schema:
    """Return a schema that asks more of a key than the one whose texts are proposed."""
    texts = {name: value for name, value in cast("Schema", key).items() if name in ("title", "description", "examples")}
    return {**texts, "doNotSuggest": True, **more}


def _step(name: str, where: str) -> Schema:
    return {
        "title": name,
        "description": f"A step of {where}, written anew; null removes it. See docs/language.md#block",
        "examples": [{"kernel": 3, "out": "out"}],
        "type": ["object", "null"],
        "if": {"type": "object"},
        "then": reference("step"),
    }


def _parameter(parameter: Parameter, where: str, *, removable: bool) -> Schema:
    """Return the schema of a parameter's value, from its declaration."""
    type_words, types, _ = _TYPES[str(parameter.declared["type"])]
    about = f"{parameter.about}; " if parameter.about else ""
    schema: Schema = {
        "title": parameter.name,
        "description": f"{about}{type_words}, of {where}. See docs/language.md#parameters",
        "examples": examples_of(parameter),
        "type": [*types, "null"] if removable else types,
    }
    if "default" in parameter.declared:
        schema["default"] = parameter.declared["default"]
    if (word := _WORDS.get(str(parameter.declared["type"]))) is not None:
        schema["x-words"] = word
    return schema


def examples_of(parameter: Parameter) -> list[object]:
    """Return values that a parameter may have: its words, or one of its type."""
    words = parameter.declared.get("one_of")
    return cast("list[object]", words) if isinstance(words, list) else list(_TYPES[str(parameter.declared["type"])][2])


def with_modules(known: dict[str, Schema], modules: Iterable[Definition]) -> None:
    """Add the parameters of each module to the steps that name it."""
    uses: list[Schema] = []
    for module in modules:
        where = f"module `{module.name}`"
        parameters = {parameter.name: _parameter(parameter, where, removable=False) for parameter in module.parameters}
        keys: Schema = dict.fromkeys(_properties(known["module_step"]), True)
        known[f"module_{module.name}"] = {"properties": {**keys, **parameters}, "additionalProperties": False}
        uses.append(_where("module", module.name, f"module_{module.name}"))
    known["module_step"] = both(known["module_step"], *uses)


def with_shortcuts(known: dict[str, Schema], shortcuts: Iterable[Definition]) -> None:
    """Add the parameters of each policy to the shortcuts that name it."""
    uses: list[Schema] = []
    parts = inner(known["shortcut_map"], "then")
    for policy in shortcuts:
        where = f"shortcut `{policy.name}`"
        parameters = {each.name: _parameter(each, where, removable=False) for each in policy.parameters}
        known[f"shortcut_{policy.name}"] = {
            "properties": {**dict.fromkeys(_properties(parts), True), **parameters},
            "patternProperties": {rf"^({'|'.join(key for key in _properties(parts) if key != 'kind')})\.": True},
            "additionalProperties": False,
        }
        uses.append(_where("kind", policy.name, f"shortcut_{policy.name}"))
    known["shortcut_map"] = {**known["shortcut_map"], "then": both(parts, *uses)}


def _says(key: str, word: str) -> Schema:
    return {"required": [key], "properties": {key: {"const": word}}}


def _where(key: str, word: str, definition: str) -> Schema:
    return {"if": _says(key, word), "then": reference(definition)}
