"""An expression that its own comma cut in two: `{width: max(a, b)}` is to YAML `width: max(a` and a key `b)`."""

from archc.diagnostics import Diagnostic
from archc.language.document.frames import Frame
from archc.language.document.lines import Places


def notice(frame: Frame, text: str, offsets: tuple[int, int], places: Places, found: list[Diagnostic]) -> None:
    """Look at a plain scalar with parentheses inside brackets or braces; E0117 replaces what was said of the pieces."""
    surplus = text.count("(") - text.count(")")
    begin, before, depth = frame.opened or (offsets[0], len(found), 0)
    if depth + surplus > 0:
        frame.opened = (begin, before, depth + surplus)
    elif depth > 0:
        frame.opened = None
        del found[before:]
        whole = places.source.text[begin : offsets[1]]
        one_line = not any(character in whole for character in '"\\\r\n')
        found.append(
            Diagnostic(
                "E0117",
                "an expression with a comma needs quotes here",
                places.span(begin, offsets[1]),
                "inside brackets a `,` ends a value",
                help=f'write "{whole}"' if one_line else "put the whole expression in quotes",
            )
        )
