"""Several inks need the same of a scene's shapes: curves cut short for their arrowheads, and numbers in few digits."""

from archc.present.draw.scene import Box, Curve, Join, Plate, Point, Segment

HEAD = 6.5
"""The length of an arrowhead; a trunk's is 9."""


def brief(value: float) -> str:
    """Write a length to a hundredth, without zeros at the end."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if text != "-0.00" else "0"


def head_size(curve: Curve) -> tuple[float, float]:
    """Return the length and half the width of a curve's arrowhead."""
    return (9.0, 5.0) if curve.role == "trunk" else (HEAD, 3.0)


def end_of(curve: Curve) -> tuple[Point, Point]:
    """Return a curve's last point, and its direction there, of length 1."""
    points = [curve.start, *[segment[-2:] for segment in curve.path]]
    last = curve.path[-1]
    x, y = points[-1]
    from_x, from_y = (last[2], last[3]) if len(last) == 6 else points[-2]
    dx, dy = x - from_x, y - from_y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    return (x, y), (dx / length, dy / length)


def shaft(curve: Curve) -> tuple[Segment, ...]:
    """Return the path without what the arrowhead covers."""
    if not curve.arrow:
        return curve.path
    (x, y), (dx, dy) = end_of(curve)
    back = head_size(curve)[0] - 0.5
    x, y = x - dx * back, y - dy * back
    last = curve.path[-1]
    return (*curve.path[:-1], (x, y) if len(last) == 2 else (*last[:4], x, y))


def tip(curve: Curve) -> tuple[Point, Point, Point]:
    """Return the corners of the arrowhead, its point first."""
    (x, y), (dx, dy) = end_of(curve)
    length, half = head_size(curve)
    bx, by = x - dx * length, y - dy * length
    return (x, y), (bx - dy * half, by + dx * half), (bx + dy * half, by - dx * half)


def symbol_size(join: Join) -> float:
    """Return the size of the text in a circle."""
    return join.radius * (1.75 if len(join.symbol) == 1 else 1.15)


def weight(thing: Box | Join | Plate | Curve) -> float:
    """Return the width of an outline or line; what a comparison marks is heavier."""
    if isinstance(thing, Curve):
        return (4.0 if thing.role == "trunk" else 1.3) + (1.0 if thing.mark else 0.0)
    if isinstance(thing, Plate):
        return 1.0
    return 1.3 + (1.2 if thing.mark else 0.0)
