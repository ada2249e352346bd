# ruff: noqa: E501  a case is a line
"""`extends`, `set` and mends as functions of trees: what is at a path afterwards, where it points, and what is told."""

from fractions import Fraction

import pytest
from told import told

from archc.diagnostics import Diagnostic, Edit
from archc.language.document.loader import parse
from archc.language.document.nodes import Map, Node, Scalar, Sequence, plain
from archc.language.document.source import text_source
from archc.language.spec.mend import guess_of, mended
from archc.language.spec.paths import NothingThere, change, is_null, is_own, key_of
from archc.language.spec.reported import Reported, reported
from archc.language.spec.resolve import apply_all, cycle, merge
from archc.limits import DEFAULT_LIMITS


def tree(text: str, name: str = "net.yaml") -> Map:
    return parse(text_source(text, name, DEFAULT_LIMITS), DEFAULT_LIMITS)


def value(root: Map, *path: str | int) -> Node:
    node: Node | None = root
    for key in path:
        node = node.get(key) if isinstance(node, Map) else None
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("part", "key"), [("0", 0), ("12", 12), ("a", "a"), ("1a", "1a"), ("-1", "-1"), ("", ""), ("²", "²"), ("٣", "٣")]
)
def test_the_key_of_a_part_of_a_path(part: str, key: str | int) -> None:
    assert key_of(part) == key


@pytest.mark.parametrize(
    ("before", "entry", "after"),
    [
        ("{a: 1}", "{a: 2}", {"a": 2}),
        ("{a: 1}", "{b: 2}", {"a": 1, "b": 2}),
        ("{a: 1, b: 3, c: 4}", "{b: 2}", {"a": 1, "b": 2, "c": 4}),
        ("{a: {b: 1, c: 2}}", "{a.b: 3}", {"a": {"b": 3, "c": 2}}),
        ("{a: {b: {c: 1}}, d: 2}", "{a.b.c: 3}", {"a": {"b": {"c": 3}}, "d": 2}),
        ("{a: {b: 1}}", "{a: 3}", {"a": 3}),
        ("{a: 1}", "{a.b: 3}", {"a": 1, "a.b": 3}),
        ("{a: {b: 1}}", "{a.b.c: 3}", {"a": {"b": 1, "b.c": 3}}),
        ("{z: 1}", "{a.b: 3}", {"z": 1, "a.b": 3}),
        ("{z: 1}", "{a.b.c: 3}", {"z": 1, "a.b.c": 3}),
        ("{z: 1}", "{blocks.0: 3}", {"z": 1, "blocks": {0: 3}}),
        ("{z: 1}", "{blocks.0.order: 3}", {"z": 1, "blocks": {0: {"order": 3}}}),
        ("{z: 1}", "{blocks.0.a.b: 3}", {"z": 1, "blocks": {0: {"a.b": 3}}}),
        ("{z: 1}", "{a.blocks.0.order: 3}", {"z": 1, "a.blocks.0.order": 3}),
        ("{blocks: {0: {order: 1}, 1: 2}}", "{blocks.0.order: 3}", {"blocks": {0: {"order": 3}, 1: 2}}),
        ("{blocks: {0: {order: 1}}}", "{blocks.1.order: 3}", {"blocks": {0: {"order": 1}, 1: {"order": 3}}}),
        ("{a: 1, a.b: 2, a.c: 3, ab: 4}", "{a: 5}", {"a": 5, "ab": 4}),
        ("{a: 1, 3: 4}", "{a: 5}", {"a": 5, 3: 4}),
        ("{a: 1, a.b: 2, 3: 4}", "{a: 5}", {"a": 5, 3: 4}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{a: 1, a.b: 2, c: 3}", "{a: null}", {"c": 3}),
        ("{a: {b: 1, c: 2}}", "{a.b: null}", {"a": {"c": 2}}),
        ("{a: 1}", "{a.b: null}", {"a": 1, "a.b": None}),
        ("{a: 1, a.b: 2}", "{a.b: null}", {"a": 1}),
        ("{a: 1}", "{a: ''}", {"a": ""}),
        ("{a: 1}", "{a: []}", {"a": []}),
    ],
)
def test_a_path_is_replaced(before: str, entry: str, after: object) -> None:
    [changed] = tree(entry)
    found = change(tree(before), str(changed.key), changed)
    assert list(plain(found).items()) == list(after.items())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "path", "name"), [("{a: 1}", "b", "b"), ("{a: {b: 1}}", "a.c", "c"), ("{blocks: {0: {}}}", "blocks.1", "1")]
)
def test_nothing_there_is_named(before: str, path: str, name: str) -> None:
    [entry] = tree(f"{{{path}: null}}")
    with pytest.raises(NothingThere) as nothing:
        change(tree(before), path, entry)
    assert str(nothing.value) == name


