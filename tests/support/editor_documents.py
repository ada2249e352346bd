"""Documents for the readers of the language: what ships, what is broken, and what ships with one value changed."""

import copy
import json
import random
from pathlib import Path

from archc.diagnostics import SpecError
from archc.language.document.loader import parse
from archc.language.document.nodes import Map
from archc.language.document.source import read_source, text_source
from archc.language.schema.places import as_document
from archc.limits import Limits

ROOT = Path(__file__).parents[2]
VALUES: list[object] = [
    *(None, True, False, 0, 1, -1, 3.5, 0.5, "out", "none", "identity", "yes", "", "a b", "post", "B", "batch"),
    *([], ["conv"], [3, 1], {}, {"op": "add"}, {"module": "m"}, {"kind": "group", "groups": 8}, {"kernel": 3, "out": 64}),
]


def _read(folder: str) -> list[Map]:
    """Every file below a folder that is a document at all, in the order of their names."""
    found: list[Map] = []
    for path in sorted((ROOT / folder).rglob("*.yaml")):
        try:
            found.append(parse(read_source(path, path.name, Limits()), Limits()))
        except SpecError:
            continue
    return found


SHIPPED = _read("specs")
BROKEN = [as_document(root, []) for root in _read("tests/cases/invalid")]
DOCUMENTS = [as_document(root, []) for root in SHIPPED]
KEYS = sorted({key for document in DOCUMENTS for key in str(document).replace("'", " ").split() if key.isidentifier()})


def _mutated(document: dict[str, object], choose: random.Random) -> dict[str, object]:
    """A copy with one value replaced, removed, renamed or added."""
    root = copy.deepcopy(document)
    at: dict[str, object] = root
    while at and choose.random() < 0.85:
        below = [value for value in at.values() if isinstance(value, dict)]
        if not below:
            break
        at = choose.choice(below)
    key = choose.choice([*at, choose.choice(KEYS)])
    value = copy.deepcopy(choose.choice(VALUES))
    match choose.randrange(3):
        case 0:
            at.pop(key, None)
        case 1:
            at[choose.choice(KEYS)] = at.pop(key, value)
        case _:
            at[key] = value
    return root


def mutants(seed: int, count: int, documents: list[dict[str, object]]) -> list[dict[str, object]]:
    choose = random.Random(seed)
    return [_mutated(choose.choice(documents), choose) for _ in range(count)]


def written(document: object, under: str = "") -> str:
    """A document as a text of YAML, its blocks called by numbers."""
    if isinstance(document, dict):
        number = under.rpartition(".")[2] == "blocks"
        pairs = (f"{key if number else json.dumps(key)}: {written(value, key)}" for key, value in document.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(document, list):
        return "[" + ", ".join(map(written, document)) + "]"
    return json.dumps(document)


def again(document: dict[str, object]) -> Map:
    """The document with places, of the text it is written as."""
    return parse(text_source(written(document), "net.yaml", Limits()), Limits())
