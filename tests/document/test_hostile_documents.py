"""Documents made to exhaust a reader: each is refused by its code, without recursion, expansion or a foreign exception.

What is quadratic or exponential elsewhere would run into the suite's own time limit here: no test measures time.
"""

import sys

import pytest

from archc.diagnostics import SpecError
from archc.language.document.loader import parse
from archc.language.document.nodes import Map
from archc.language.document.source import text_source
from archc.limits import Limits

LIMITS = Limits()
MEBIBYTE = 1 << 20


def laughs(levels: int, line: str) -> str:
    return "a0: &a0 {k: 1}\n" + "".join(line.format(name=f"a{i}", alias=f"*a{i - 1}", key=f"k{i}") for i in range(1, levels))


HOSTILE = {
    "dashes": ("- " * 30_000, {"E0402"}),
    "brackets": ("[" * 100_000, {"E0402"}),
    "braces": ("{a: " * 100_000, {"E0402"}),
    "questions": ("? " * 100_000, {"E0402"}),
    "indented maps": ("".join(f"{' ' * i}k:\n" for i in range(100)), {"E0402"}),
    "deep by aliases": (laughs(20, "{name}: &{name} " + "[" * 60 + "{alias}" + "]" * 60 + "\n"), {"E0402"}),
    "billion laughs": (laughs(10, "{name}: &{name} [" + ",".join(["{alias}"] * 9) + "]\n"), {"E0404"}),
    "merge bomb": (laughs(10, "{name}: &{name} {{<<: [" + ",".join(["{alias}"] * 9) + "], {key}: 1}}\n"), {"E0404"}),
    "merge chain": (laughs(3000, "{name}: &{name} {{<<: {alias}, {key}: 1}}\n"), {"E0402"}),
    "merges in one map": ("a: &a {x: 1}\nb: {" + "<<: *a, " * 900 + "}", {"E0104"}),
    "aliases": ("a: &a 1\nb: [" + "*a, " * 1001 + "]", {"E0405"}),
    "undefined aliases": (
        "".join(f"a{i}: &a{i} 1\n" for i in range(9000)) + "".join(f"b{i}: *b{i}x\n" for i in range(999)),
        {"E0107"},
    ),
    "self alias": ("a: &a [*a]", {"E0108"}),
    "self merge": ("a: &a {<<: *a}", {"E0108"}),
    "values": ("a: [" + "1," * 60_000 + "]", {"E0403"}),
    "duplicate keys": ("a: 1\n" * 20_000, {"E0104"}),
    "long value": ("a: " + "x" * 16_385, {"E0406"}),
    "long folded value": ("a: b\n" + "\n" * 20_000 + " c", {"E0406"}),
    "long key": ("x" * 257 + ": 1", {"E0407"}),
    "longer key": ('"' + "x" * (MEBIBYTE - 10) + '": 1', {"E0101", "E0406"}),
    "5,000 digits": ("a: " + "9" * 5_000, {"E0408"}),
    "20,000 bits": ("a: 0x" + "f" * 5_000, {"E0408"}),
    "power of ten": ("a: 1e-999999999", {"E0115"}),
    "tag": ("a: !" + "x" * 1_000_000, {"E0106"}),
    "tags": ("[!!int abc, !!bool abc, !!timestamp abc, !!python/object:os.system x]", {"E0106", "E0113"}),
    "directives": ("%TAG ! tag:x,2000:\n" * 40_000, {"E0007"}),
    "NUL": ("\0" * 1_000_000, {"E0006"}),
    "too large": ("#" * (MEBIBYTE + 1), {"E0401"}),
    "lines": ("\n" * 1_000_000, {"E0112"}),
    "documents": ("---\n" * 200_000, {"E0111"}),
    "open bracket": ("a: [\n" + "b\n" * 8_000, {"E0103"}),
    "cut calls": ("a: [" + "(,)," * 10_000 + "]", {"E0117"}),
    "complex keys": ("? [a, b]\n: 1\n? {c: d}\n: 2\n", {"E0105"}),
}


@pytest.mark.parametrize(("text", "codes"), HOSTILE.values(), ids=HOSTILE.keys())
def test_refused(text: str, codes: set[str]) -> None:
    with pytest.raises(SpecError) as error:
        parse(text_source(text, "net.yaml", LIMITS), LIMITS)
    assert {d.code for d in error.value.diagnostics} == codes


WITHIN = {
    "64 levels": "a: " + "[" * 63 + "]" * 63,
    "50,000 values": "a: [" + "1," * 49_997 + "]",
    "1,000 aliases": "a: &a 1\nb: [" + "*a, " * 1_000 + "]",
    "long value": "a: " + "x" * 16_384,
    "long key": "x" * 256 + ": 1",
    "40 digits": "a: " + "9" * 40,
    "one mebibyte": "a: 1" + " " * (MEBIBYTE - 4),
    "laughs within": laughs(5, "{name}: &{name} [" + ",".join(["{alias}"] * 9) + "]\n"),
}


@pytest.mark.parametrize("text", WITHIN.values(), ids=WITHIN.keys())
def test_accepted_at_the_limit(text: str) -> None:
    assert isinstance(parse(text_source(text, "net.yaml", LIMITS), LIMITS), Map)


def test_a_raised_depth_needs_no_recursion() -> None:
    # As deep as libyaml reads from 0.2.6 on: with the frames of this test, more than Python recurses.
    depth = sys.getrecursionlimit() - 1
    assert depth < 1000
    text = "a: " + "[" * depth + "]" * depth
    assert isinstance(parse(text_source(text, "net.yaml", LIMITS), Limits(depth=depth + 1)), Map)


@pytest.mark.parametrize(
    ("name", "text"), [("depth", "a: [[1]]"), ("nodes", "a: [1, 2]"), ("scalar", "a: abcd"), ("digits", "a: 1234")]
)
def test_the_message_names_the_limit_to_raise(name: str, text: str) -> None:
    limits = Limits(**{name: 2})
    with pytest.raises(SpecError) as error:
        parse(text_source(text, "net.yaml", LIMITS), limits)
    assert f"`--limit {name}=N`" in error.value.diagnostics[0].help
