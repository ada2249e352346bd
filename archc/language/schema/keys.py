"""Unknown and missing keys of one map are reported together: an unknown `repaet` and a missing `repeat` are one mistake."""

import re
from collections.abc import Iterator
from typing import cast

from archc.diagnostics import Diagnostic
from archc.language.document.edits import text_of
from archc.language.document.mends import of_key, to_set, with_version
from archc.language.document.nodes import Entry, Map, Scalar
from archc.language.schema.load import Kind, Schema, definitions, inner, language
from archc.language.schema.places import Path, Place, entry_of, shown
from archc.language.schema.violations import Violation
from archc.language.schema.wording import items, plural
from archc.record import Record, field
from archc.suggest import meaning, meant

KEYWORDS = ("additionalProperties", "required", "dependentRequired")
_FORMS = ("op", "module", "repeat", "steps")
_HOMES = ("block_settings", "stage", "input", "expect", "preprocess", "source")
_FEW = 12
_SHORT = 30
"""The longest value, in characters, that a proposal repeats."""


class Keys(Record, frozen=False, eq=False):
    """A map with unknown or missing keys."""

    path: Path
    place: Place
    kind: Kind
    title: str = ""
    known: list[str] = field(factory=list[str])
    """The keys that its schemas allow."""
    unknown: list[str] = field(factory=list[str])
    missing: list[str] = field(factory=list[str])
    unplaced: bool = False
    """Whether it is an inserted step that lacks `after` and `before`."""

    def add(self, violation: Violation) -> None:
        """Add a violation of required, dependentRequired or additionalProperties at this map."""
        schema = violation.schema
        values = cast("dict[str, object]", violation.value)
        allowed = inner(schema, "properties")
        self.title = self.title or str(schema.get("title", ""))
        self.known += [key for key in allowed if key not in self.known]
        match violation.keyword:
            case "required":
                needed = items(violation.wanted)
                self.unplaced = self.unplaced or needed == ["before"]
            case "dependentRequired":
                needed = [
                    other for key, more in inner(schema, "dependentRequired").items() if key in values for other in items(more)
                ]
            case _:
                needed = []
                patterns = list(inner(schema, "patternProperties"))
                beyond = [key for key in values if key not in allowed and not any(re.search(p, key) for p in patterns)]
                self.unknown += [key for key in beyond if key not in self.unknown]
        self.missing += [key for key in needed if key not in values and key not in self.missing]

    @property
    def what(self) -> str:
        return f"`{shown(self.path)}`" if self.path else f"this {self.kind}".replace("resolved", "network")


def key_problems(keys: Keys) -> Iterator[Diagnostic]:
    """Yield E0201, E0202, E0208, or E0331 for a step that does not state what it is."""
    node = keys.place.node
    assert isinstance(node, Map)  # noqa: S101  only maps have keys
    missing = [key for key in keys.missing if not (key == "before" and keys.unplaced)]
    is_unit = {"kernel", "out"} <= set(keys.known) and not keys.title
    known = [*keys.known, *(_FORMS if is_unit else ())]
    where = _where(keys)
    unknown = keys.unknown or [
        str(e.key) for e in node if e.key not in known and not str(e.key).startswith("x-") and meant(str(e.key), missing, where)
    ]
    # A step that does not state what it is has no other key at fault.
    says_nothing = is_unit and missing == ["kernel", "out"]
    for key in unknown:
        if not isinstance(entry_of(node, key).key, str) and keys.path[-1:] != ("blocks",):
            continue  # a number, which is reported already
        head, _, rest = key.partition(".")
        if rest and head not in known and (head_meant := meant(head, keys.known, where)):
            yield _unknown(keys, key, f"{head_meant}.{rest}", known)
            continue
        unused = [other for other in known if other not in node]
        guess = meant(key, missing, where) or meant(key, unused, where)
        if guess is None and keys.kind == "resolved" and not meaning(key, where):
            guess = meant(key, known, where)  # it may change a key of the parent
        if guess in missing:
            missing.remove(guess)
        elif is_unit and (guess in _FORMS or meant(key, _FORMS, "keys")):
            missing = []
        if guess is not None or meaning(key, where) or not says_nothing:
            yield _unknown(keys, key, guess, known)
    if missing == ["kernel", "out"]:
        label = "neither `op`, `module`, `repeat` nor a convolution's `kernel` and `out`"
        yield Diagnostic("E0331", f"{keys.what} is no step", keys.place.key_span, label)
    else:
        yield from _missing(keys, node, missing)
    if keys.unplaced:
        help_text = "`after:` or `before:` a node of the branch, or `before: add`"
        yield Diagnostic("E0202", f"{keys.what} does not say where it stands", keys.place.key_span, help=help_text)


