"""Each violation of a schema becomes a problem in our own words, at its place."""

from collections.abc import Iterator

from archc.diagnostics import Diagnostic
from archc.language.document.mends import of_word
from archc.language.document.nodes import Map
from archc.language.schema.keys import KEYWORDS, Keys, key_problems
from archc.language.schema.load import Kind, Schema, schemas
from archc.language.schema.places import Path, Place, entry_of, place_of, shown
from archc.language.schema.violations import Violation, violations
from archc.language.schema.wording import as_name, items, kind_word, plural, rewritten, short, value_text, wanted
from archc.suggest import advice, meaning

_FEW = 16
"""How many words are listed under the caret at most."""
_SEVERAL = 24
"""How many words are listed at most behind the meaning of another program's word."""


def problems_of(root: Map, document: object, schema: Schema, kind: Kind) -> list[Diagnostic]:
    """Report each violation once, those about keys of one map together; a value of the wrong type is not checked further."""
    violated = violations(document, schema)
    mistyped = {violation.path for violation in violated if violation.keyword == "type"}
    # The value of a path that is written as a name is no value of what has that name.
    paths = {
        (*violation.path, str(violation.value)) for violation in violated if violation.of_key and "." in str(violation.value)
    }
    problems: list[Diagnostic] = []
    keys: dict[Path, Keys] = {}
    for violation in violated:
        path = violation.path
        if any(path[:end] in paths for end in range(1, len(path) + 1)) and not violation.of_key:
            continue
        if violation.keyword in KEYWORDS:
            keys.setdefault(path, Keys(path, place_of(root, path), kind)).add(violation)
        elif violation.keyword == "type" or path not in mistyped:
            problems += _problem(violation, place_of(root, path))
    for group in keys.values():
        problems += key_problems(group)
    first: dict[object, Diagnostic] = {}
    for problem in problems:
        first.setdefault((problem.code, problem.message, problem.span), problem)
    return list(first.values())


def _problem(violation: Violation, place: Place) -> Iterator[Diagnostic]:
    subject = f"`{shown(violation.path)}`"
    value, schema, limit = violation.value, violation.schema, violation.wanted
    span = place.node.span
    match violation.keyword:
        case "type":
            has_own_words = "description" in schema and "title" not in schema and "pattern" not in schema
            words = schema["description"] if has_own_words else wanted(items(limit))
            help_text = meaning(f"{_whose(violation.path)} {kind_word(value)}", "type") or rewritten(items(limit), value)
            yield Diagnostic("E0203", f"{subject} must be {words}, not {value_text(value)}", span, help=help_text)
        case "oneOf" | "enum" | "const":
            yield _not_allowed(subject, value, violation, place)
        case "minimum":
            yield Diagnostic("E0205", f"{subject} must be at least {limit}, not {value}", span)
        case "exclusiveMinimum":
            yield Diagnostic("E0205", f"{subject} must be above {limit}, not {value}", span)
        case "minItems" | "maxItems" if limit == 2:
            label = "[3, 1]: three rows, one column"
            yield Diagnostic("E0205", f"{subject} must be one number, or one for the rows and one for the columns", span, label)
        case "minItems" | "minProperties":
            yield Diagnostic("E0205", f"{subject} is empty", span, "at least one is wanted")
        case "pattern":
            yield from _bad_name(str(value), str(schema["description"]), _named(violation, place))
        case "not" if "pattern" in schema:
            rule = "a word of expressions or of Python, which means something else"
            yield from _bad_name(str(value), rule, _named(violation, place))
        case "not" if violation.of_key:
            yield from _bad_name(str(value), str(schema["description"]), _named(violation, place))
        case "not" if "description" in schema:
            yield Diagnostic("E0201", f"{subject} has no meaning here", place.key_span, str(schema["description"]))
        case _:
            words = wanted(["boolean", "string"])
            yield Diagnostic("E0203", f"{subject} must be {words}, not {value_text(value)}", span, help="write true or false")


def _not_allowed(subject: str, value: object, violation: Violation, place: Place) -> Diagnostic:
    match violation.keyword:
        case "oneOf":
            words = [str(option["const"]) for option in schemas(violation.wanted)]
        case "enum":
            words = items(violation.wanted)
        case _:
            words = [str(violation.wanted)]
    message = f"{subject} cannot be {f'`{short(value)}`' if isinstance(value, str) else value_text(value)}"
    choices = f"{'one of ' if len(words) > 1 else 'only '}{plural(words)}"
    listed = len(words) <= _FEW
    text = value if isinstance(value, str) else ""
    help_text = advice(text, words, _of_what(violation.path), "" if listed else choices)
    if _FEW < len(words) <= _SEVERAL and help_text == meaning(text, _of_what(violation.path)):
        help_text += f"; {choices}"
    fix = of_word(place.node.span, text, words)
    return Diagnostic("E0204", message, place.node.span, choices if listed else "", help=help_text, fix=fix)


def _whose(path: Path) -> str:
    """Return the kind of map that a path leads to; `stem` and `head` are steps."""
    key = str(path[-1]) if path else ""
    return "stage" if path[:-1] == ("stages",) else "steps" if key in ("stem", "head") else key


def _of_what(path: Path) -> str:
    """Return whose words may stand at a path: those of `act`, also for `act.kind`."""
    key, parent = (str(part) for part in ("", *path)[:-3:-1])
    if key.isdigit():
        return "unit"
    return parent if key == "kind" or parent == "init" else key


def _named(violation: Violation, place: Place) -> Place:
    """Return the place of a name: the value, or the key where a key is at fault."""
    if not violation.of_key or not isinstance(place.node, Map):
        return place
    entry = entry_of(place.node, str(violation.value))
    return Place(entry.value, entry)


def _bad_name(name: str, rule: str, place: Place) -> Iterator[Diagnostic]:
    """Report a text that is no name, unless it is a key that is a number, which is reported as such."""
    key = place.entry.key if place.entry is not None else None
    if isinstance(key, int):
        return
    span = place.entry.span if place.entry is not None and key == name else place.node.span
    is_path = "dots" in rule
    suggestion = "" if is_path else as_name(name)
    message = f"`{short(name)}` is no {'path' if is_path else 'name'}"
    yield Diagnostic("E0207", message, span, rule, help=f"write `{suggestion}`" if suggestion else "")
