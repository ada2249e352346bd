"""`archc list`: the networks that ship, with the figures their specs state."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from archc.cli.command import Command
from archc.document.nodes import Map, Node, Scalar

EXAMPLES = """\
  archc list                                    name, title, parameters, multiply-adds, layers, source
  archc list --format json
  archc list --names                            names alone
"""


@dataclass(frozen=True, slots=True)
class Network:
    """A shipped network; `params`, `macs` (multiply-adds of one image) and `depth` as its `expect` states them."""

    name: str
    title: str
    params: int | None
    macs: int | None
    depth: int | None
    source: str


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--names", action="store_true", help="only the names, one a line")


def run(arguments: Namespace) -> int:
    from archc.pipeline import shipped

    if arguments.names:
        print("\n".join(name for name, _ in shipped()))
        return 0
    networks = [_network(name, str(path)) for name, path in shipped()]
    if arguments.format == "json":
        import json

        json.dump({"version": 1, "networks": [asdict(network) for network in networks]}, sys.stdout, indent=2, ensure_ascii=False)
        print()
        return 0
    _print_table(networks)
    return 0


def _network(name: str, path: str) -> Network:
    """From the spec as written: name, title, source and expect are a document's own, never inherited."""
    from archc.pipeline import read_spec

    root = read_spec(path).root
    expect = root.get("expect")
    return Network(
        name,
        _text(root.get("title")),
        _number(expect, "params"),
        _number(expect, "macs"),
        _number(expect, "depth"),
        _source(root.get("source")),
    )


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, Scalar) else ""


def _number(node: Node | None, key: str) -> int | None:
    value = node.get(key) if isinstance(node, Map) else None
    return value.value if isinstance(value, Scalar) and isinstance(value.value, int) else None


def _source(node: Node | None) -> str:
    if isinstance(node, Map):
        return ", ".join(_text(entry.value) for entry in node if _text(entry.value))
    return _text(node)


def _print_table(networks: list[Network]) -> None:
    rows = [("name", "params", "macs", "depth", "title", "source")]
    # Of the source the paper; where in it and whose variant stand in the JSON form.
    rows += [(n.name, _short(n.params), _short(n.macs), _short(n.depth), n.title, n.source.split(",")[0]) for n in networks]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        cells = [
            f"{cell:>{width}}" if 0 < column < 4 else f"{cell:{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    print(f"\n{len(networks)} networks; params and macs (multiply-adds for one image) as `archc check` proves them")


def _short(number: int | None) -> str:
    if number is None:
        return "-"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**4)):
        if number >= size:
            return f"{number / (1000 if unit == 'k' else size):.2f} {unit}"
    return str(number)


COMMAND = Command(arguments, run, EXAMPLES)
