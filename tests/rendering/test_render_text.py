"""What diagnostics look like on a terminal. The pictures are golden files."""

from collections.abc import Callable

import pytest

from archc.diagnostics import Diagnostic, Note, Source, Span, SpecError, in_order
from archc.language.document.loader import parse
from archc.language.document.source import text_source
from archc.limits import Limits
from archc.rendering.tally import summary
from archc.rendering.text import render

NET = Source(
    "net.yaml",
    """archc: 1
name: a
name: b
input: {channels: 3, height: 224, width: 224}
stem:
  conv: {kernel: 7, stride: 2, out: 64}
block:
  order: post
  kind: botleneck
  groups: 48
stages:
  layer1: {out: 256, repeat: 3}
  layer2: {out: 512, stride: 2, repaet: 4}
""",
)
BLOCK = Source(
    "archc:blocks/bottleneck.yaml",
    """archc: 1
block: bottleneck
parameters:
  ratio:  {type: number, default: 0.25}
  mid:    {type: channels, default: out * ratio}
  groups: {type: integer, default: 1}
steps:
  conv1: {kernel: 1, out: mid}
  conv2: {kernel: 3, out: mid, groups: groups}
""",
)


def at(source: Source, line: int, column: int, length: int) -> Span:
    return Span(source, line, column, line, column + length)


DUPLICATE = Diagnostic("E0104", "duplicate key `name`", at(NET, 3, 1, 4), notes=(Note("first defined here", at(NET, 2, 1, 4)),))
KIND = Diagnostic(
    "E0204",
    "`block.kind` cannot be `botleneck`",
    at(NET, 9, 9, 9),
    "not a shipped block, and no file of that name beside this spec",
    help="did you mean `bottleneck`?",
)
UNKNOWN = Diagnostic(
    "E0201",
    "unknown key `repaet` in `stages.layer2`",
    at(NET, 13, 33, 6),
    "not a key of a stage or of block `bottleneck`",
    help="did you mean `repeat`?",
)
GROUPS = Diagnostic(
    "E0312",
    "48 groups do not divide 128 channels",
    at(NET, 10, 11, 2),
    "must divide 128",
    (Note("used here, with mid = out * ratio = 128, in stages.layer2", at(BLOCK, 9, 3, 5)),),
    "use 32 or 64",
)
WIDE = Source("漢字.yaml", "title: {漢字: e\u0301\u0301x, b:\ty, ｗ: z}\nend: 1")
LONG = Source("long.yaml", "x: " + "漢" * 200 + " key " + "y" * 200 + "\nz: " + "w" * 97)
HOSTILE = Source("a\nb\x1b]0;x\x07.yaml", "title: \x1b[31m\u202e\x9b\u200b]: x\n::error::y\n##vso[x]: y")

