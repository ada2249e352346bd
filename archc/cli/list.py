"""`archc list` prints the networks that ship, with the figures that their specs state."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archc.cli.command import Command
from archc.cli.parsing import UsageError
from archc.language.document.nodes import Map, Node, Scalar
from archc.language.shipped import shipped_root
from archc.record import Record
from archc.rendering.tables import aligned
from archc.suggest import nearest

if TYPE_CHECKING:
    from archc.cost.features import Feature

EXAMPLES = """\
  archc list                                    name, title, parameters, multiply-adds, layers, source
  archc list --format json
  archc list --names                            names alone
  archc list --features resnet50 regnety_032    channels and stride of every stage
"""


class Network(Record):
    """A shipped network, with the `params`, `macs` (multiply-adds of one image) and `depth` that its `expect` states."""

    name: str
    title: str
    params: int | None
    macs: int | None
    depth: int | None
    source: str


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("network", nargs="*", help="only these networks")
    parser.add_argument("--features", action="store_true", help="print channels and stride of each feature, or of each stage")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--folder", action="store_true", help="print only the folder of shipped specs, which messages call `archc:`"
    )
    parser.add_argument("--names", action="store_true", help="print only the names, one on each line")


def run(arguments: Namespace) -> int:
    from archc.compile.pipeline import shipped

    if arguments.folder:
        print(shipped_root())
        return 0
    chosen = _chosen(shipped(), arguments.network)
    if arguments.names:
        print("\n".join(name for name, _ in chosen))
        return 0
    if arguments.features:
        return _features([name for name, _ in chosen], as_json=arguments.format == "json")
    networks = [_network(name, path) for name, path in chosen]
    if arguments.format == "json":
        import json

        json.dump({"version": 1, "networks": [vars(network) for network in networks]}, sys.stdout, indent=2, ensure_ascii=False)
        print()
        return 0
    _print_table(networks)
    return 0


def _chosen(known: list[tuple[str, Path]], names: list[str]) -> list[tuple[str, Path]]:
    """Return the networks of these names in the order of `known`; all without names. Raises UsageError."""
    names_known = [name for name, _ in known]
    for name in names:
        if name not in names_known:
            guess = nearest(name, names_known)
            raise UsageError(f"there is no shipped network `{name}`", f"did you mean `{guess}`?" if guess else "see: archc list")
    return [(name, path) for name, path in known if not names or name in names]


def _features(names: list[str], *, as_json: bool) -> int:
    from archc.cli.features import feature_table
    from archc.compile.pipeline import compile_spec
    from archc.cost.features import described_features

    graphs = [(name, compile_spec(name, layout="canonical").graph) for name in names]
    if not as_json:
        print("\n".join(feature_table(graphs)))
        return 0
    import json

    networks = [{"name": name, "features": [_as_json(each) for each in described_features(graph)]} for name, graph in graphs]
    json.dump({"version": 1, "networks": networks}, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0


def _as_json(feature: "Feature") -> dict[str, object]:
    """Return a feature as an object; `stride` is null where a value has no positions, `size` where it is no map."""
    size = list(feature.size) or None
    return {"name": feature.name, "channels": feature.channels, "stride": feature.stride or None, "size": size}


def _network(name: str, path: Path) -> Network:
    """Read a network from the file itself, no parent: title, source and expect are a document's own, never inherited."""
    from archc.language.document.loader import parse
    from archc.language.document.source import read_source
    from archc.limits import DEFAULT_LIMITS

    root = parse(read_source(path, path.name, DEFAULT_LIMITS), DEFAULT_LIMITS)
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
    # Only the paper of the source is shown; the place in it, and whose variant it is, stand in the JSON form.
    rows += [(n.name, _short(n.params), _short(n.macs), _short(n.depth), n.title, n.source.split(",")[0]) for n in networks]
    print("\n".join(aligned(rows, range(1, 4))))
    print(f"\n{len(networks)} networks; params and macs (multiply-adds for one image) as `archc check` proves them")


def _short(number: int | None) -> str:
    if number is None:
        return "-"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**4)):
        if number >= size:
            return f"{number / (1000 if unit == 'k' else size):.2f} {unit}"
    return str(number)


COMMAND = Command(arguments, run, EXAMPLES)
