"""Lines broken as ruff format breaks them."""

import pytest

from archc_torch.printer import Bracket, Doc, Operators, call, choice, lines, number, prefixed, signature

LONG = "a" * 30
CASES: dict[str, tuple[Doc, str, list[str]]] = {
    "fits": (call("f", "a", "b"), "x = ", ["x = f(a, b)"]),
    "arguments on one line": (
        call("f", LONG, LONG, "b" * 20),
        "x = ",
        ["x = f(", f"    {LONG}, {LONG}, {'b' * 20}", ")"],
    ),
    "an argument a line": (
        call("f", LONG, LONG, LONG),
        "x = ",
        ["x = f(", f"    {LONG},", f"    {LONG},", f"    {LONG},", ")"],
    ),
    "one argument has no comma": (
        call("f", call("g", LONG, LONG, LONG)),
        "x = ",
        ["x = f(", "    g(", f"        {LONG},", f"        {LONG},", f"        {LONG},", "    )", ")"],
    ),
    "an item of a list a line": (
        Bracket("[", (LONG, LONG, "b" * 20), "]", spread=True),
        "x = ",
        ["x = [", f"    {LONG},", f"    {LONG},", f"    {'b' * 20},", "]"],
    ),
    "a comprehension": (
        Bracket("*(", (call("f", LONG, LONG), f"for _ in range({LONG})"), comma=False),
        "",
        ["*(", f"    f({LONG}, {LONG})", f"    for _ in range({LONG})", ")"],
    ),
    "a sum in a statement": (
        Operators((LONG, LONG, LONG), "+"),
        "x = ",
        ["x = (", f"    {LONG}", f"    + {LONG}", f"    + {LONG}", ")"],
    ),
    "a sum as an argument": (
        call("f", Operators((LONG, LONG, LONG), "+"), "b"),
        "x = ",
        ["x = f(", f"    {LONG}", f"    + {LONG}", f"    + {LONG},", "    b,", ")"],
    ),
    "a keyword": (
        call("f", prefixed("k=", call("g", LONG, LONG)), LONG),
        "x = ",
        ["x = f(", f"    k=g({LONG}, {LONG}),", f"    {LONG},", ")"],
    ),
}


@pytest.mark.parametrize(("doc", "prefix", "expected"), CASES.values(), ids=CASES)
def test_lines(doc: Doc, prefix: str, expected: list[str]) -> None:
    assert expected == lines(doc, 0, prefix)


def test_indent_counts() -> None:
    fitting = call("f", "a" * 40, "b" * 42)
    assert (len(lines(fitting, 0)), len(lines(fitting, 8))) == (1, 4)


def test_signature_on_three_lines() -> None:
    parameters = ["self", "in_channels: int", "out_channels: int", "groups: int", "stride: int = 1"]
    assert signature("__init__", parameters, "None", 4) == [
        "    def __init__(",
        "        self, in_channels: int, out_channels: int, groups: int, stride: int = 1",
        "    ) -> None:",
    ]


CHOICES = {
    "one line": ("a", ["self.shortcut = a if b is None else b"]),
    "three lines": ("a" * 60, ["self.shortcut = (", f"    {'a' * 60} if b is None else b", ")"]),
    "five lines": ("a" * 90, ["self.shortcut = (", f"    {'a' * 90}", "    if b is None", "    else b", ")"]),
}


@pytest.mark.parametrize(("then", "expected"), CHOICES.values(), ids=CHOICES)
def test_choice(then: str, expected: list[str]) -> None:
    assert expected == choice("self.shortcut", then, "b is None", "b", 0)


@pytest.mark.parametrize(
    ("value", "text"), [(1e-5, "1e-5"), (0.1, "0.1"), (64, "64"), (True, "True"), (1e20, "1e20"), (2.5e-7, "2.5e-7")]
)
def test_number(value: float, text: str) -> None:
    assert text == number(value)
