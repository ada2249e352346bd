"""Breaks specs by their meaning: keys, values, steps and expressions where they do not belong; one seed breaks them alike."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

Tree: TypeAlias = "dict[str | int, Tree] | list[Tree] | str | int | float | bool | None"
Place: TypeAlias = "tuple[dict[str | int, Tree] | list[Tree], str | int]"

VALUES: tuple[Tree, ...] = (
    *(0, 1, -1, 2, 3, 7, 16, 255, 256, 65_536, 65_537, 10**9, 10**13, 10**39, 0.5, -0.25, 1e-5, 1e30, True, False, None),
    *("", "x", "out", "in", "mid", "stride", "change", "index", "classes", "none", "identity", "add", "batch", "relu", "post"),
    *("out * 0.3", "out / in", "in - 1", "out // 0", "1 / 3", "i", "i + 1", "n", "not change", "change and 3", "-out", "x.0"),
    *(
        "min(out, in)",
        "make_divisible(out / 3, 8)",
        "sqrt(out)",
        "log2(0)",
        "10000000 * 10000000 * 10000000 * 10000000 * 10000000",
    ),
    *(
        "a if b",
        "((((1",
        "scales.i",
        "conv1",
        "conv2",
        "B",
        "A",
        "C",
        "D",
        "basic",
        "bottleneck",
        "projection",
        "res2",
        "timm/resnet",
    ),
    *(
        [],
        {},
        ["conv"],
        ["norm", "act", "conv"],
        ["x", "x"],
        [1, 2],
        {"kind": "group", "groups": 3},
        {"op": "act", "kind": "relu"},
    ),
    *({"module": "projection", "out": "out"}, {"module": "squeeze_excite", "width": 2}, {"op": "split", "parts": 2}),
    *({"repeat": 3, "steps": {"conv": {"kernel": 3, "out": "out"}}}, {"kernel": 1, "out": 4}, {"op": "drop_path", "rate": 0.1}),
)
TOKENS = (*("+", "-", "*", "/", "//", "%", "<", "==", "and", "or", "not", "if", "else"), *"(),01é", "out", "in", "true")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.+*/ <>=()-]*[A-Za-z0-9_)]|[A-Za-z]")
_WORD = re.compile(r"\w+|[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Pool:
    """Pieces of many specs, to put into others: values by their keys, and the keys."""

    entries: tuple[tuple[str | int, Tree], ...]
    keys: tuple[str | int, ...]
    paths: tuple[str, ...]
    by_key: dict[str | int, list[Tree]]
    steps: tuple[Tree, ...]


def pool(trees: list[Tree]) -> Pool:
    entries = [(key, _get(parent, key)) for tree in trees for parent, key in places(tree)]
    keys = [key for key, _ in entries if isinstance(key, str)]
    paths = [path for tree in trees for path in _paths(tree, "") if path.startswith("block.")]
    by_key: dict[str | int, list[Tree]] = {}
    for key, value in entries:
        by_key.setdefault(key, []).append(value)
    return Pool(tuple(entries), tuple(keys), tuple(paths), by_key, tuple(value for _, value in entries if _is_step(value)))


def places(tree: Tree) -> Iterator[Place]:
    """Every value of a tree, as what it stands in and its key or index."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield tree, key  # type: ignore[misc]
        yield from places(value)


def _paths(tree: Tree, before: str) -> Iterator[str]:
    for key, value in tree.items() if isinstance(tree, dict) else ():
        yield f"{before}{key}"
        yield from _paths(value, f"{before}{key}.")


def _get(parent: "dict[str | int, Tree] | list[Tree]", key: str | int) -> Tree:
    return parent[key]  # type: ignore[index]


def _put(place: Place, value: Tree) -> None:
    place[0][place[1]] = value  # type: ignore[index]


def mutate_spec(tree: Tree, choose: random.Random, pieces: Pool) -> None:
    """Changes a tree in place, one to three times."""
    for _ in range(choose.choice((1, 1, 1, 1, 2, 2, 3))):
        found = [place for place in places(tree) if place[1] not in ("archc", "name")]
        if found:
            choose.choice(_CHANGES)(found, choose, pieces)


def spec_text(tree: Tree) -> str:
    """The tree as YAML: its keys on lines of their own, flow maps within."""
    if isinstance(tree, dict) and tree:
        return "".join(f"{_flow(key)}: {_flow(value)}\n" for key, value in tree.items())
    return _flow(tree)


def _flow(tree: Tree) -> str:
    match tree:
        case dict():
            return "{" + ", ".join(f"{_flow(key)}: {_flow(value)}" for key, value in tree.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, tree)) + "]"
        case str() if _PLAIN.fullmatch(tree) and tree not in ("null", "true", "false"):
            return tree
        case float():
            return repr(tree).replace("e+", "e")
        case _:
            return json.dumps(tree, ensure_ascii=False)


