"""The header of a safetensors file is parsed by its own grammar, which refuses any other JSON at its first character.

A parser of JSON would build 100 MB of nested lists first, which take gigabytes.

Format: huggingface/safetensors, README, "Format". A JSON object maps names to `{"dtype", "shape", "data_offsets"}`, and
`__metadata__` to texts by text. It is stricter than JSON: no key twice, no further key, whole numbers only.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
"""The bits of an element of each type."""

MOST_AXES = 64

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,18})(?![0-9.eE])")


class HeaderError(ValueError):
    """A header is malformed; the message continues a sentence that begins with the file's name."""


class Entry(NamedTuple):
    """A tensor: its type, its shape, and the range of its bytes, counted from the end of the header."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def parse_header(text: str) -> tuple[dict[str, Entry], dict[str, str]]:
    """Return the tensors and the metadata. Raises HeaderError."""
    cursor = _Cursor(text)
    tensors: dict[str, Entry] = {}
    metadata: dict[str, str] | None = None
    for name in cursor.keys("the header"):
        if name == "__metadata__":
            if metadata is not None:
                raise HeaderError("its header has `__metadata__` twice")
            metadata = _metadata(cursor)
        elif name in tensors:
            raise HeaderError(f"its header has tensor `{name}` twice")
        else:
            tensors[name] = _entry(cursor, name)
    cursor.finish()
    return tensors, metadata or {}


def _metadata(cursor: "_Cursor") -> dict[str, str]:
    metadata: dict[str, str] = {}
    for key in cursor.keys("`__metadata__`"):
        if key in metadata:
            raise HeaderError(f"its metadata has `{key}` twice")
        metadata[key] = cursor.text(f"metadata `{key}`")
    return metadata


def _entry(cursor: "_Cursor", name: str) -> Entry:
    values: dict[str, str | tuple[int, ...]] = {}
    for key in cursor.keys(f"tensor `{name}`"):
        if key not in ("dtype", "shape", "data_offsets"):
            raise HeaderError(f"tensor `{name}` has an unknown key `{key}`")
        if key in values:
            raise HeaderError(f"tensor `{name}` has `{key}` twice")
        label = f"`{key}` of tensor `{name}`"
        values[key] = cursor.text(label) if key == "dtype" else cursor.numbers(label)
    dtype, shape, offsets = values.get("dtype"), values.get("shape"), values.get("data_offsets")
    if not isinstance(dtype, str) or not isinstance(shape, tuple) or not isinstance(offsets, tuple):
        missing = next(key for key in ("dtype", "shape", "data_offsets") if key not in values)
        raise HeaderError(f"tensor `{name}` has no `{missing}`")
    return _checked(name, dtype, shape, offsets)


def _checked(name: str, dtype: str, shape: tuple[int, ...], offsets: tuple[int, ...]) -> Entry:
    if dtype not in BITS:
        raise HeaderError(f"tensor `{name}` has an unknown type `{dtype}`; there are {', '.join(sorted(BITS))}")
    if len(offsets) != 2 or offsets[0] > offsets[1]:
        raise HeaderError(f"tensor `{name}` has data offsets {list(offsets)}, which are no begin and end")
    bits = BITS[dtype]
    for length in shape:
        bits *= length
    if bits != 8 * (offsets[1] - offsets[0]):
        size = f"{bits // 8} bytes" if bits % 8 == 0 else f"{bits} bits"
        raise HeaderError(
            f"tensor `{name}` of {dtype} {list(shape)} takes {size}, its data offsets hold {offsets[1] - offsets[0]} bytes"
        )
    return Entry(dtype, shape, offsets[0], offsets[1])


class _Cursor:
    """A place in the header's text, with a method for each thing that may stand there."""

    def __init__(self, text: str) -> None:
        self.string = text
        self.place = 0

    def keys(self, label: str) -> Iterator[str]:
        """Yield the keys of an object, each when its value is to be read."""
        self._expect("{", label)
        if self._skip("}"):
            return
        while True:
            key = self.text(label)
            self._expect(":", label)
            yield key
            if self._skip("}"):
                return
            self._expect(",", label)

    def text(self, label: str) -> str:
        quoted = _STRING.match(self.string, self._after_space())
        try:
            value = json.loads(quoted[0]) if quoted else None
        except ValueError:  # an escape that there is not
            value = None
        if quoted is None or not isinstance(value, str):
            raise self._wrong(f"{label} is no text")
        self.place = quoted.end()
        # A lone surrogate is JSON, but no text that could be written again or printed.
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise self._wrong(f"{label} holds half of a character")
        return value

    def numbers(self, label: str) -> tuple[int, ...]:
        """Read a list of whole numbers below 10^19."""
        self._expect("[", label)
        values: list[int] = []
        while not (not values and self._skip("]")):
            number = _NUMBER.match(self.string, self._after_space())
            if number is None:
                raise self._wrong(f"{label} is no list of whole numbers")
            if len(values) == MOST_AXES:
                raise self._wrong(f"{label} has more than {MOST_AXES} numbers")
            values.append(int(number[0]))
            self.place = number.end()
            if self._skip("]"):
                break
            self._expect(",", label)
        return tuple(values)

    def finish(self) -> None:
        """Check that only spaces follow, with which writers pad the header."""
        if self._after_space() != len(self.string):
            raise self._wrong("something follows the header's object")

    def _after_space(self) -> int:
        space = _SPACE.match(self.string, self.place)
        return space.end() if space else self.place

    def _skip(self, mark: str) -> bool:
        place = self._after_space()
        if not self.string.startswith(mark, place):
            return False
        self.place = place + 1
        return True

    def _expect(self, mark: str, label: str) -> None:
        if not self._skip(mark):
            raise self._wrong(f"`{mark}` is missing in {label}")

    def _wrong(self, problem: str) -> HeaderError:
        return HeaderError(f"its header is not well-formed at character {self.place}: {problem}")
