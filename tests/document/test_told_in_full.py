"""Everything that is said of a text that is no spec: sentence, label, notes, help, and where each points, in golden files."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from told import page, place, told

from archc.diagnostics import Diagnostic, Span, SpecError
from archc.language.document.lines import Places
from archc.language.document.loader import parse, parse_value
from archc.language.document.nodes import plain
from archc.language.document.source import bytes_source, read_source, text_source
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import replace

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "invalid" / "loading"
TEXTS = (Path(__file__).parent / "broken_texts.txt").read_text(encoding="utf-8").splitlines()
"""A text a line, written as in a Python string: `\\n` ends a line."""

SMALL = Limits(depth=3, nodes=9, expanded=12, aliases=2, scalar=6, key=4, digits=3)
WITHIN = {
    "depth": "[[1]]",
    "depth by aliases": "[&a [1], *a]",
    "nodes": "[1, 2, 3, 4, 5, 6, 7, 8]",
    "expanded": "[&a [1, 2], *a, 3, 4, 5]",
    "expanded exactly": "[&a [1, 2], *a, *a, 3]",
    "aliases": "[&a 1, *a, *a]",
    "scalar": "abcdef",
    "key": "{abcd: 1}",
    "digits": "123",
    "digits and signs": "-1.23",
}
BEYOND = {
    "depth": "[[[[1]]]]",
    "depth by aliases": "[&a [1], [[*a]]]",
    "depth by maps": "{a: {b: {c: {d: 1}}}}",
    "nodes": "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
    "expanded": "[&a [1, 2, 3], *a, *a]",
    "aliases": "[&a 1, *a, *a, *a]",
    "scalar": "abcdefg",
    "key": "{abcde: 1}",
    "digits": "1234",
    "digits of a fraction": "12.34",
    "digits of base sixteen": "0x123",
    "several": "{abcde: abcdefg, f: 1234}",
}
BYTES = {
    "too many": b"a: 12345678",
    "UTF-16": "a: 1\n".encode("utf-16-le"),
    "UTF-16 by its zeros": "a: 1".encode("utf-16-be")[:6],
    "UTF-32": "a".encode("utf-32"),
    "UTF-32 by its zeros": b"\0\0\0a",
    "UTF-32, little end first": b"a\0\0\0",
    "Latin": b"a:\n b\xe9c",
    "cut": "a: é".encode()[:-1],
    "controls": b"\x1b\x7f",
    "a mark inside": "a\ufeff".encode(),
    "line ends": "\u0085\u2028\u2029".encode(),
    "the last control": "\u009f".encode(),
    "directions": "\u202e\u061c".encode(),
    "no characters": "\ufdd0\ufdef".encode(),
    "no characters of a plane": "\U0001ffff".encode(),
    "a directive": b"%YAML 1\n",
    "a directive below": b"a: 1\n%x",
}


def said(read: Callable[[], object]) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as error:
        read()
    return error.value.diagnostics


def outcome(text: str) -> list[str]:
    """What is said of a text, or what it means."""
    try:
        return [f"means {plain(parse(text_source(text, 'net.yaml', DEFAULT_LIMITS), DEFAULT_LIMITS))!r}"]
    except SpecError as error:
        return told(error.diagnostics)


def test_files(golden: Callable[[str, str], None]) -> None:
    files = sorted(FOLDER.glob("*.yaml"))
    golden("golden/files.txt", page((path.name, outcome(path.read_bytes().decode())) for path in files))


def test_texts(golden: Callable[[str, str], None]) -> None:
    golden("golden/texts.txt", page((text, outcome(text.encode().decode("unicode_escape"))) for text in TEXTS))


def test_beyond_a_limit(golden: Callable[[str, str], None]) -> None:
    golden(
        "golden/limits.txt",
        page((name, told(said(lambda text=text: parse_value(text, "--set", SMALL)))) for name, text in BEYOND.items()),
    )


@pytest.mark.parametrize("text", WITHIN.values(), ids=WITHIN.keys())
def test_within_a_limit(text: str) -> None:
    assert plain(parse_value(text, "--set", SMALL)) == plain(parse_value(text, "--set", DEFAULT_LIMITS))


def test_bytes(golden: Callable[[str, str], None]) -> None:
    limits = replace(DEFAULT_LIMITS, bytes=10)
    golden(
        "golden/bytes.txt",
        page((name, told(said(lambda data=data: bytes_source(data, "net.yaml", limits)))) for name, data in BYTES.items()),
    )


def test_a_text_of_too_many_bytes() -> None:
    [problem] = said(lambda: text_source("12345", "--set", Limits(bytes=4)))
    assert (problem.message, problem.help) == ("`--set` has more than 4 bytes", "raise it with `--limit bytes=N`")


@pytest.mark.parametrize(
    "read", [lambda limits: text_source("1234", "x", limits), lambda limits: bytes_source(b"1234", "x", limits)]
)
def test_as_many_bytes_as_the_limit(read: Callable[[Limits], object]) -> None:
    assert read(Limits(bytes=4)) is not None


def test_a_byte_order_mark_of_a_text_is_dropped() -> None:
    assert text_source("\ufeffa: 1", "x", DEFAULT_LIMITS).text == "a: 1"


@pytest.mark.parametrize(
    ("data", "text"), [(b"\0", None), (b"a", "a"), (b"", "")], ids=["a lone zero is no UTF-16", "one byte", "none"]
)
def test_bytes_too_few_to_tell_an_encoding(data: bytes, text: str | None) -> None:
    if text is None:
        assert [problem.code for problem in said(lambda: bytes_source(data, "x", DEFAULT_LIMITS))] == ["E0006"]
    else:
        assert bytes_source(data, "x", DEFAULT_LIMITS).text == text


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing", "cannot find `net.yaml`"),
        (lambda folder: folder, "`net.yaml` is a folder, not a file"),
        (lambda folder: os.mkfifo(folder / "f") or folder / "f", "`net.yaml` is a pipe, not a file"),
        (lambda folder: "/dev/null", "`net.yaml` is a device, not a file"),
        (lambda folder: folder / ("x" * 5000), "cannot read `net.yaml`: file name too long"),
    ],
    ids=["missing", "folder", "pipe", "device", "unreadable"],
)
def test_a_path(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    [problem] = said(lambda: read_source(make(tmp_path), "net.yaml", DEFAULT_LIMITS))
    assert (problem.message, place(problem.span)) == (message, "net.yaml:1:1-1:1")


def test_a_file_that_cannot_be_read_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.yaml").write_bytes(b"a: 1")
    closed = []
    close = os.close
    monkeypatch.setattr(
        os, "close", lambda descriptor: closed.append(stat.S_ISREG(os.fstat(descriptor).st_mode)) or close(descriptor)
    )

    def refuse(descriptor: int, length: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "read", refuse)
    [problem] = said(lambda: read_source(tmp_path / "net.yaml", "net.yaml", DEFAULT_LIMITS))
    assert (problem.message, closed) == ("cannot read `net.yaml`: input/output error", [True])


def test_no_more_than_a_byte_beyond_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.yaml").write_bytes(b"#" * 100)
    asked = []
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, length: asked.append(length) or read(descriptor, min(length, 4)))
    said(lambda: read_source(tmp_path / "net.yaml", "net.yaml", Limits(bytes=10)))
    assert asked == [11, 7, 3]


PLACES = Places(text_source("ab\r\ncd \re\n\n", "net.yaml", DEFAULT_LIMITS))


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0, (1, 1)), (2, (1, 3)), (3, (1, 3)), (4, (2, 1)), (7, (2, 4)), (8, (3, 1)), (10, (4, 1)), (11, (5, 1))],
)
def test_line_and_column_of_an_offset(offset: int, expected: tuple[int, int]) -> None:
    assert PLACES.line_column(offset) == expected


@pytest.mark.parametrize(
    ("span", "expected"), [((-2, 1), "1:1-1:2"), ((9, 99), "3:2-5:1"), ((5, 4), "2:2-2:2"), ((99, 99), "5:1-5:1")]
)
def test_a_span_is_clamped(span: tuple[int, int], expected: str) -> None:
    assert place(PLACES.span(*span)) == f"net.yaml:{expected}"


@pytest.mark.parametrize(
    ("offset", "start", "end", "trimmed"), [(0, 0, 2, 0), (1, 0, 2, 1), (4, 4, 6, 2), (8, 8, 9, 6), (11, 11, 11, 9)]
)
def test_ends_of_the_line_of_an_offset(offset: int, start: int, end: int, trimmed: int) -> None:
    assert (PLACES.line_start(offset), PLACES.line_end(offset), PLACES.trimmed(offset)) == (start, end, trimmed)


def test_a_place_prints_as_editors_take_it() -> None:
    assert str(Span(PLACES.source, 3, 2, 3, 4)) == "net.yaml:3:2"
