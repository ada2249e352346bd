"""What networks cost: parameters, operations in a named convention, activations, memory, and why two numbers differ."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from archc.api.network import Network, loaded
from archc.api.size import ImageSize, sized
from archc.api.values import Shown
from archc.arguments import StrPath, choice, instance, positive
from archc.exceptions import WrongValue
from archc.record import Record

if TYPE_CHECKING:
    from archc.cost.explain import Line
    from archc.cost.memory import Dtype
    from archc.cost.parts import Level
    from archc.cost.report import Asked, Report, Reported

BY = ("network", "stage", "block", "layer", "op")


class Cost(Shown, Record):
    """What networks cost at a size, a batch and a data type, in rows by part."""

    reports: "tuple[Report, ...]"
    asked: "Asked"
    by: str
    lines: "tuple[Line, ...]" = ()
    """Of two networks that are explained: how the count of the first becomes that of the second."""
    formats: ClassVar[Mapping[str, str]] = {".txt": "to_text", ".md": "to_markdown", ".csv": "to_csv", ".json": "to_json"}

    def __repr__(self) -> str:
        counts = ", ".join(f"{report.name} {report.count * self.asked.batch:,}" for report in self.reports)
        return f"<Cost in {self.asked.convention.name}: {counts}>"

    @property
    def count(self) -> int:
        """What the convention counts of the one network, for the whole batch. Raises WrongValue where there are several."""
        return self._only.count * self.asked.batch

    @property
    def params(self) -> int:
        return self._only.measures.parameters

    @property
    def activations(self) -> int:
        """Elements that convolutions and linear layers put out, for the whole batch (Radosavovic et al. 2020, section 3)."""
        return self._only.measures.activations * self.asked.batch

    @property
    def peak_bytes(self) -> int:
        """The most that activations take at once while the batch is evaluated, in the order that needs the least."""
        return self._only.memory.peak.at(self.asked.batch)

    @property
    def saved_bytes(self) -> int:
        """What training keeps of the batch for the backward pass."""
        from archc.cost.saved import for_training

        return for_training(self._only.memory.saved, self.asked.batch)

    @property
    def _only(self) -> "Report":
        if len(self.reports) != 1:
            raise WrongValue(f"this is the cost of {len(self.reports)} networks", "`records` has a row for each")
        return self.reports[0]

    def to_text(self, *, width: int | None = None) -> str:
        """Aligned columns, those that `width` has no room for left out."""
        from archc.present.costs.text import as_text

        return as_text(self.reports, self.asked, self.lines, by=self.by, room=width)

    def to_json(self) -> str:
        """As `archc/cost/cost-1.schema.json` describes it; counts are of one image."""
        from archc.present.costs.forms import as_json

        return as_json(self.reports, self.asked, self.lines)

    def to_csv(self) -> str:
        return self._as_table("csv")

    def to_markdown(self) -> str:
        return self._as_table("markdown")

    def to_dict(self) -> dict[str, object]:
        """What `to_json` writes, as data."""
        found: dict[str, object] = json.loads(self.to_json())
        return found

    def _as_table(self, form: str) -> str:
        from archc.present.costs.forms import as_table

        return as_table(self.reports, self.asked, self.lines, by=self.by, form=form)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def cost(
    *networks: Network | StrPath,
    by: str | None = None,
    convention: str | None = None,
    explain: bool = False,
    size: ImageSize | None = None,
    batch: int = 1,
    dtype: str = "float32",
    unfold: bool = False,
) -> Cost:
    """What networks cost, each a `Network`, a file or a shipped name.

    `by` says what has a row: each `network` (the default of several), `stage` (of one), `block`, `layer` or class of operations
    (`op`). `convention` is how operations are counted: `macs` (the default), `flops`, `fvcore`, `ptflops`, `thop`, …;
    `explain` leads from multiply-adds to its number, or from the number of one network to that of another. `size` is (height,
    width) of the image in pixels, `batch` how many images, `dtype` the type of all values. Equal blocks are one row unless
    `unfold`.
    """
    from archc.cost.conventions import CONVENTIONS
    from archc.cost.memory import DTYPES
    from archc.cost.parts import LEVELS
    from archc.cost.report import Asked

    instance("unfold", unfold, bool, "true or false")
    rows = choice("by", ("stage" if len(networks) == 1 else "network") if by is None else by, BY)
    rule = CONVENTIONS[choice("convention", "macs" if convention is None else convention, CONVENTIONS)]
    if instance("explain", explain, bool, "true or false") and len(networks) > 2:
        raise WrongValue(f"`explain` is of one network or two, not of {len(networks)}")
    explained = (tuple(CONVENTIONS.values()) if convention is None else (rule,)) if explain and len(networks) == 1 else ()
    asked = Asked(
        rule,
        positive("batch", batch, 10**9),
        cast("Dtype", choice("dtype", dtype, DTYPES)),
        rows if rows in LEVELS else "network",
        not unfold,
        explained,
    )
    return _costs([loaded(network) for network in networks], asked, rows, size, explain=explain)


def _costs(networks: Sequence[Network], asked: "Asked", by: str, size: ImageSize | None, *, explain: bool) -> Cost:
    from archc.cost.explain import compare
    from archc.cost.report import report

    graphs = [sized(network, size) for network in networks]
    reports = [
        report(graph, asked, title=network.spec.title, reported=_reported(network))
        for graph, network in zip(graphs, networks, strict=True)
    ]
    lines: tuple[Line, ...] = ()
    if explain and len(graphs) == 2:
        level: Level = asked.level if by in ("stage", "block") else "layer"
        lines = compare(graphs[0], graphs[1], asked.convention, level, fold=asked.fold)
    return Cost(tuple(reports), asked, by, lines)


def _reported(network: Network) -> "tuple[Reported, ...]":
    """The printed figures of `expect: {reported: …}`."""
    from archc.cost.report import Reported
    from archc.language.spec.reported import reported

    return tuple(Reported(figure, each.number, each.where) for figure, each in reported(network.spec.root).items())
