"""Graphs as text, in golden files: names, attributes and where they came from, scopes and shapes, and the place of each."""

from collections.abc import Callable, Iterator

import pytest
from small_networks import FOLDER, NAMES, small_network

from archc.compile.pipeline import Compiled, complete_spec
from archc.ir.graph import Node, Scope
from archc.ir.text import to_text
from archc.present.yamlout import with_places


@pytest.mark.parametrize("name", NAMES)
def test_graph(name: str, golden: Callable[[str, str], None]) -> None:
    compiled = small_network(name)
    golden(f"golden/{name}.txt", "".join([to_text(compiled.graph), *_places(compiled)]))


@pytest.mark.parametrize("name", NAMES)
def test_defaults(name: str, golden: Callable[[str, str], None]) -> None:
    """Each default is recorded with the value that it is read for, and written where it was left out."""
    golden(f"golden/{name}.resolved.txt", with_places(complete_spec(str(FOLDER / f"{name}.yaml"))).replace(f"{FOLDER}/", ""))


def _places(compiled: Compiled) -> Iterator[str]:
    """Yield a line for each scope and node: its path, and file, line and columns of what brought it about."""
    yield "\nplaces\n"
    parts: tuple[Scope | Node, ...] = (*compiled.graph.scopes, *compiled.graph.nodes)
    for part in parts:
        place = part.origin
        path = f"@{part.path}" if isinstance(part, Scope) else part.name
        said = f"{place.source.name.rpartition('/')[2]}:{place.line}:{place.column}-{place.end_column}" if place else "nowhere"
        yield f"{path} {said}\n"