@pytest.mark.parametrize("path", ["a", "b", "a.b", "blocks.0.order"])
def test_what_is_put_points_at_the_change(path: str) -> None:
    [entry] = tree(f"{{{path}: new}}", "--set")
    found = change(tree("{a: {c: 1}}"), path, entry)
    last: list[str] = []
    here: Node = found
    while isinstance(here, Map):
        inner = here.entries[-1]
        last.append(inner.span.source.name)
        here = inner.value
    assert (last[-1], here.span.source.name, found.span.source.name) == ("--set", "--set", "net.yaml")


def test_a_key_that_is_followed_keeps_its_place() -> None:
    [entry] = tree("{a.b: 3}", "--set")
    [outer] = change(tree("{a: {b: 1}}"), "a.b", entry)
    assert outer.span.source.name == "net.yaml"


@pytest.mark.parametrize(
    ("text", "expected"), [("null", True), ("~", True), ("", True), ("0", False), ("''", False), ("{}", False)]
)
def test_null(text: str, *, expected: bool) -> None:
    assert is_null(value(tree(f"a: {text}"), "a")) is expected


@pytest.mark.parametrize(
    ("key", "kind", "expected"),
    [
        ("archc", "network", True), ("name", "network", True), ("title", "block", True), ("source", "block", True),
        ("expect", "network", True), ("x-a", "network", True), ("x", "network", False), ("block", "network", False),
        ("network", "network", False), ("block", "block", True), ("block", "module", False), ("stem", "network", False), (0, "network", False),
    ],
)  # fmt: skip
def test_keys_that_are_a_document_s_own(key: str | int, kind: str, *, expected: bool) -> None:
    assert is_own(key, kind) is expected


def merged(child: str, parent: str, kind: str = "network") -> tuple[dict[object, object], list[str]]:
    told_: list[Diagnostic] = []
    found = merge(tree(child), tree(parent, "parent.yaml"), kind, told_.append)
    return plain(found), told(told_)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("child", "parent", "kind", "expected"),
    [
        ("{name: a, extends: b}", "{name: b, stem: 1, expect: 2, x-y: 3}", "network", {"name": "a", "stem": 1}),
        ("{name: a, expect: 2, title: t}", "{name: b, stem: 1}", "network", {"name": "a", "title": "t", "stem": 1, "expect": 2}),
        ("{name: a, set: {stem: 3, head: 4}}", "{name: b, stem: 1}", "network", {"name": "a", "stem": 3, "head": 4}),
        ("{name: a, set: 3}", "{stem: 1}", "network", {"name": "a", "stem": 1}),
        ("{name: a, x-b: 3}", "{stem: 1}", "network", {"name": "a", "x-b": 3, "stem": 1}),
        ("{block: a, set: {steps.x: 3}}", "{block: b, steps: {x: 1}}", "block", {"block": "a", "steps": {"x": 3}}),
        ("{module: a}", "{module: b, block: 3}", "module", {"module": "a", "block": 3}),
        ("{name: a}", "{block: 3}", "network", {"name": "a", "block": 3}),
    ],
)
def test_a_child_and_its_parent(child: str, parent: str, kind: str, expected: dict[object, object]) -> None:
    found, said = merged(child, parent, kind)
    assert (list(found.items()), said) == (list(expected.items()), [])


