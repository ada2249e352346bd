"""A document is written back as YAML, with each value beside the place it came from."""

from archc.diagnostics import Span
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.rendering.visible import visible

_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})
"""YAML 1.2 reads the first three; editors that read 1.1 take the others for truth values."""

_FAR = 64
"""Comments begin in one column, at most this one, unless the value before them reaches further."""


def with_places(root: Map) -> str:
    """Write the document in block style with places; it parses back to the same values."""
    lines: list[tuple[str, str]] = []
    _write_map(root, "", lines)
    column = min(max((len(text) for text, place in lines if place), default=0), _FAR)
    return "".join(f"{text:{column}}  # {place}\n" if place else f"{text}\n" for text, place in lines)


def as_yaml(root: Map) -> str:
    """Write the document in block style, without places."""
    lines: list[tuple[str, str]] = []
    _write_map(root, "", lines)
    return "".join(f"{text}\n" for text, _ in lines)


def _write_map(node: Map, indent: str, lines: list[tuple[str, str]]) -> None:
    for entry in node:
        key = str(entry.key) if isinstance(entry.key, int) else quoted(entry.key)
        if isinstance(entry.value, Map) and entry.value.entries:
            lines.append((f"{indent}{key}:", ""))
            _write_map(entry.value, f"{indent}  ", lines)
        else:
            lines.append((f"{indent}{key}: {_inline(entry.value)}", _place(entry.value.span)))


def _place(span: Span) -> str:
    """Return `net.yaml:3`; a source without text, as that of defaults, has no lines."""
    name = visible(span.source.name)
    return f"{name}:{span.line}" if span.source.text else name


def _inline(node: Node, *, flow: bool = False) -> str:
    match node:
        case Scalar():
            return quoted(node.value, flow=flow) if isinstance(node.value, str) else _literal(node)
        case Sequence():
            return f"[{', '.join(_inline(item, flow=True) for item in node.items)}]"
        case Map():
            return f"{{{', '.join(f'{quoted(str(e.key), flow=True)}: {_inline(e.value, flow=True)}' for e in node)}}}"


def _literal(node: Scalar) -> str:
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return "null" if node.value is None else node.text


def quoted(text: str, *, flow: bool = False) -> str:
    """Write text plain where YAML reads the same text back, else in double quotes."""
    plain = text.isprintable() and text.lower() not in _WORDS
    # A number never holds a space, so `0.1 * i` is text without quotes.
    plain = plain and text[:1].isalpha() | (text[:1] == "_") | (text[:1].isdigit() and " " in text)
    plain = plain and not any(mark in text for mark in (": ", " #")) and not text.endswith((":", " "))
    if plain and not (flow and any(mark in text for mark in ",[]{}:")):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
