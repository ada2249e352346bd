"""Printed lengths: a number and its unit, as papers and CSS write them."""

import re

UNITS = {"cm": 96 / 2.54, "mm": 9.6 / 2.54, "in": 96.0, "pt": 96 / 72, "px": 1.0}
"""Pixels in each."""
_LENGTH = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)(cm|mm|in|pt|px)")


def pixels(length: str) -> float | None:
    """Of `8.5cm`, `3.25in`, `240pt`, `90mm`, `400px`; None for anything else."""
    found = _LENGTH.fullmatch(length)
    value = float(found[1]) * UNITS[found[2]] if found else 0.0
    return value if value > 0 else None
