"""The keys of the blocks, modules and shortcuts that ship, as schemas: read off their files, never written twice.

A name that ships stands for what ships (a different file of that name beside a spec is refused), so that their keys are known.
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
    """Adds the keys that each kind of block has to networks, stages and single blocks that name it."""
    networks: list[Schema] = []
    own: list[Schema] = []
    settings, keys = _properties(known["block_settings"]), _properties(known["stage"])
    for block in blocks:
        name = f"settings_of_{block.name}"
        known[name] = _settings(block, settings, keys, _besides(inner(known["stage"], "properties")["blocks"], _unless_own(name)))
        known[f"network_of_{block.name}"] = _network(name, known)
        own.append(_where("kind", block.name, name))
        in_block: Schema = {"required": ["block"], "properties": {"block": {"type": "object", **_says("kind", block.name)}}}
        networks.append({"if": in_block, "then": reference(f"network_of_{block.name}")})
    network, single = known["network_document"], known["blocks"]
    known["network_document"] = {**network, "else": both(inner(network, "else"), *networks)}
    known["stage"] = both(known["stage"], *own)
    entries = {pattern: both(cast("Schema", entry), *own) for pattern, entry in inner(single, "patternProperties").items()}
    known["blocks"] = {**single, "patternProperties": entries}


def _properties(schema: Schema) -> tuple[str, ...]:
    return tuple(inner(schema, "properties"))


def _settings(block: Definition, settings: tuple[str, ...], keys: tuple[str, ...], single: Schema) -> Schema:
    """What `block` and a stage may say where the block is of this kind. That a key is a stage's is judged elsewhere."""
    where = f"block `{block.name}`"
    parameters = {each.name: _parameter(each, where, removable=True) for each in block.parameters}
    steps = {step: _step(step, where) for step in block.steps}
    return {
        "properties": {**dict.fromkeys(keys, True), "blocks": single, **parameters, **steps},
        "patternProperties": {rf"^({'|'.join((*settings, 'blocks', *block.steps))})\.": True},
        "additionalProperties": False,
    }


def _network(settings: str, known: dict[str, Schema]) -> Schema:
    """A network whose blocks are of one kind unless a stage or a block has another."""
    without: Schema = {"not": {"required": ["kind"]}}
    stage: Schema = {**without, "properties": {"blocks": {"additionalProperties": without}}}
    return {
        "properties": {"stages": _besides(known["key_stages"], _unless_own(settings))},
        "if": {"properties": {"stages": {"additionalProperties": stage}}},
        "then": {"properties": {"block": _besides(known["key_block"], {"allOf": [reference(settings)]})}},
    }


def _unless_own(settings: str) -> Schema:
    """Entries, stages or blocks, that have no kind of their own."""
    return {"additionalProperties": {"if": {"required": ["kind"]}, "else": reference(settings)}}


def _besides(key: object, more: Schema) -> Schema:
    """What is asked of a key besides what is said elsewhere, where its texts are proposed."""
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
    """The schema of a parameter's value, from what its definition says."""
    what, types, _ = _TYPES[str(parameter.declared["type"])]
    about = f"{parameter.about}; " if parameter.about else ""
    found: Schema = {
        "title": parameter.name,
        "description": f"{about}{what}, of {where}. See docs/language.md#parameters",
        "examples": examples_of(parameter),
        "type": [*types, "null"] if removable else types,
    }
    if "default" in parameter.declared:
        found["default"] = parameter.declared["default"]
    if (word := _WORDS.get(str(parameter.declared["type"]))) is not None:
        found["x-words"] = word
    return found


def examples_of(parameter: Parameter) -> list[object]:
    """Values that a parameter may have: its words, or one of its type."""
    words = parameter.declared.get("one_of")
    return cast("list[object]", words) if isinstance(words, list) else list(_TYPES[str(parameter.declared["type"])][2])


def with_modules(known: dict[str, Schema], modules: Iterable[Definition]) -> None:
    """Adds the parameters of each module to the steps that name it."""
    uses: list[Schema] = []
    for module in modules:
        where = f"module `{module.name}`"
        own = {each.name: _parameter(each, where, removable=False) for each in module.parameters}
        keys: Schema = dict.fromkeys(_properties(known["module_step"]), True)
        known[f"module_{module.name}"] = {"properties": {**keys, **own}, "additionalProperties": False}
        uses.append(_where("module", module.name, f"module_{module.name}"))
    known["module_step"] = both(known["module_step"], *uses)


def with_shortcuts(known: dict[str, Schema], shortcuts: Iterable[Definition]) -> None:
    """Adds the parameters of each policy to the shortcuts that name it."""
    uses: list[Schema] = []
    parts = inner(known["shortcut_map"], "then")
    for policy in shortcuts:
        own = {each.name: _parameter(each, f"shortcut `{policy.name}`", removable=False) for each in policy.parameters}
        known[f"shortcut_{policy.name}"] = {
            "properties": {**dict.fromkeys(_properties(parts), True), **own},
            "patternProperties": {rf"^({'|'.join(key for key in _properties(parts) if key != 'kind')})\.": True},
            "additionalProperties": False,
        }
        uses.append(_where("kind", policy.name, f"shortcut_{policy.name}"))
    known["shortcut_map"] = {**known["shortcut_map"], "then": both(parts, *uses)}


def _says(key: str, word: str) -> Schema:
    return {"required": [key], "properties": {key: {"const": word}}}


def _where(key: str, word: str, definition: str) -> Schema:
    return {"if": _says(key, word), "then": reference(definition)}
