"""The table of networks measured on other people's code, and which of them ship."""

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph
from archc.language.shipped import shipped_names, shipped_root

Row: TypeAlias = dict[str, Any]
"""One network: `params`, `macs`, `input`, `shapes`, `state_dict_sha256`, `golden`."""

_TABLE = Path(__file__).parents[1] / "data" / "known_networks.json"
KNOWN: dict[str, Row] = {row["spec"]: row for row in json.loads(_TABLE.read_text("utf-8"))}
SHIPPED: list[str] = sorted(path.stem for path in shipped_root().glob("*.yaml"))
"""The networks of the two papers and VGG's, at the top of `specs/`; families of later papers are in folders."""
FAMILIES: list[str] = sorted(set(shipped_names("network")) & set(KNOWN) - set(SHIPPED))
"""The networks of later papers that were measured."""
MEASURED: list[str] = [name for name in SHIPPED if name in KNOWN]
CIFAR: list[str] = [name for name in MEASURED if KNOWN[name]["input"] == [3, 32, 32]]
TORCHVISION: list[str] = [name for name in MEASURED if KNOWN[name]["source"] == f"torchvision/{name}"]


@cache
def graph_of(name: str) -> Graph:
    """The graph of a shipped network, compiled once."""
    return compile_spec(name).graph
