"""Tables: networks side by side as in a paper, or a row for each network, stage, block, layer or operation."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from archc.api.network import Network, loaded
from archc.api.size import ImageSize, sized
from archc.api.values import Shown
from archc.arguments import StrPath, choice, instance, texts, unknown
from archc.exceptions import WrongType, WrongValue
from archc.record import Record

if TYPE_CHECKING:
    from archc.present.table.figures import Figure
    from archc.present.table.grid import Grid
    from archc.present.table.levels import Level
    from archc.present.table.listing import Line
    from archc.present.table.network import Network as Column

LEVELS = ("network", "stage", "block", "layer", "op")
STYLES = ("ruled", "booktabs")
DEFAULTS: Mapping[str | None, tuple[str, ...]] = {None: ("params", "macs"), "network": ("params", "macs", "depth", "printed")}
"""The columns of a level where none are named."""
OF_PARTS = ("output", "params", "macs")
NARROWEST, WIDEST = 20, 10_000


class Table(Shown, Record):
    """A table of networks."""

    networks: "tuple[Column, ...]"
    columns: "tuple[Figure, ...]"
    level: "Level | None"
    rows: "tuple[Line, ...]"
    """Of the level; stages where none was asked for."""
    convention: str = "macs"
    exact: bool = False
    formats: ClassVar[Mapping[str, str]] = {
        ".txt": "to_text",
        ".md": "to_markdown",
        ".tex": "to_latex",
        ".html": "to_html",
        ".htm": "to_html",
        ".csv": "to_csv",
        ".json": "to_json",
    }

    def __repr__(self) -> str:
        rows = f"{len(self.rows)} rows of " if self.level else ""
        return f"<Table: {rows}{', '.join(network.head for network in self.networks)}>"

    @cached_property
    def grid(self) -> "Grid":
        """The cells that every format but CSV and JSON is written from."""
        from archc.present.table.architecture import architecture
        from archc.present.table.listing import listing

        if self.level is None:
            return architecture(self.networks, self.columns, exact=self.exact)
        return listing(self.rows, self.level, self.columns, exact=self.exact)

    def to_text(self, *, width: int | None = None, ascii: bool = False) -> str:
        """For a terminal of `width` columns; a table that is wider gives way. `ascii`: drawn with nothing but ASCII."""
        from archc.present.table.terminal import to_terminal

        if width is not None and not NARROWEST <= instance("width", width, int, "a whole number") <= WIDEST:
            raise WrongValue(f"`width` is a whole number from {NARROWEST} to {WIDEST}, not {width}")
        return to_terminal(self.grid, width=width, ascii=instance("ascii", ascii, bool, "true or false"))

    def to_markdown(self, *, math: bool = False) -> str:
        """`math`: brackets as formulas."""
        from archc.present.table.markdown import to_markdown

        return to_markdown(self.grid, math=instance("math", math, bool, "true or false"))

    def to_latex(self, *, style: Literal["ruled", "booktabs"] = "ruled", standalone: bool = False) -> str:
        """Ruled as in the paper, or by booktabs; `standalone`: a document that compiles."""
        from archc.present.table.latex import to_latex

        choice("style", style, STYLES)
        return to_latex(self.grid, style=style, standalone=instance("standalone", standalone, bool, "true or false"))

    def to_html(self) -> str:
        from archc.present.table.html import to_html

        return to_html(self.grid, title=", ".join(network.head for network in self.networks))

    def to_csv(self) -> str:
        """A row for each network and part, figures exact."""
        from archc.present.table.csvout import to_csv

        return to_csv(self.rows, self.columns)

    def to_json(self) -> str:
        """Figures are exact; the format is described by `table-1.schema.json`."""
        from archc.present.table.jsonout import to_json

        return to_json(self.networks, self.level, self.columns, self.rows, self.convention)

    def records(self) -> list[dict[str, object]]:
        """A map for each row: what it is of, and each figure by its name, as numbers."""
        import csv
        import io

        numbers = {figure.name for figure in self.columns}
        rows = csv.DictReader(io.StringIO(self.to_csv()))
        return [
            {key: _number(value) if key in numbers or key == "times" else value for key, value in row.items()} for row in rows
        ]

    def _repr_html_(self) -> str:
        return self.to_html()


def _number(text: str) -> int | float | str | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def table(
    *networks: Network | StrPath,
    level: "Level | None" = None,
    columns: Sequence[str] | None = None,
    sort: str | None = None,
    reverse: bool = False,
    unfold: bool = False,
    convention: str = "macs",
    size: ImageSize | None = None,
    exact: bool = False,
) -> Table:
    """A table of networks, each a `Network`, a file or a shipped name: a column for each, as in the papers, or rows.

    `level` is what has a row: each `network`, `stage`, `block`, `layer` or `op`. `columns` are figures by name (`params`, `macs`,
    `acts`, `memory`, `rf`, …); rows, or networks, are sorted by one of them or by `name`. `convention` is whose count `macs` is;
    `size` is (height, width) of the image in pixels, by default that of the spec. Equal blocks are one row unless `unfold`.

    >>> import archc
    >>> archc.table("resnet18", "resnet50", level="network", columns=["params", "macs"]).records()[1]["macs"]
    4089184256
    """
    from archc.present.table.architecture import in_order
    from archc.present.table.listing import lines, ordered
    from archc.present.table.network import Network as Column
    from archc.present.table.network import heads

    if level is not None:
        choice("level", level, LEVELS)
    if not networks:
        raise WrongType("a table is of networks, and none is given")
    for name, value in (("reverse", reverse), ("unfold", unfold), ("exact", exact)):
        instance(name, value, bool, "true or false")
    found = [loaded(network) for network in networks]
    chosen = columns_of(level, None if columns is None else texts("columns", columns, "a list of figures"), convention, sort)
    targets = [network.request.called for network in found]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice:
        raise WrongValue(f"`{twice}` is given twice", "a network is compared with others")
    sides: Sequence[Column] = [
        Column(head, target, network, sized(network, size), changed=bool(network.request.overrides) or size is not None)
        for head, target, network in zip(heads(targets, found), targets, found, strict=True)
    ]
    if sort and level in (None, "network"):
        sides = in_order(sides, chosen, sort, reverse=reverse)
    rows = lines(sides, level or "stage", chosen, fold=not unfold)
    if sort and level not in (None, "network"):
        rows = ordered(rows, chosen, sort, reverse=reverse)
    return Table(tuple(sides), chosen, level, tuple(rows), convention, exact)


def columns_of(level: str | None, names: Sequence[str] | None, convention: str, sort: str | None) -> "tuple[Figure, ...]":
    """The figures of these names, each once. Raises WrongValue, also where `sort` is none of them."""
    from archc.cost.conventions import CONVENTIONS
    from archc.present.table.figures import FIGURES, counted

    names = DEFAULTS.get(level, OF_PARTS) if names is None else names
    for name in names:
        if name not in FIGURES:
            raise unknown("column", name, FIGURES)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise WrongValue(f"the column `{twice}` is given twice")
    if sort not in (None, "name", *names):
        if sort in FIGURES:
            raise WrongValue(f"`{sort}` is no column of this table", f"show it: --columns {','.join([*names, sort])}")
        raise unknown("column to sort by", str(sort), ["name", *names])
    choice("convention", convention, CONVENTIONS)
    rule = None if convention == "macs" else counted(CONVENTIONS[convention])
    return tuple(rule if rule and name == "macs" else FIGURES[name] for name in names)


def column_helps() -> dict[str, str]:
    """Every figure that a column may hold, and what it is."""
    from archc.present.table.figures import FIGURES

    return {figure.name: figure.help for figure in FIGURES.values()}
