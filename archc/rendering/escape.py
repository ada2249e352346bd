"""Names and texts are made safe for the language a figure or table is written in; they stay readable as themselves."""

import re

from archc.rendering.visible import visible

_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", '"': r"\textquotedbl{}",
    "|": r"\textbar{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}", "×": r"$\times$",
    "·": r"$\cdot$", "✓": r"$\surd$", "✗": r"$\neq$",
    "⁹": r"\textsuperscript{9}", "⁶": r"\textsuperscript{6}", "³": r"\textsuperscript{3}", "…": r"\dots{}",
}  # fmt: skip
_JOINED = re.compile(r"([-,])(?=\1)")
_LIST = re.compile(r"^(\s*(?:\d+(?=[.)](?:\s|$))|(?=[-+=])))(.)")
_MARKDOWN = frozenset("\\`*_[]<>~$&#@")
_FORMULA = frozenset("=+-@＝＋－＠")


def xml(text: str) -> str:
    """Escape text for elements and attributes of XML and HTML; a character that XML cannot hold is shown as an escape."""
    return "".join([_XML.get(character, character) for character in visible(text)])


def tex(text: str) -> str:
    """Escape running text for LaTeX with T1 fonts.

    An engine that has no Unicode fonts shows the code point of a letter that T1 lacks. Two commas or hyphens are kept apart,
    since they would join to one sign.
    """
    return _JOINED.sub(r"\1{}", "".join([_TEX.get(character) or _letter(character) for character in visible(text)]))


def _letter(character: str) -> str:
    code = ord(character)
    if code < 0x80 or 0xC0 <= code <= 0xFF:
        return character
    return rf"\ifdefined\Uchar {character}\else[U+{code:04X}]\fi{{}}"


def markdown(text: str) -> str:
    """Escape a cell of a table in GitHub's Markdown, or running text within a line."""
    characters = [f"\\{character}" if character in _MARKDOWN else character for character in visible(text)]
    return _LIST.sub(r"\1\\\2", "".join(characters)).replace("|", "&#124;").replace("www.", r"www\.").replace("://", r"\://")


def csv(text: str) -> str:
    """Escape a cell of CSV: a text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = visible(text)
    return f"'{text}" if text[:1] in _FORMULA and text else text
