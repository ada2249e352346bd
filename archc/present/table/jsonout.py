"""A table becomes one JSON document of exact figures; `table-1.schema.json` describes the format, which has a number."""

import json
from collections.abc import Sequence
from fractions import Fraction

from archc.present.table.agreement import actual
from archc.present.table.figures import Figure, Value
from archc.present.table.grid import Bracket
from archc.present.table.levels import Level
from archc.present.table.listing import Line, lines
from archc.present.table.network import Network
from archc.present.table.outline import Segment, outline

VERSION = 1


def to_json(
    networks: Sequence[Network], level: Level | None, figures: Sequence[Figure], rows: Sequence[Line], convention: str
) -> str:
    """Return JSON in ASCII that ends with a newline: the level's rows, and without a level the outline of papers."""
    document = {
        "version": VERSION,
        "convention": convention,
        "level": level or "stage",
        "columns": [{"name": figure.name, "unit": figure.unit, "help": figure.help} for figure in figures],
        "networks": [
            _network(network, level, figures, [line for line in rows if line.network is network]) for network in networks
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _network(network: Network, level: Level | None, figures: Sequence[Figure], rows: Sequence[Line]) -> dict[str, object]:
    (total,) = lines([network], "network", figures)
    content: dict[str, object] = {
        "name": network.name,
        "title": network.head,
        "source": dict(network.source),
        "input": list(network.input),
        "figures": _figures(figures, total.values),
        "reported": {
            figure: {
                "value": _number(reported.value),
                "from": reported.where,
                "within": _number(reported.within),
                "actual": value,
                "agrees": reported.agrees(value),
            }
            for figure, reported in network.reported.items()
            if (value := actual(network, figure)) is not None
        },
    }
    if level is None:
        content["outline"] = [_segment(segment) for segment in outline(network.graph)]
    if level != "network":
        content["rows"] = [
            {
                "part": line.part.path,
                "label": line.part.label,
                "what": line.part.text,
                "times": line.part.times,
                "last": line.part.last if line.part.times > 1 else line.part.path,
                "figures": _figures(figures, line.values),
            }
            for line in rows
        ]
    return content


def _segment(segment: Segment) -> dict[str, object]:
    parts = [*segment.lead, *segment.parts]
    return {
        "kind": segment.kind,
        "label": segment.label,
        "output": list(segment.size),
        "parts": [
            {"lines": list(part.lines), "times": part.times} if isinstance(part, Bracket) else {"lines": [part], "times": 1}
            for part in parts
        ],
        "strided": list(segment.strided),
        "shortcuts": list(segment.shortcuts),
    }


def _figures(figures: Sequence[Figure], values: Sequence[Value]) -> dict[str, object]:
    return {
        figure.name: _number(value) if isinstance(value, Fraction) else value
        for figure, value in zip(figures, values, strict=True)
    }


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
