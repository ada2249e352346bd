"""`--size HxW` of the image."""

from archc.cli.parsing import UsageError

LARGEST = 10**6


def size_of(text: str | None) -> tuple[int, int] | None:
    """`224` or `320x480` as (height, width); None where none is given. Raises UsageError."""
    if text is None:
        return None
    words = text.lower().split("x")
    if len(words) > 2 or not all(
        word.isascii() and word.isdigit() and len(word) < 8 and 0 < int(word) <= LARGEST for word in words
    ):
        raise UsageError(f"--size is HxW in pixels, as in 224 or 320x480, not `{text}`")
    return int(words[0]), int(words[-1])
