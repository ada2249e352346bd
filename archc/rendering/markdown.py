"""Text made safe for GitHub's and GitLab's Markdown: no markup, link, mention or reference comes of a name."""

from archc.rendering.visible import clipped

_MARKS = {character: f"\\{character}" for character in "\\`*_[]~|$"}
_MARKS |= {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", "#": "&#35;"}
"""`@` and `#` begin mentions and references, which a backslash before them would not prevent."""


def plain(text: str, limit: int = 400) -> str:
    """Running text, shown as it is; what looks like an address is no link."""
    marked = "".join([_MARKS.get(character, character) for character in clipped(text, limit)])
    return marked.replace("://", "&#58;//").replace("www.", "www&#46;")


def code(text: str, limit: int = 400, *, table: bool = False) -> str:
    """A code span; in a `table` a bar is escaped, which GFM takes even in code."""
    shown = clipped(text, limit)
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in shown).split()), default=0)
    fence = "`" * (longest + 1)
    space = " " if shown[:1] in ("`", " ") or shown[-1:] in ("`", " ") else ""
    shown = shown or " "
    shown = shown.replace("|", "\\|") if table else shown
    return f"{fence}{space}{shown}{space}{fence}"


def prose(text: str, limit: int = 1000) -> str:
    """Running text in which what stands between backticks is code; one that is left over is text."""
    pieces = clipped(text, limit).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    return "".join([code(piece, limit) if place % 2 and piece else plain(piece, limit) for place, piece in enumerate(pieces)])
