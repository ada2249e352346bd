"""A printed length is a number and its unit, as papers and CSS write them."""

import re

UNITS = {"cm": 96 / 2.54, "mm": 9.6 / 2.54, "in": 96.0, "pt": 96 / 72, "px": 1.0}
"""The pixels in each unit."""
_LENGTH = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)(cm|mm|in|pt|px)")


def pixels(length: str) -> float | None:
    """Return the pixels of `8.5cm`, `3.25in`, `240pt`, `90mm`, `400px`, None of any other text."""
    match = _LENGTH.fullmatch(length)
    value = float(match[1]) * UNITS[match[2]] if match else 0.0
    return value if value > 0 else None