PICTURES: dict[str, tuple[Diagnostic, ...]] = {
    "one_of_each": (DUPLICATE, KIND, UNKNOWN, GROUPS),
    "same_code_twice": (UNKNOWN, UNKNOWN),
    "notes_far_apart": (
        Diagnostic(
            "E0300",
            "several places",
            at(NET, 6, 9, 6),
            "here",
            (
                Note("far above", at(NET, 2, 1, 4)),
                Note("next line", at(NET, 7, 1, 5)),
                Note("same line", at(NET, 6, 3, 4)),
                Note("far below", at(NET, 12, 3, 6)),
                Note("elsewhere", at(BLOCK, 2, 1, 5)),
                Note("elsewhere too", at(BLOCK, 5, 3, 3)),
                Note("nowhere in particular"),
            ),
        ),
    ),
    "several_lines": (Diagnostic("E0300", "a map of three lines", Span(NET, 8, 3, 10, 13), "the whole block"),),
    "empty_span": (Diagnostic("E0300", "a value is missing", at(NET, 5, 6, 0), "expected steps"),),
    "warning": (Diagnostic("W0001", "an anchor that nothing uses", at(NET, 1, 1, 5), severity="warning"),),
    "without_a_place": (Diagnostic("E0500", "no place", help="look elsewhere"),),
    "file_not_read": (Diagnostic("E0001", "cannot find `a.yaml`", at(Source("a.yaml", ""), 1, 1, 0)),),
    "wide_characters": (
        Diagnostic("E0300", "a wide word", at(WIDE, 1, 9, 2), "two characters, four cells"),
        Diagnostic("E0300", "combining", at(WIDE, 1, 13, 4), "four characters, two cells"),
        Diagnostic("E0300", "behind a tab", at(WIDE, 1, 22, 1), "y"),
        Diagnostic("E0300", "full width", at(WIDE, 1, 25, 1), "one character, two cells"),
    ),
    "long_lines": (
        Diagnostic("E0300", "in the middle", at(LONG, 1, 205, 3), "key", (Note("cut away", at(LONG, 1, 1, 1)),)),
        Diagnostic("E0300", "at the end", at(LONG, 1, 400, 9), "y"),
        Diagnostic("E0300", "at the start", at(LONG, 1, 1, 1), "x"),
        Diagnostic("E0300", "just fits", at(LONG, 2, 100, 1), "the hundredth"),
    ),
    "hostile_text": (
        Diagnostic(
            "E0300",
            "a\x1b[2Jb\n::error::c\u202e",
            at(HOSTILE, 1, 8, 5),
            "\x9b31m",
            (Note("\r\n##vso[task]", at(HOSTILE, 2, 1, 7)), Note("\u2028", at(HOSTILE, 3, 1, 5)), Note("\0")),
            "\x07" + "x" * 1000,
        ),
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"golden/{name}.txt", render(PICTURES[name]))


def test_picture_in_colour(golden: Callable[[str, str], None]) -> None:
    shown = render(PICTURES["one_of_each"], color=True) + render(PICTURES["warning"], color=True)
    golden("golden/in_colour.txt", shown.replace("\x1b", "ESC"))


def test_colour_changes_nothing_else() -> None:
    plain = render(PICTURES["one_of_each"])
    colored = render(PICTURES["one_of_each"], color=True)
    for code in ("0m", "1m", "1;31m", "1;34m", "1;36m"):
        colored = colored.replace(f"\x1b[{code}", "")
    assert colored == plain


def test_picture_of_what_a_loader_finds(golden: Callable[[str, str], None]) -> None:
    text = "archc: 1\nname: a\nname: b\nclasses: 010\nx: !!int 3\ny: *z\nstem: {conv: {out: max(8, 16)}}\nhead: {pool: 1\n"
    with pytest.raises(SpecError) as error:
        parse(text_source(text, "net.yaml", Limits()), Limits())
    golden("golden/loader.txt", render(error.value.diagnostics))


@pytest.mark.parametrize("name", PICTURES)
def test_every_line_is_printable(name: str) -> None:
    assert [line for line in render(PICTURES[name]).split("\n") if not line.isprintable()] == []


@pytest.mark.parametrize("name", PICTURES)
def test_no_line_begins_like_a_command_of_a_runner(name: str) -> None:
    assert [line for line in render(PICTURES[name]).split("\n") if line.startswith(("::error", "##"))] == []


def test_beyond_the_limit_only_a_count_is_shown() -> None:
    assert render([KIND] * 250, limit=100).endswith("\n\n150 more are not shown.\n")


def test_beyond_the_limit_nothing_is_shown() -> None:
    assert render([KIND] * 250, limit=100).count("error[E0204]") == 100


def test_nothing_is_shown_of_nothing() -> None:
    assert render([]) == ""


def at(option: str) -> Diagnostic:
    return Diagnostic("E0202", "odd", Span(Source(option, "a"), 1, 1, 1, 2))


@pytest.mark.parametrize(
    ("diagnostics", "expected"),
    [
        ([], ""),
        ([KIND], "1 error in net.yaml"),
        ([KIND, GROUPS, UNKNOWN, DUPLICATE], "4 errors in net.yaml"),
        ([KIND, *PICTURES["warning"]], "1 error, 1 warning in net.yaml"),
        ([*PICTURES["warning"]] * 2, "2 warnings in net.yaml"),
        ([KIND, *PICTURES["wide_characters"]], "5 errors in 2 files"),
        (PICTURES["hostile_text"], "1 error in a\\nb\\x1b]0;x\\x07.yaml"),
        (PICTURES["without_a_place"], "1 error"),
        ([at("--set"), at("--set path")], "2 errors in --set"),
        ([at("--set path")], "1 error in --set path"),
        ([KIND, at("--set"), at("--limit")], "3 errors in net.yaml and --set and --limit"),
    ],
)
def test_summary(diagnostics: list[Diagnostic], expected: str) -> None:
    assert summary(diagnostics) == expected


def test_diagnostics_stand_in_the_order_of_their_places() -> None:
    assert [d.code for d in in_order([GROUPS, UNKNOWN, KIND, DUPLICATE, KIND])] == ["E0104", "E0204", "E0312", "E0201"]
