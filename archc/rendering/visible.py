"""Text of a user made safe to print: what would move the cursor, hide, or reorder is shown as an escape."""

import unicodedata


def visible(text: str) -> str:
    r"""The text on one line, with control, format, surrogate, private and unassigned characters as `\x1b`, `\u202e`."""
    if text.isprintable():  # all but Other and Separator, and of these the space
        return text
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def clipped(text: str, limit: int = 400) -> str:
    """`visible`, with the middle of a very long text left out."""
    if len(text) > limit:
        text = text[: limit // 2] + "…" + text[-limit // 4 :]
    return visible(text)


def width(character: str) -> int:
    """Terminal cells of a printable character: none for a combining one, two for a wide one (Unicode UAX #11)."""
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
