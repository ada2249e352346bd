"""A line of a block becomes a formula for LaTeX and MathJax: numbers as they are, words upright."""

import re

from archc.rendering.escape import tex

_PIECE = re.compile(r"[0-9]+|×|, |[\[\]=.]|[^0-9×\[\]=.,]+|.", re.DOTALL)
_SIGN = {"×": r"\times ", ", ": r", ", "[": r"\lbrack ", "]": r"\rbrack ", "=": "=", ".": "."}


def formula(line: str) -> str:
    r"""Return `3\times 3, 64, \text{stride }2`."""
    pieces = []
    for piece in _PIECE.findall(line):
        if piece in _SIGN or (piece.isascii() and piece.isdigit()):
            pieces.append(_SIGN.get(piece, piece))
        else:
            pieces.append(rf"\text{{{tex(piece)}}}")
    return "".join(pieces)
