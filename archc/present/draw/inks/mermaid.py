"""A scene as Mermaid, for a README: the figure's boxes and connections, which the reader's Mermaid lays out itself."""

from collections.abc import Iterator, Sequence

from archc.present.draw.scene import Box, Curve, Group, Item, Join, Role, Scene, flat
from archc.present.draw.themes import Theme
from archc.present.draw.words import cost
from archc.rendering.visible import visible

_SAFE = {"&": "#amp;", "<": "#lt;", ">": "#gt;", '"': "#quot;", "#": "#35;", ";": "#59;", "`": "#96;", "\\": "#92;", "%": "#37;"}
"""`%%{` would begin a directive, in whatever it stands."""


def mermaid(scene: Scene, theme: Theme) -> str:
    """Return a flowchart: stages and folded blocks are subgraphs, shortcuts that change the shape are dotted."""
    shown = [item for item in scene.items if isinstance(item, Group) and (item.role == "network" or any(item.ends))]
    names = _Names(alone=len(shown) == 1, across=scene.across)
    nodes = [item for item in flat(scene.items) if isinstance(item, Box | Join)]
    for node in nodes:
        names.of(node.id)
    head = ["---", f"title: {_yaml(scene.title)}", "---", f"flowchart {names.direction}"]
    lines = [*head, *_grouped(scene.items, names, "  ", ""), *_edges(scene.items, names, "")]
    used: list[Role] = list(dict.fromkeys(node.role for node in nodes if isinstance(node, Box)))
    for role in used:
        fill, line = theme.boxes[role]
        members = [names.of(node.id) for node in nodes if isinstance(node, Box) and node.role == role]
        lines += _styled(role, fill, line, theme.box_text, members)
    joins = [names.of(node.id) for node in nodes if isinstance(node, Join)]
    lines += _styled("join", theme.page, theme.line, theme.box_text, joins)
    for place, plate in (("panel", theme.plates["panel"]), ("repeat", theme.plates["card"])):
        lines += _styled(place, *plate, theme.texts["ink"], names.places.get(place, []))
    return "\n".join(lines) + "\n"


def _styled(name: str, fill: str, line: str, text: str, members: Sequence[str]) -> list[str]:
    if not members:
        return []
    return [f"  classDef {name} fill:{fill},stroke:{line},color:{text}", f"  class {','.join(members)} {name}"]


class _Names:
    """A plain word for each id, since Mermaid gives many characters a meaning."""

    def __init__(self, *, alone: bool, across: bool) -> None:
        self.direction = "LR" if across else "TB"
        self.alone = alone
        """Whether a network or close-up is the only one, which the figure's title names."""
        self._words: dict[str, str] = {}
        self.places: dict[str, list[str]] = {}
        """The subgraphs by their class."""

    def of(self, ident: str) -> str:
        return self._words.setdefault(ident, f"n{len(self._words)}")

    def knows(self, ident: str) -> bool:
        return ident in self._words


def _yaml(text: str) -> str:
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"').replace("%", "\\x25")
    return f'"{escaped}"'


def label(words: Sequence[str]) -> str:
    """Quote lines of text, with entities for what Mermaid or HTML would read as theirs."""
    lines = ["".join([_SAFE.get(character, character) for character in visible(line)]) for line in words]
    return f'"{"<br/>".join(lines)}"'


def _grouped(items: Sequence[Item], names: _Names, indent: str, within: str) -> Iterator[str]:
    """Yield the nodes, in subgraphs; what enters and leaves a close-up are nodes too."""
    for item in items:
        match item:
            case Group():
                outermost = names.alone and (item.role == "network" or any(item.ends))
                title = [] if outermost else _title(item, within)
                inner = list(_grouped(item.items, names, indent + ("  " if title else ""), item.id))
                if any(item.ends):
                    inner.insert(0, f"{indent}{names.of(f'{item.id}<')}([{label([item.ends[0]])}])")
                    inner.append(f"{indent}{names.of(f'{item.id}>')}([{label([item.ends[1]])}])")
                if not title or not inner:
                    yield from inner
                    continue
                heading = " · ".join(title)
                name = names.of(f"subgraph {item.id}")
                names.places.setdefault("panel" if item.count == 1 else "repeat", []).append(name)
                yield f"{indent}subgraph {name} [{label([heading])}]"
                yield f"{indent}  direction {names.direction}"
                yield from inner
                yield f"{indent}end"
            case Box():
                yield f"{indent}{names.of(item.id)}[{label(item.lines)}]"
            case Join():
                yield f"{indent}{names.of(item.id)}(({label([item.symbol])}))"
            case _:
                pass


def _title(group: Group, within: str) -> list[str]:
    """Return the title of a subgraph, nothing for a group that needs none."""
    boxes = [item for item in flat(group.items) if isinstance(item, Box)]
    alone = len(boxes) == 1 and boxes[0].lead
    if group.count > 1:
        return [f"×{group.count}"]
    if group.id == within or alone or (group.role == "block" and not any(group.ends)):
        return []
    spent = cost(group.facts.params, group.facts.macs) if group.facts is not None else ""
    return [group.label, *([spent] if spent else [])]


def _edges(items: Sequence[Item], names: _Names, around: str) -> Iterator[str]:
    """Yield the connections; open ends in a close-up, `around`, are what enters and leaves it."""
    for item in items:
        match item:
            case Group():
                yield from _edges(item.items, names, item.id if any(item.ends) else around)
            case Curve():
                source, target = item.source or (around and f"{around}<"), item.target or (around and f"{around}>")
                if item.id:  # one without is the last stretch of an arrow
                    yield from _edge(item, source, target, names)
            case _:
                pass


def _edge(curve: Curve, source: str, target: str, names: _Names) -> Iterator[str]:
    if names.knows(source) and names.knows(target):
        arrow = "-.->" if curve.dashed else "-->"
        words = f"|{label([curve.words])}|" if curve.words else ""
        yield f"  {names.of(source)} {arrow}{words} {names.of(target)}"
