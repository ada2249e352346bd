"""A spec's text is read here: a bounded read of a regular file, strict UTF-8, no `%` directive, and no character that hides
or reorders text, or breaks lines where editors do not.
"""

import codecs
import os
import re
import stat
from itertools import islice

from archc.diagnostics import Diagnostic, Source, SpecError, in_order
from archc.language.document.lines import Places
from archc.limits import Limits

_ASCII = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
# The class is large and most specs do not need it, so it is compiled at the first text beyond ASCII.
_UNICODE = "".join(
    (
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff",
        *(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17)),
        "]",
    )
)
# At the start of any line, even inside a value that spans lines, since 40,000 %TAG lines take libyaml seconds.
_DIRECTIVE = re.compile(r"(?:\A|(?<=[\r\n]))%[^\r\n]*")


def refused_characters(source: Source, limits: Limits) -> list[Diagnostic]:
    """Return E0006 for each forbidden character and E0007 for each directive, as many of each as are shown at once."""
    text = source.text
    pattern = _ASCII if text.isascii() else _UNICODE
    if not re.search(pattern, text) and not _DIRECTIVE.search(text):
        return []
    places = Places(source)
    characters = [
        Diagnostic(
            "E0006",
            f"U+{ord(match[0]):04X}, {_character_kind(ord(match[0]))}, is not allowed",
            places.span(*match.span()),
            help="delete it",
        )
        for match in islice(re.finditer(pattern, text), limits.diagnostics)
    ]
    directives = [
        Diagnostic(
            "E0007", "a `%` directive is not allowed", places.span(*match.span()), help="delete the line: archc reads YAML 1.2"
        )
        for match in islice(_DIRECTIVE.finditer(text), limits.diagnostics)
    ]
    return characters + directives


def _character_kind(code: int) -> str:
    if code == 0xFEFF:
        return "a byte order mark inside the text"
    if code in (0x85, 0x2028, 0x2029):
        return "a line break that editors do not show"
    if code < 0xA0:
        return "a control character"
    if 0xD800 <= code <= 0xDFFF:
        return "half of a surrogate pair"
    if code in range(0xFDD0, 0xFDF0) or code & 0xFFFE == 0xFFFE:
        return "which is no character"
    return "which changes the direction of text"


# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_source(path: str | os.PathLike[str], name: str, limits: Limits) -> Source:
    """Read the text of a file, which is printed as `name`. Raises SpecError: E0001 to E0007, E0401."""
    return bytes_source(_read(path, name, limits), name, limits)


def bytes_source(data: bytes, name: str, limits: Limits) -> Source:
    """Decode bytes that were read elsewhere, such as standard input. Raises SpecError: E0004 to E0007, E0401."""
    if len(data) > limits.bytes:
        raise _refused("E0401", f"`{name}` has more than {limits.bytes} bytes", name, "raise it with `--limit bytes=N`")
    if encoding := _foreign(data):
        raise _refused("E0005", f"`{name}` is {encoding}, not UTF-8", name, "save it as UTF-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        source = Source(name, data.decode("utf-8", "replace"))
        start = len(data[: error.start].decode("utf-8"))
        raise SpecError(
            (
                Diagnostic(
                    "E0004",
                    f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8",
                    Places(source).span(start, start + 1),
                    help="save the file as UTF-8",
                ),
            )
        ) from None
    return _checked(Source(name, text), limits)


def text_source(text: str, name: str, limits: Limits) -> Source:
    """Take a text as a source: the value of `--set`, or a string of the API. Raises SpecError: E0006, E0007, E0401."""
    if len(text) > limits.bytes:
        raise _refused("E0401", f"`{name}` has more than {limits.bytes} bytes", name, "raise it with `--limit bytes=N`")
    return _checked(Source(name, text.removeprefix("\ufeff")), limits)


def _checked(source: Source, limits: Limits) -> Source:
    if problems := refused_characters(source, limits):
        raise SpecError(in_order(problems))
    return source


def _read(path: str | os.PathLike[str], name: str, limits: Limits) -> bytes:
    """Read at most one byte more than the limit. The size is not asked for: it may change, and /dev/zero has none."""
    descriptor = _open(path, name)
    try:
        if not stat.S_ISREG(mode := os.fstat(descriptor).st_mode):
            raise _refused("E0002", f"`{name}` is {_kind(mode)}, not a file", name)
        chunks: list[bytes] = []
        left = limits.bytes + 1
        while left and (chunk := os.read(descriptor, left)):
            chunks.append(chunk)
            left -= len(chunk)
        return b"".join(chunks)
    except OSError as error:
        raise unreadable(error, name) from None
    finally:
        os.close(descriptor)


def _open(path: str | os.PathLike[str], name: str) -> int:
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # a FIFO without a writer must not block
        flags |= getattr(os, flag, 0)
    try:
        return os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the path
        raise _refused("E0001", f"cannot find `{name}`", name) from None
    except OSError as error:
        raise unreadable(error, name) from None


def _foreign(data: bytes) -> str | None:
    """Return the name of a wide encoding, told by its mark or its zero bytes (YAML 1.2.2, section 5.2)."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    match tuple(byte == 0 for byte in data[:4]):
        case (True, True, True, False) | (False, True, True, True):
            return "UTF-32"
        case (True, False, *_) | (False, True, *_) if len(data) > 1:
            return "UTF-16"
        case _:
            return None


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"


def unreadable(error: OSError, name: str) -> SpecError:
    """Return E0003 with the system's reason."""
    return _refused("E0003", f"cannot read `{name}`: {(error.strerror or str(error)).lower()}", name)


def _refused(code: str, message: str, name: str, help: str = "") -> SpecError:
    return SpecError((Diagnostic(code, message, Places(Source(name, "")).span(0, 0), help=help),))
