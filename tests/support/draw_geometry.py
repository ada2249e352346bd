"""What a figure must not do: texts over texts, words over boxes that are not theirs, lines through words, things off the page."""

from collections.abc import Iterator

from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Curve, Join, Plate, Rule, Scene, Text, baselines, flat

Area = tuple[float, float, float, float]


def faults(scene: Scene) -> Iterator[str]:
    """Each fault in words; none for a figure that is well laid out."""
    items = list(flat(scene.items))
    words = [(item.words, words_area(item)) for item in items if isinstance(item, Text) and item.words.strip()]
    boxes = [item for item in items if isinstance(item, Box)]
    solid = [(box.id, (box.x, box.y, box.x + box.width, box.y + box.height)) for box in boxes]
    solid += [(j.id, (j.x - j.radius, j.y - j.radius, j.x + j.radius, j.y + j.radius)) for j in items if isinstance(j, Join)]
    for index, (said, area) in enumerate(words):
        if area[0] < 0 or area[1] < 0 or area[2] > scene.width or area[3] > scene.height:
            yield f"{said!r} is off the page"
        for other, there in words[index + 1 :]:
            if crosses(area, there):
                yield f"{said!r} is over {other!r}"
        for name, there in solid:
            if crosses(area, there):
                yield f"{said!r} is over {name}"
    for index, (name, area) in enumerate(solid):
        for other, there in solid[index + 1 :]:
            if crosses(area, there):
                yield f"{name} is over {other}"
    for plate in items:
        if isinstance(plate, Plate) and plate.role != "stack":
            ground = (plate.x, plate.y, plate.x + plate.width, plate.y + plate.height)
            for said, area in words:
                if crosses(area, ground) and not within(area, ground):
                    yield f"{said!r} is over the edge of {plate.role} {plate.id}"
    for rule in items:
        if isinstance(rule, Rule):
            for said, area in words:
                if crosses(area, (rule.x1 - 1, rule.y1 - 1, rule.x2 + 1, rule.y2 + 1)):
                    yield f"a rule runs through {said!r}"
    for box in boxes:
        for y, line in zip(baselines(box), box.lines, strict=True):
            long = width(line, box.size, "bold" if box.lead else "regular")
            if long > box.width - 4 or y > box.y + box.height or y - box.size * 0.7 < box.y:
                yield f"{line!r} does not fit its box"
    for curve in items:
        if isinstance(curve, Curve):
            along = points(curve)
            xs, ys = [x for x, _ in along], [y for _, y in along]
            reach = (min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1)
            for said, area in words:
                if crosses(area, reach) and any(inside(x, y, area) for x, y in along):
                    yield f"{curve.id} runs through {said!r}"
            for name, there in solid:
                near = crosses(there, reach) and name not in (curve.source, curve.target)
                if near and any(inside(x, y, there) for x, y in along[2:-2]):
                    yield f"{curve.id} runs through {name}"


def words_area(text: Text) -> Area:
    long = width(text.words, text.size, text.face)
    left = text.x - {"start": 0.0, "middle": long / 2, "end": long}[text.anchor]
    return (left, text.y - text.size * 0.72, left + long, text.y + text.size * 0.2)


def crosses(one: Area, other: Area) -> bool:
    return one[0] < other[2] - 0.5 and other[0] < one[2] - 0.5 and one[1] < other[3] - 0.5 and other[1] < one[3] - 0.5


def within(area: Area, ground: Area) -> bool:
    return area[0] >= ground[0] and area[1] >= ground[1] and area[2] <= ground[2] and area[3] <= ground[3]


def inside(x: float, y: float, area: Area) -> bool:
    return area[0] + 0.5 < x < area[2] - 0.5 and area[1] + 0.5 < y < area[3] - 0.5


def points(curve: Curve) -> list[tuple[float, float]]:
    """Along the curve, close together."""
    found = [curve.start]
    for segment in curve.path:
        (x, y), (*_, last_x, last_y) = found[-1], segment
        one = segment[:2] if len(segment) == 6 else (x + (last_x - x) / 3, y + (last_y - y) / 3)
        two = segment[2:4] if len(segment) == 6 else (x + (last_x - x) * 2 / 3, y + (last_y - y) * 2 / 3)
        for step in range(1, 17):
            t = step / 16
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            across, down = zip((x, y), one, two, (last_x, last_y), strict=True)
            found.append(
                (sum(map(float.__mul__, weights, map(float, across))), sum(map(float.__mul__, weights, map(float, down))))
            )
    return found