def _replace(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    _put(choose.choice(found), _copy(choose.choice(VALUES)))


def _swap(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    one, other = choose.choice(found), choose.choice(found)
    first, second = _get(*one), _copy(_get(*other))
    _put(other, _copy(first))
    _put(one, second)


def _transplant(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    _put(choose.choice(found), _copy(choose.choice(pieces.entries)[1]))


def _alike(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    """A value from under the same key elsewhere, or an expression where a number or word stands."""
    place = choose.choice(found)
    old = _get(*place)
    same = pieces.by_key.get(place[1], ())
    if same and choose.random() < 0.6:
        _put(place, _copy(choose.choice(same)))
    elif isinstance(old, int | float | str):
        _put(place, choose.choice([value for value in VALUES if isinstance(value, int | float | str)]))


def _step(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    """A step from elsewhere, under a name of its own, at a random place among steps."""
    rows = [(key, _get(parent, key)) for parent, key in found]
    rows = [(key, row) for key, row in rows if isinstance(row, dict) and any(map(_is_step, row.values()))]
    if rows:
        key, row = choose.choice(rows)
        assert isinstance(row, dict)
        step = _copy(choose.choice(pieces.steps))
        if isinstance(step, dict):
            step.pop("before", None)
            step.pop("after", None)
            if key == "insert":
                step[choose.choice(("before", "after"))] = choose.choice(("add", "act1", "conv2", "norm1"))
        items = list(row.items())
        at = choose.randrange(len(items) + 1)
        items.insert(at, (f"{choose.choice(('conv', 'y'))}_{choose.randrange(9)}", step))
        row.clear()
        row.update(items)


def _is_step(tree: Tree) -> bool:
    return isinstance(tree, dict) and not {"op", "module", "kernel", "steps"}.isdisjoint(tree)


def _graft(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    """A key and its value from elsewhere, into some map."""
    key, value = choose.choice(pieces.entries)
    parent = choose.choice(found)[0]
    if isinstance(parent, dict):
        parent[choose.choice((key, choose.choice(pieces.keys)))] = _copy(value)
    else:
        parent.append(_copy(value))


def _path(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    """A path of a block, into `block`, a stage or `set`; its value is one that its last key has elsewhere, or any."""
    maps = [(key, _get(parent, key)) for parent, key in found]
    maps = [(key, value) for key, value in maps if isinstance(value, dict) and (key in ("block", "set") or "out" in value)]
    if maps:
        key, target = choose.choice(maps)
        assert isinstance(target, dict)
        path = choose.choice(pieces.paths)
        value = choose.choice((None, choose.choice(VALUES), choose.choice(pieces.by_key[_last(path)])))
        target[path if key == "set" else path.removeprefix("block.")] = _copy(value)


def _last(path: str) -> str | int:
    key = path.rpartition(".")[2]
    return int(key) if key.isdigit() else key


def _remove(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    parent, key = choose.choice(found)
    del parent[key]  # type: ignore[arg-type]


def _rename(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    parent, key = choose.choice(found)
    if isinstance(parent, dict):
        text = str(key)
        at = choose.randrange(len(text) + 1)
        new = choose.choice(
            (choose.choice(pieces.keys), text[:at] + text[at + 1 :], text[:at] + "s" + text[at:], choose.randrange(4))
        )
        parent[new] = parent.pop(key)


def _reorder(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    parent = choose.choice(found)[0]
    if isinstance(parent, dict):
        items = list(parent.items())
        choose.shuffle(items)
        parent.clear()
        parent.update(items)
    else:
        choose.shuffle(parent)


def _expression(found: list[Place], choose: random.Random, pieces: Pool) -> None:
    """One word of an expression changed, or a number made one."""
    place = choose.choice([p for p in found if isinstance(_get(*p), str | int)] or found)
    words = _WORD.findall(str(_get(*place))) or ["1"]
    at = choose.randrange(len(words))
    words[at : at + choose.choice((0, 1))] = [choose.choice(TOKENS)]
    _put(place, " ".join(words))


def _copy(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {key: _copy(value) for key, value in tree.items()}
    return [_copy(value) for value in tree] if isinstance(tree, list) else tree


_CHANGES: tuple[Callable[[list[Place], random.Random, Pool], None], ...] = (
    *(_replace, _swap, _transplant, _graft, _rename, _reorder, _remove, _path, _path),
    *(_expression, _expression, _expression, _alike, _alike, _alike, _alike, _alike, _alike, _alike, _step, _step, _step),
)
