"""Text is made safe for GitHub's and GitLab's Markdown, so that no name becomes markup, a link, a mention or a reference."""

from archc.rendering.visible import clipped

_MARKS = {character: f"\\{character}" for character in "\\`*_[]~|$"}
_MARKS |= {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", "#": "&#35;"}
"""`@` and `#` begin mentions and references, which a backslash before them would not prevent."""


def plain(text: str, limit: int = 400) -> str:
    """Escape running text so that it is shown as it is; what looks like an address is no link."""
    marked = "".join([_MARKS.get(character, character) for character in clipped(text, limit)])
    return marked.replace("://", "&#58;//").replace("www.", "www&#46;")


def code(text: str, limit: int = 400, *, table: bool = False) -> str:
    """Return a code span; in a `table` a bar is escaped, since GFM reads it even in code."""
    content = clipped(text, limit)
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in content).split()), default=0)
    fence = "`" * (longest + 1)
    space = " " if content[:1] in ("`", " ") or content[-1:] in ("`", " ") else ""
    content = content or " "
    content = content.replace("|", "\\|") if table else content
    return f"{fence}{space}{content}{space}{fence}"


def prose(text: str, limit: int = 1000) -> str:
    """Escape running text but for code between backticks; a backtick without a partner is text."""
    pieces = clipped(text, limit).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    return "".join([code(piece, limit) if place % 2 and piece else plain(piece, limit) for place, piece in enumerate(pieces)])
