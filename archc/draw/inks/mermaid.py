"""A scene as Mermaid, for a README: the figure's boxes and connections, which the reader's Mermaid lays out itself."""

from collections.abc import Iterator, Sequence

from archc.draw.scene import Box, Curve, Group, Item, Join, Role, Scene, flat
from archc.draw.themes import Theme
from archc.rendering.visible import visible

_SAFE = {"&": "#amp;", "<": "#lt;", ">": "#gt;", '"': "#quot;", "#": "#35;", ";": "#59;", "`": "#96;", "\\": "#92;"}


def mermaid(scene: Scene, theme: Theme) -> str:
    """The flowchart: stages are subgraphs, dotted arrows are shortcuts at which the shape changes."""
    names = _Names()
    nodes = [item for item in flat(scene.items) if isinstance(item, Box | Join)]
    for node in nodes:
        names.of(node.id)
    lines = ["---", f"title: {_yaml(scene.title)}", "---", "flowchart TD", *_grouped(scene.items, names, "  ")]
    lines += [line for item in flat(scene.items) if isinstance(item, Curve) for line in _edge(item, names)]
    used: list[Role] = list(dict.fromkeys(node.role for node in nodes if isinstance(node, Box)))
    for role in used:
        fill, line = theme.boxes[role]
        lines.append(f"  classDef {role} fill:{fill},stroke:{line},color:{theme.box_text}")
        members = ",".join(names.of(node.id) for node in nodes if isinstance(node, Box) and node.role == role)
        lines.append(f"  class {members} {role}")
    return "\n".join(lines) + "\n"


class _Names:
    """A plain word for each id; Mermaid gives many characters a meaning."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def of(self, ident: str) -> str:
        return self._words.setdefault(ident, f"n{len(self._words)}")

    def knows(self, ident: str) -> bool:
        return ident in self._words


def _yaml(text: str) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def label(words: Sequence[str]) -> str:
    """Lines of text between quotes, with what Mermaid or HTML would read as theirs as entities."""
    lines = ["".join([_SAFE.get(character, character) for character in visible(line)]) for line in words]
    return f'"{"<br/>".join(lines)}"'


def _grouped(items: Sequence[Item], names: _Names, indent: str) -> Iterator[str]:
    for item in items:
        match item:
            case Group(role="network" | "block"):
                yield from _grouped(item.items, names, indent)
            case Group():
                inner = list(_grouped(item.items, names, indent + "  "))
                if inner:
                    yield f"{indent}subgraph {names.of(f'subgraph {item.id}')} [{label([item.label])}]"
                    yield from inner
                    yield f"{indent}end"
            case Box():
                yield f"{indent}{names.of(item.id)}[{label(item.lines)}]"
            case Join():
                yield f"{indent}{names.of(item.id)}(({label([item.symbol])}))"
            case _:
                pass


def _edge(curve: Curve, names: _Names) -> Iterator[str]:
    if names.knows(curve.source) and names.knows(curve.target):
        arrow = "-.->" if curve.dashed else "-->"
        yield f"  {names.of(curve.source)} {arrow} {names.of(curve.target)}"
