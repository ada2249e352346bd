"""Reading the text of a spec: what is read, what is refused and where."""

import os
from pathlib import Path

import pytest

from archc.diagnostics import SpecError
from archc.language.document.source import bytes_source, read_source, text_source
from archc.limits import Limits

LIMITS = Limits()


def refusal(error: pytest.ExceptionInfo[SpecError]) -> list[tuple[str, int, int]]:
    return [(d.code, d.span.line, d.span.column) for d in error.value.diagnostics if d.span]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes("name: é\r\n".encode())
    assert read_source(file, "net.yaml", LIMITS).text == "name: é\r\n"


def test_the_name_is_as_given(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes(b"")
    assert read_source(str(file), "../net.yaml", LIMITS).name == "../net.yaml"


def test_one_byte_order_mark_is_dropped() -> None:
    assert bytes_source(b"\xef\xbb\xbfa: 1", "x", LIMITS).text == "a: 1"


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes(b"#" * 10)
    assert len(read_source(file, "x", Limits(bytes=10)).text) == 10


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_bytes(b"a: 1")
    (tmp_path / "link.yaml").symlink_to("net.yaml")
    assert read_source(tmp_path / "link.yaml", "x", LIMITS).text == "a: 1"


def a_fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def an_unreadable_file(folder: Path) -> Path:
    # A name that is too long cannot be opened by anyone, while root reads a file without permissions.
    return folder / ("x" * 5000)


def too_large(folder: Path) -> Path:
    file = folder / "large"
    file.write_bytes(b" " * (LIMITS.bytes + 1))
    return file


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "missing.yaml", "E0001"),
        (lambda folder: folder / "missing" / "net.yaml", "E0001"),
        (lambda folder: folder / "a\0b", "E0001"),
        (lambda folder: too_large(folder) / "net.yaml", "E0001"),
        (lambda folder: folder, "E0002"),
        (a_fifo, "E0002"),
        (lambda folder: Path("/dev/zero"), "E0002"),
        (lambda folder: Path("/dev/null"), "E0002"),
        (an_unreadable_file, "E0003"),
        (too_large, "E0401"),
    ],
    ids=["missing", "missing folder", "nul", "file as folder", "folder", "fifo", "zero", "null", "unreadable", "large"],
)
def test_what_is_no_spec_is_refused(tmp_path: Path, make: object, code: str) -> None:
    assert callable(make)
    with pytest.raises(SpecError) as error:
        read_source(make(tmp_path), "net.yaml", LIMITS)
    assert refusal(error) == [(code, 1, 1)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a: 1\n".encode("utf-16"), ("E0005", 1, 1)),
        ("a: 1\n".encode("utf-16-be"), ("E0005", 1, 1)),
        ("a: 1\n".encode("utf-16-le"), ("E0005", 1, 1)),
        ("a: 1\n".encode("utf-32"), ("E0005", 1, 1)),
        ("a: 1\n".encode("utf-32-be"), ("E0005", 1, 1)),
        ("a: 1\n".encode("utf-32-le"), ("E0005", 1, 1)),
        (b"\xfe\xff", ("E0005", 1, 1)),
        (b"\xff", ("E0004", 1, 1)),
        (b"a: 1\r\n  b\xe9c: 2\n", ("E0004", 2, 4)),
        ("é: 漢".encode() + b"\xe6\xbc", ("E0004", 1, 5)),
        (b"a: \xed\xa0\x80", ("E0004", 1, 4)),
        (b"a: \xc0\xaf", ("E0004", 1, 4)),
        (b"a: 1\n\0", ("E0006", 2, 1)),
        (b"\xef\xbb\xbf\xef\xbb\xbfa: 1", ("E0006", 1, 1)),
    ],
)
def test_bytes_that_are_no_text_are_refused_at_their_place(data: bytes, expected: tuple[str, int, int]) -> None:
    with pytest.raises(SpecError) as error:
        bytes_source(data, "net.yaml", LIMITS)
    assert refusal(error) == [expected]


def test_the_wide_encoding_is_named() -> None:
    with pytest.raises(SpecError) as error:
        bytes_source("a: 1\n".encode("utf-16"), "net.yaml", LIMITS)
    assert error.value.diagnostics[0].message == "`net.yaml` is UTF-16, not UTF-8"


def test_the_bad_byte_is_named() -> None:
    with pytest.raises(SpecError) as error:
        bytes_source(b"a: \xe9", "net.yaml", LIMITS)
    assert error.value.diagnostics[0].message == "byte 0xe9 at offset 3 is not UTF-8"


FORBIDDEN = [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F]
FORBIDDEN += [
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    0xD800,
    0xDFFF,
    0xFDD0,
    0xFDEF,
    0xFEFF,
    0xFFFE,
    0xFFFF,
    0x1FFFE,
    0x10FFFF,
]
ALLOWED = [
    0x09,
    0x0A,
    0x0D,
    0x20,
    0x7E,
    0xA0,
    0xE9,
    0x200B,
    0x202F,
    0x2065,
    0x206A,
    0xD7FF,
    0xE000,
    0xFDCF,
    0xFDF0,
    0xFFFD,
    0x10000,
    0x1F600,
]


@pytest.mark.parametrize("code", FORBIDDEN, ids=hex)
def test_a_hidden_character_is_refused(code: int) -> None:
    with pytest.raises(SpecError) as error:
        text_source(f"a: 1\nb: {chr(code)}", "--set", LIMITS)
    assert refusal(error) == [("E0006", 2, 4)]


@pytest.mark.parametrize("code", ALLOWED, ids=hex)
def test_other_characters_are_allowed(code: int) -> None:
    assert text_source(f"b: {chr(code)}é", "--set", LIMITS).text == f"b: {chr(code)}é"


@pytest.mark.parametrize("text", ["%YAML 1.2\n", "a: 1\n%TAG ! x\n", "a: 1\r%x", "a: 1\r\n%x"])
def test_a_directive_is_refused(text: str) -> None:
    with pytest.raises(SpecError) as error:
        text_source(text, "net.yaml", LIMITS)
    assert [code for code, _, _ in refusal(error)] == ["E0007"]


def test_as_many_are_told_as_are_shown() -> None:
    with pytest.raises(SpecError) as error:
        text_source("\0" * 1000, "net.yaml", LIMITS)
    assert len(error.value.diagnostics) == LIMITS.diagnostics


def test_a_text_above_the_limit_is_refused() -> None:
    with pytest.raises(SpecError) as error:
        text_source("12345", "--set", Limits(bytes=4))
    assert refusal(error) == [("E0401", 1, 1)]