def test_the_document_is_where_the_child_is() -> None:
    assert merge(tree("{name: a}"), tree("{stem: 1}", "parent.yaml"), "network", lambda _: None).span.source.name == "net.yaml"


@pytest.mark.parametrize(
    ("root", "path", "label", "help_"),
    [
        ("{stem: 1}", "stme", "there is no `stme` here", "did you mean `stem`?"),
        ("{stem: 1, head: 2}", "zzzzzz", "there is no `zzzzzz` here", "there are: stem, head"),
        ("{}", "zzzzzz", "there is no `zzzzzz` here", ""),
        ("{stem: {conv: 1, pool: 2}}", "stem.cnov", "there is no `cnov` in `stem`", "did you mean `stem.conv`?"),
        ("{stem: {conv: 1, pool: 2}}", "stem.zzzzz", "there is no `zzzzz` in `stem`", "there are: conv, pool"),
        ("{blocks: {0: {order: 1}}}", "blocks.0.ordr", "there is no `ordr` in `blocks.0`", "did you mean `blocks.0.order`?"),
    ],
)
def test_what_cannot_be_removed_is_told(root: str, path: str, label: str, help_: str) -> None:
    said: list[Diagnostic] = []
    found = apply_all(tree(root), tree(f"{{{path}: null, new: 1}}").entries, said.append)
    [problem] = said
    assert (problem.code, problem.message, problem.label, problem.help) == (
        "E0305",
        f"nothing to remove at `{path}`",
        label,
        help_,
    )
    assert value(found, "new").text == "1"  # type: ignore[union-attr]


def test_a_cycle_names_every_step() -> None:
    names = [value(tree(f"extends: {name}", f"{name}.yaml"), "extends") for name in "abc"]
    chain = [(name, at) for name, at in zip("xyz", names, strict=True) if isinstance(at, Scalar)]
    assert told([cycle(chain)]) == [
        "a.yaml:1:10-1:11: error[E0304]: `x` extends itself",
        "    label: this comes back here",
        "    note: which extends `y` (b.yaml:1:10-1:11)",
        "    note: which extends `z` (c.yaml:1:10-1:11)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "expect: {reported: {macs: {value: 3.8e9, from: a table, within: 0.05}}}",
            {"macs": (3_800_000_000, "a table", Fraction(1, 20))},
        ),
        ("expect: {reported: {depth: {value: 50, from: t}}}", {"depth": (50, "t", Fraction(0))}),
        ("expect: {reported: {depth: {value: 50}}}", {"depth": (50, "", Fraction(0))}),
        ("expect: {reported: {depth: {value: 0.1, from: [1]}}}", {"depth": (0.1, "", Fraction(0))}),
        ("expect: {reported: {depth: {value: true, from: t}, macs: {value: 1, from: 2}}}", {"macs": (1, "2", Fraction(0))}),
        ("expect: {reported: {depth: 50, params: {value: x}}}", {}),
        ("expect: {reported: 3}", {}),
        ("expect: 3", {}),
        ("archc: 1", {}),
    ],
)
def test_reported_figures(text: str, expected: dict[str, tuple[float, str, Fraction]]) -> None:
    found = reported(tree(text))
    assert {key: (said.number, said.where, said.within) for key, said in found.items()} == expected


def test_a_reported_figure_is_exact() -> None:
    assert reported(tree("expect: {reported: {macs: {value: 0.1}}}"))["macs"].value == Fraction(1, 10)


@pytest.mark.parametrize(("printed", "type_"), [(Fraction(3), int), (Fraction(1, 2), float)])
def test_a_whole_figure_is_an_integer(printed: Fraction, type_: type) -> None:
    assert type(Reported(printed, "", Fraction(0)).number) is type_


@pytest.mark.parametrize(("actual", "expected"), [(90, True), (110, True), (89, False), (111, False), (100, True)])
def test_a_figure_agrees_up_to_and_at_its_tolerance(actual: int, *, expected: bool) -> None:
    assert Reported(Fraction(100), "", Fraction(1, 10)).agrees(actual) is expected


