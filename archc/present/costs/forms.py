"""The report of `archc cost` is written for other programs: as JSON (`archc/cost/cost-1.schema.json`), CSV or Markdown."""

import json
from collections.abc import Sequence

from archc.cost.batched import Batched
from archc.cost.explain import Line
from archc.cost.measures import Measures
from archc.cost.parts import Part
from archc.cost.receptive import Field
from archc.cost.report import Asked, Report
from archc.cost.saved import for_training
from archc.ir.op import CLASSES
from archc.rendering.tables import as_csv, piped
from archc.rendering.visible import visible

VERSION = 1


def as_json(reports: Sequence[Report], asked: Asked, lines: Sequence[Line]) -> str:
    """Return one document. Counts are of one image; `{fixed, image}` counts once and for each image."""
    convention = asked.convention
    content = {
        "version": VERSION,
        "convention": {
            "name": convention.name,
            "program": convention.program,
            "mode": convention.mode,
            "backend": convention.backend,
            "unit": convention.unit,
            "says": convention.says,
        },
        "batch": asked.batch,
        "dtype": asked.dtype,
        "networks": [_network(report, asked) for report in reports],
        "comparison": [_line(line) for line in lines],
    }
    return json.dumps(content, indent=2) + "\n"


def _network(report: Report, asked: Asked) -> dict[str, object]:
    memory = report.memory
    return {
        "name": report.name,
        "title": report.title,
        "input": list(report.image.shape),
        "count": report.count,
        "classes": report.classes,
        **_measures(report.measures, asked),
        "parts": [_part(part, asked) for part in report.parts],
        "memory": {
            "parameters": memory.parameters,
            "buffers": memory.buffers,
            "activations": _batched(memory.activations),
            "peak": {**_batched(memory.peak), "node": memory.node, "exact": memory.exact, "stated": memory.stated.image},
            "saved": _batched(memory.saved),
            "optimizers": memory.optimizers,
        },
        "reported": [{"figure": each.figure, "value": each.value, "from": each.source} for each in report.reported],
        "explain": {each.convention.name: [_line(line) for line in each.lines] for each in report.explanations},
    }


def _measures(measures: Measures, asked: Asked) -> dict[str, object]:
    """Return the measures, with bytes in the chosen dtype and the arithmetic intensity of the batch."""
    return {
        "parameters": measures.parameters,
        "buffers": measures.buffers,
        "macs": measures.macs,
        "activations": measures.activations,
        "operations": measures.by_class,
        "bytes_read": _batched(measures.read.times(asked.width)),
        "bytes_written": _batched(measures.written.times(asked.width)),
        "intensity": float(measures.intensity(asked.width, asked.batch)),
    }


def _part(part: Part, asked: Asked) -> dict[str, object]:
    return {
        "path": part.path,
        "last": part.last,
        "template": part.template,
        "times": part.times,
        "output": list(part.output.shape),
        "count": part.count,
        **_measures(part.measures, asked),
        "field": _field(part.field),
    }


def _field(field: Field) -> dict[str, object]:
    return {
        "size": list(field.size),
        "stride": list(field.stride),
        "offset": [axis.offset for axis in field.axes],
        "whole": field.whole,
    }


def _batched(number: Batched) -> dict[str, object]:
    return {"fixed": number.fixed, "image": number.image}


def _line(line: Line) -> dict[str, object]:
    return {"amount": line.amount, "what": line.what, "why": line.why, "times": line.times}


def as_table(reports: Sequence[Report], asked: Asked, lines: Sequence[Line], *, by: str, form: str) -> str:
    """Return rows under heads, numbers in full: those of an explanation if there is one, else by network, part or class."""
    explained = [(each.convention.name, each.lines) for report in reports for each in report.explanations]
    if lines or explained:
        rows = [["convention", "amount", "what", "times", "why"]]
        for name, terms in [(asked.convention.name, lines)] if lines else explained:
            rows += [[name, str(line.amount), line.what, str(line.times), line.why] for line in terms]
    elif by == "op":
        rows = _classes(reports, asked)
    else:
        rows = _rows(reports, asked, whole=by == "network")
    return as_csv(rows) if form == "csv" else _markdown(rows)


def _rows(reports: Sequence[Report], asked: Asked, *, whole: bool) -> list[list[str]]:
    heads = ["network", "part", "last", "kind", "times", "output", "params", "buffers", asked.convention.name, "activations"]
    heads += ["bytes_read", "bytes_written", "intensity", "field", "stride"]
    rows = [[*heads, "peak_bytes", "saved_bytes"] if whole else heads]
    for report in reports:
        for part in report.parts:
            row = _row(report, part, asked)
            if whole:
                row += [str(report.memory.peak.at(asked.batch)), str(for_training(report.memory.saved, asked.batch))]
            rows.append(row)
    return rows


def _row(report: Report, part: Part, asked: Asked) -> list[str]:
    measures = part.measures
    return [
        report.name,
        part.path,
        part.last,
        part.template,
        str(part.times),
        "x".join(map(str, part.output.shape)),
        str(measures.parameters),
        str(measures.buffers),
        str(part.count * asked.batch),
        str(measures.activations * asked.batch),
        str(measures.bytes_read(asked.width, asked.batch)),
        str(measures.bytes_written(asked.width, asked.batch)),
        f"{float(measures.intensity(asked.width, asked.batch)):.4g}",
        "x".join(map(str, part.field.size)),
        "x".join(map(str, part.field.stride)),
    ]


def _classes(reports: Sequence[Report], asked: Asked) -> list[list[str]]:
    rows = [["network", "class", asked.convention.name, "operations"]]
    for report in reports:
        for name, count in zip(CLASSES, report.measures.work, strict=True):
            counted = report.classes.get(name, 0)
            if count or counted:
                rows.append([report.name, name, str(counted * asked.batch), str(count * asked.batch)])
    return rows


def _markdown(rows: list[list[str]]) -> str:
    """Write a pipe table with columns of numbers to the right."""
    rules = ["---:" if all(_is_number(row[column]) for row in rows[1:]) else "---" for column in range(len(rows[0]))]
    heads, *body = [[_escaped(cell) for cell in row] for row in rows]
    return "\n".join(piped(heads, rules, body)) + "\n"


def _escaped(cell: str) -> str:
    return visible(cell).replace("\\", "\\\\").replace("|", "\\|").replace("_", "\\_")


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