def _missing(keys: Keys, node: Map, missing: list[str]) -> Iterator[Diagnostic]:
    """Yield one E0202 for all missing keys; a missing version has a fix."""
    if "extends" in missing:  # a parent has the keys that a network needs
        missing = [key for key in missing if key in ("archc", "name", "extends")]
    if missing:
        listed = " and ".join(filter(None, (plural(missing[:-1]), f"`{missing[-1]}`")))
        fix = with_version(node, 1) if "archc" in missing and not keys.path else ()
        message, help_text = f"{keys.what} does not say its {listed}", "; ".join(_hints(keys, missing))
        yield Diagnostic("E0202", message, keys.place.key_span, help=help_text, fix=fix)


def _where(keys: Keys) -> str:
    """Return whose keys they are, as the table of other programs' words names them."""
    match keys.path:
        case ():
            return "keys network" if keys.kind in ("network", "resolved") else "keys definition"
        case ("stages", _):
            return "keys stage"
        case ("parameters", _):
            return "keys parameter"
        case (*_, ("norm" | "act" | "conv" | "input" | "expect" | "preprocess" | "source" | "shortcut" | "order") as name):
            return f"keys {name}"
        case _:
            return "keys step"


def _hints(keys: Keys, missing: list[str]) -> Iterator[str]:
    ends = [f"`{key}: {{}}`" for key in ("stem", "head") if key in missing and not keys.path]
    if "archc" in missing:
        yield "begin with `archc: 1`"
    if ends:
        yield f"write {' and '.join(ends)} where there is none"
    if "extends" in missing:
        yield "`set` changes what `extends` names"
    if keys.path[-1:] == ("shortcut",):
        yield "a policy is named by its kind: `{kind: B}`"


def _unknown(keys: Keys, key: str, guess: str | None, known: list[str]) -> Diagnostic:
    node = keys.place.node
    assert isinstance(node, Map)  # noqa: S101  only maps have keys
    entry = entry_of(node, key)
    head = key.partition(".")[0]
    if (
        not keys.path
        and "extends" in node
        and head != "set"
        and keys.kind != "resolved"
        and (f"key_{head}" in definitions() or head in _definition_keys(keys.kind))
    ):
        message = f"`{key}` stands beside `extends`"
        help_text, fix = f"move it: `set: {{{key}: {_value_text(entry)}}}`", to_set(node, key)
        return Diagnostic("E0208", message, entry.span, "only changes do, under `set`", help=help_text, fix=fix)
    label = f"not a key of `{keys.title}`" if keys.path and keys.title else "not a key here"
    message = f"unknown key `{key}` in {keys.what}"
    taken = () if keys.kind == "resolved" else [str(other.key) for other in node]
    fix = of_key(entry.span, head if guess and "." in guess else key, known, taken, language())
    return Diagnostic("E0201", message, entry.span, label, help=_advice(keys, key, guess), fix=fix)


def _advice(keys: Keys, key: str, guess: str | None) -> str:
    head, dot, rest = key.partition(".")
    if dot and head in keys.known:
        return f"there is no map `{head}` to change: write `{head}: {{{rest}: …}}`"
    if guess:
        return f"did you mean `{guess}`?"
    if foreign := meaning(key, _where(keys)):
        return foreign
    network = [name.removeprefix("key_") for name in definitions() if name.startswith("key_")]
    node = keys.place.node
    if (
        isinstance(node, Map)
        and "extends" in node
        and keys.kind == "network"
        and not keys.path
        and (name := meant(head, network, _where(keys)))
    ):
        return f"write `set: {{{name}{dot}{rest}: {_value_text(entry_of(node, key))}}}`"
    if keys.path[-1:] == ("blocks",):
        return "blocks are called by their index, from 0"
    home = _home(key) if not keys.path else "the top level" if f"key_{key}" in definitions() else ""
    if home:
        return f"it belongs in {home}"
    known = [other for other in keys.known if other not in ("after", "before")]
    return f"the keys are {plural(known)}" if len(known) <= _FEW else ""


def _value_text(entry: Entry) -> str:
    """Return a value as it is written if it is a word or a number, else `…`."""
    text = text_of(entry.value.span) if isinstance(entry.value, Scalar) and entry.value.value is not None else ""
    return text if 0 < len(text) <= _SHORT and "\n" not in text else "…"


def _home(key: str) -> str:
    """Return the map of a network that has a key which was written at the top level, "" where none has."""
    for name in _HOMES:
        if key in inner(definitions()[name], "properties"):
            return "`block`" if name == "block_settings" else "a stage" if name == "stage" else f"`{name}`"
    return ""


def _definition_keys(kind: Kind) -> Schema:
    """Return the keys of a definition's document, including those that it inherits."""
    return inner(inner(definitions()[f"{kind}_document"], "else"), "properties")
