"""Graphviz lays operations out where the user asks for it: the system's `dot`, else a package that carries Graphviz."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from archc.present.draw.content import ENTRY, Network, Unit
from archc.present.draw.errors import FigureError
from archc.present.draw.layouts.cards import title_of
from archc.present.draw.layouts.lanes import Measures, unit_width
from archc.present.draw.scene import Box, Curve, Group, Item, Join, Point, Scene, Segment
from archc.present.draw.words import dimensions
from archc.record import Record

INCH = 96.0
SECONDS = 300
"""A layout may take so long."""
MARGIN = 20.0
TRIED = ("dot", "graphviz-pure", "pygraphviz")
"""A program on the path, a program beside this Python, an importable package: in this order."""


class _Link(Record, frozen=False):
    source: str
    target: str
    shortcut: bool
    changes: bool


def by_dot(network: Network, unfolded: frozenset[str] | None) -> Scene:
    """Draw the network's operations where Graphviz puts them. Raises FigureError."""
    units, links = _linked(network, unfolded)
    measures = Measures()
    sizes = {unit.id: (unit_width(unit, measures), 2 * measures.join if unit.symbol else measures.box) for unit in units}
    names = {unit.id: f"n{index}" for index, unit in enumerate(units)}
    width, height, middles, paths = _parsed(laid_out(_source(sizes, names, links)))
    top, items = 72.0, title_of(network, width / 2 + MARGIN)
    for link in links:
        points = paths[names[link.source], names[link.target]].pop(0)
        items.append(_curve(link, [(x + MARGIN, height - y + top) for x, y in points]))
    for unit in units:
        x, y = middles[names[unit.id]]
        items.append(_drawn(unit, (x + MARGIN, height - y + top), sizes[unit.id], measures))
    described = f"{network.title}: every operation, laid out by Graphviz; input {dimensions(network.input)}."
    group = Group(id=f"{network.name}/", role="network", label=network.title, items=tuple(items))
    wide = max(width + 2 * MARGIN, 260.0)
    return Scene(width=wide, height=height + top + MARGIN, title=network.title, description=described, items=(group,))


def _linked(network: Network, unfolded: frozenset[str] | None) -> tuple[list[Unit], list[_Link]]:
    """Return the units, and the links from one to another across blocks."""
    units: list[Unit] = []
    links: list[_Link] = []
    entry = ""
    for part in network.parts:
        for run in part.runs:
            whole = unfolded is None or part.id in unfolded
            for cell in run.cells if whole else run.cells[:1]:
                leaves = entry
                for wire in cell.wires:
                    source = entry if wire.source == ENTRY else cell.units[wire.source].id
                    if wire.target == len(cell.units):
                        leaves = source
                    elif source:
                        links.append(_Link(source, cell.units[wire.target].id, wire.side == "shortcut", wire.changes))
                units += cell.units
                entry = leaves
    return units, links


def _source(sizes: Mapping[str, tuple[float, float]], names: Mapping[str, str], links: Sequence[_Link]) -> str:
    lines = ["digraph {", 'graph [ranksep="0.22", nodesep="0.3"]', 'node [shape="box", fixedsize="true", label=""]']
    lines += [f'{names[key]} [width="{w / INCH:.4f}", height="{h / INCH:.4f}"]' for key, (w, h) in sizes.items()]
    lines += [f'{names[link.source]} -> {names[link.target]} [arrowhead="none"]' for link in links]
    return "\n".join([*lines, "}"])


def laid_out(source: str) -> str:
    """Return Graphviz's plain output for a graph, by the first of TRIED that is installed."""
    for name in ("dot", "graphviz-pure"):
        beside = Path(sys.executable).with_name(name)
        program = shutil.which(name) or (str(beside) if beside.is_file() else None)
        if program is not None:
            return _run(program, source)
    try:
        import pygraphviz  # pyright: ignore[reportMissingImports]  a user may have it
    except ImportError:
        hint = "pip install graphviz-pure, or your system's package graphviz; the default --layout needs neither"
        raise FigureError(f"no Graphviz is installed: looked for {', '.join(TRIED)}", hint) from None
    drawn: bytes = pygraphviz.AGraph(string=source).draw(format="plain", prog="dot")
    return drawn.decode()


def _run(program: str, source: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  Graphviz, given a graph of our own names
            [program, "-Tplain"], input=source, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"{program} took more than {SECONDS} seconds"
        raise FigureError(message, "leave out --layout dot, or draw fewer operations: --block SPEC:PATH") from None
    if done.returncode != 0:
        message = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise FigureError(f"{program} failed and said: {message}", "leave out --layout dot")
    return done.stdout


def _parsed(plain: str) -> tuple[float, float, dict[str, Point], dict[tuple[str, str], list[list[Point]]]]:
    """Return width and height in pixels, the middle of each node, and the points of the edges between two nodes."""
    width = height = 0.0
    middles: dict[str, Point] = {}
    paths: dict[tuple[str, str], list[list[Point]]] = {}
    for line in plain.splitlines():
        words = line.split(" ")
        if words[0] == "graph":
            width, height = float(words[2]) * INCH, float(words[3]) * INCH
        elif words[0] == "node":
            middles[words[1]] = (float(words[2]) * INCH, float(words[3]) * INCH)
        elif words[0] == "edge":
            values = [float(word) * INCH for word in words[4 : 4 + 2 * int(words[3])]]
            paths.setdefault((words[1], words[2]), []).append(list(zip(values[::2], values[1::2], strict=True)))
    return width, height, middles, paths


def _curve(link: _Link, points: Sequence[Point]) -> Curve:
    path: tuple[Segment, ...] = tuple(_cubics(points))
    return Curve(
        id=f"{link.target}<{link.source}", start=points[0], path=path, role="shortcut" if link.shortcut else "flow",
        dashed=link.changes, source=link.source, target=link.target,
    )  # fmt: skip


def _cubics(points: Sequence[Point]) -> Iterator[Segment]:
    for i in range(1, len(points) - 2, 3):
        yield (*points[i], *points[i + 1], *points[i + 2])


def _drawn(unit: Unit, middle: Point, size: tuple[float, float], measures: Measures) -> Item:
    (x, y), (w, h) = middle, size
    if unit.symbol:
        return Join(id=unit.id, x=x, y=y, radius=measures.join, symbol=unit.symbol, facts=unit.facts, mark=unit.mark)
    return Box(
        id=unit.id, x=x - w / 2, y=y - h / 2, width=w, height=h, role=unit.role, lines=unit.words, size=measures.text,
        facts=unit.facts, mark=unit.mark,
    )  # fmt: skip