@pytest.mark.parametrize(
    ("help_", "expected"),
    [("did you mean `post`?", "post"), ("write `post`", None), ("", None), ("so: did you mean `post`?", None)],
)
def test_the_name_that_a_message_proposes(help_: str, expected: str | None) -> None:
    assert guess_of(Diagnostic("E0201", "", help=help_)) == expected


def mend(text: str, problems: dict[tuple[str, ...], tuple[str, str]]) -> object:
    """A document mended after problems at keys (E0201) or values (others): code and help."""
    root = tree(text)
    found = []
    for path, (code, help_) in problems.items():
        parent = value(root, *path[:-1])
        assert isinstance(parent, Map)
        entry = parent.entry(path[-1])
        assert entry is not None
        span = entry.span if code == "E0201" else entry.value.span
        found.append(Diagnostic(code, "wrong", span, help=help_, fix=(Edit(span, "not this"),)))
    return plain(mended(root, [*found, Diagnostic("E0401", "nowhere")]))


@pytest.mark.parametrize(
    ("text", "problems", "expected"),
    [
        ("{repaet: 3, b: 1}", {("repaet",): ("E0201", "did you mean `repeat`?")}, {"repeat": 3, "b": 1}),
        ("{repaet: 3, b: 1}", {("repaet",): ("E0201", "")}, {"b": 1}),
        ("{repaet: 3, repeat: 1}", {("repaet",): ("E0201", "did you mean `repeat`?")}, {"repeat": 1}),
        ("{repaet.b: 3, c: 1}", {("repaet.b",): ("E0201", "did you mean `repeat.b`?")}, {"c": 1}),
        ("{a: psot, b: 1}", {("a",): ("E0204", "did you mean `post`?")}, {"a": "post", "b": 1}),
        ("{a: psot, b: 1}", {("a",): ("E0204", "")}, {"b": 1}),
        ("{a: psot, b: 1}", {("a",): ("E0203", "did you mean `post`?")}, {"b": 1}),
        ("{a: {b: psot}, c: 1}", {("a", "b"): ("E0204", "did you mean `post`?")}, {"a": {"b": "post"}, "c": 1}),
        ("{a: {b: psot}, c: 1}", {("a",): ("E0203", "")}, {"a": {"b": "psot"}, "c": 1}),
        ("{a: [1], c: 1}", {("a",): ("E0203", "")}, {"c": 1}),
        ("{classes: ten, c: 1}", {("classes",): ("E0203", "")}, {"classes": 1, "c": 1}),
        ("{a: {classes: ten}, c: 1}", {("a", "classes"): ("E0203", "")}, {"a": {}, "c": 1}),
        ("{vars: {n: [], m: 2}}", {("vars", "n"): ("E0203", "")}, {"vars": {"n": 1, "m": 2}}),
        ("{vars: {m: {n: x}}}", {("vars", "m", "n"): ("E0203", "")}, {"vars": {"m": {}}}),
        ("{a: 1, b: 2}", {("a",): ("E0205", "")}, {"b": 2}),
    ],
)
def test_a_document_as_it_was_meant(text: str, problems: dict[tuple[str, ...], tuple[str, str]], expected: object) -> None:
    assert mend(text, problems) == expected


def test_what_stands_for_a_value_is_where_the_value_was() -> None:
    root = tree("{classes: ten, a: psot}")
    problems = [
        Diagnostic("E0203", "", value(root, "classes").span),
        Diagnostic("E0204", "", value(root, "a").span, help="did you mean `post`?"),
    ]
    found = mended(root, problems)
    assert [(entry.value.span, entry.value.text) for entry in found if not isinstance(entry.value, Map | Sequence)] == [
        (value(root, "classes").span, "1"),
        (value(root, "a").span, "post"),
    ]


def test_what_is_mended_is_where_it_was() -> None:
    root = tree("# c\n{a: 1}\n")
    assert mended(root, []).span == root.span
