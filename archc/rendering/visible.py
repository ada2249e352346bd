"""A user's text is made safe to print: characters that move the cursor, hide or reorder are shown as escapes."""

import unicodedata


def visible(text: str) -> str:
    r"""Return the text on one line, with control, format, surrogate, private and unassigned characters as `\x1b`, `\u202e`."""
    if text.isprintable():  # no character of the categories Other and Separator but the space
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def clipped(text: str, limit: int = 400) -> str:
    """Return visible text without the middle of a very long one."""
    if len(text) > limit:
        text = text[: limit // 2] + "…" + text[-limit // 4 :]
    return visible(text)


def width(character: str) -> int:
    """Return the terminal cells of a printable character: 0 of a combining one, 2 of a wide one (Unicode UAX #11)."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("F", "W") else 1


def _escape(character: str) -> str:
    code = ord(character)
    short = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(character)
    if short:
        return short
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
