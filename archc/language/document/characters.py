"""What a text may not contain: characters that hide, reorder or break lines where editors do not, and `%` directives."""

import re
from itertools import islice

from archc.diagnostics import Diagnostic, Source
from archc.language.document.lines import Places
from archc.limits import Limits

_ASCII = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
# Compiled at the first text beyond ASCII only: the class is large, and most specs need it not.
_UNICODE = "".join(
    (
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff",
        *(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17)),
        "]",
    )
)
# At the start of any line, also inside a value that spans lines: 40,000 %TAG lines take libyaml seconds.
_DIRECTIVE = re.compile(r"(?:\A|(?<=[\r\n]))%[^\r\n]*")


def refused_characters(source: Source, limits: Limits) -> list[Diagnostic]:
    """E0006 for each forbidden character, E0007 for each directive; as many of each as are shown at once."""
    text = source.text
    pattern = _ASCII if text.isascii() else _UNICODE
    if not re.search(pattern, text) and not _DIRECTIVE.search(text):
        return []
    places = Places(source)
    characters = [
        Diagnostic(
            "E0006",
            f"U+{ord(match[0]):04X}, {_kind(ord(match[0]))}, is not allowed",
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


def _kind(code: int) -> str:
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
