"""Files of weights: the same weights under another zoo's names, for other classes, for other images."""

from typing import TYPE_CHECKING, Literal

from archc.api.network import Network, loaded
from archc.arguments import StrPath, choice, instance, positive, text
from archc.arguments import path as path_text
from archc.exceptions import WrongValue
from archc.record import Record, replace

if TYPE_CHECKING:
    from archc.diagnostics import Diagnostic
    from archc.ir.graph import Graph
    from archc.weights.files import WeightsFile
    from archc.weights.plan import Move, Side, Stem


class Conversion(Record):
    """What became of every tensor of a file that was converted."""

    moves: "tuple[Move, ...]"
    seed: int
    wrapper: str
    """The key of the file below which its tensors stood, "" where they stood at the top."""
    skipped: int
    """Tensors whose keys do not begin with the prefix."""
    warning: "Diagnostic | None"

    def __repr__(self) -> str:
        return f"<Conversion: {self.written} tensors, {self.unchanged} of them as they were>"

    def __str__(self) -> str:
        from archc.rendering.tables import aligned

        return "".join(f"{line}\n" for line in aligned(self.rows()))

    @property
    def written(self) -> int:
        return sum(move.target is not None for move in self.moves)

    @property
    def unchanged(self) -> int:
        return sum(move.one_to_one for move in self.moves)

    def rows(self) -> list[tuple[str, ...]]:
        """A row for each tensor, below a head: its name, where it went, and what was done to it."""
        from archc.weights.report import table

        return list(table(self.moves))

    def summary(self) -> list[str]:
        """A sentence for all that is not one to one."""
        from archc.weights.report import summary

        return list(summary(self.moves, seed=self.seed))


def convert_weights(
    source: StrPath,
    target: StrPath,
    network: Network | StrPath,
    *,
    from_layout: str,
    to_layout: str,
    classes: int | None = None,
    in_channels: int | None = None,
    stem: Literal["sum", "repeat"] | None = None,
    seed: int = 0,
    prefix: str = "",
    anyway: bool = False,
    force: bool = False,
) -> Conversion:
    """Write the weights of the file `source` to the file `target`, under the names of another layout of the network's spec.

    Files are `*.safetensors`, or of `torch.save` (`*.pth`, `*.pt`, `*.bin`), which are read without running what is in them.
    `classes` gives a new classifier, with weights from `seed`; `in_channels` is for other images, whose filters are the `sum` of
    the old over the channels (the default for 1) or `repeat` them. Only keys that begin with `prefix` are read, without it.
    Weights that are recorded as another function's are refused unless `anyway`. Raises SpecError, WeightsError and OutputError;
    nothing is written then.
    """
    from archc.output import write_files
    from archc.weights.content import content
    from archc.weights.files import Below, open_weights
    from archc.weights.origin import check_origin, provenance
    from archc.weights.plan import Side
    from archc.weights.save import chunks_for

    file_path, output = path_text("source", source), path_text("target", target)
    named = loaded(network)
    old = named.under(text("from_layout", from_layout, "the name of a layout"))
    adapted = {"classes": ("classes", classes), "input.channels": ("in_channels", in_channels)}
    changes = {path: positive(name, value) for path, (name, value) in adapted.items() if value is not None}
    new = named.set(changes).under(text("to_layout", to_layout, "the name of a layout"))
    if stem is not None and in_channels is None:
        raise WrongValue("`stem` says how `in_channels` adapts, which is not given")
    if stem is not None:
        choice("stem", stem, ("sum", "repeat"))
    adaptation: Stem | None = None if in_channels is None else stem or ("sum" if in_channels == 1 else "repeat")
    file = open_weights(file_path)
    try:
        read = Below(file, prefix) if text("prefix", prefix, "the beginning of keys") else file
        theirs = _recorded(file, old.whole)
        instance("anyway", anyway, bool, "true or false")
        warning = check_origin(file_path, file.metadata, old.spec.name, old.whole, theirs=theirs, anyway=anyway)
        sides = Side(old.whole, old.layout), Side(new.whole, new.layout)
        moves = _planned(old, read, sides, new_classes=classes is not None, stem=adaptation)
        metadata = {**file.metadata, **provenance(new.spec.name, new.whole, new.layout)}
        number = instance("seed", seed, int, "a whole number")
        chunks = chunks_for(output, moves, lambda move: content(read, move, new.whole, number), metadata)
        write_files([(output, chunks)], force=force)
        return Conversion(tuple(moves), number, file.wrapper, len(file.tensors) - len(read.tensors), warning)
    finally:
        file.close()


def _recorded(file: "WeightsFile", ours: "Graph") -> "Graph | None":
    """Return the other network that a file says its weights are for, if it ships; a name in a file is never taken for a path."""
    from archc.api.network import load
    from archc.ir.hash import weights_hash
    from archc.language.shipped import shipped_names
    from archc.weights.origin import HASH, SPEC

    name = file.metadata.get(SPEC, "")
    if file.metadata.get(HASH) in (None, weights_hash(ours)) or name not in shipped_names("network"):
        return None
    return load(name, layout="canonical").whole


def _planned(
    network: Network, file: "WeightsFile", sides: "tuple[Side, Side]", *, new_classes: bool, stem: "Stem | None"
) -> "list[Move]":
    """Plan the conversion; where the keys are rather those of another layout of the spec, the error says so."""
    from archc.weights.errors import WeightsError
    from archc.weights.plan import Change, plan

    try:
        return plan(network.spec.name, file, *sides, Change(classes=new_classes, stem=stem))
    except WeightsError as error:
        (problem,) = error.diagnostics
        if problem.code != "E0584" or problem.help:
            raise
        better = _better_layout(network, file, sides[0])
        if not better:
            raise
        raise WeightsError((replace(problem, help=better),)) from None


def _better_layout(network: Network, file: "WeightsFile", source: "Side") -> str:
    """Suggest the layout of the spec that has more of a file's keys than the one that was named."""
    from archc.weights.match import fitting
    from archc.weights.slots import slots

    best, most = "", fitting(file.tensors, slots(source.graph, source.layout, reading=True))
    for name in [*network.layouts, "canonical"]:
        other = network.under(name)
        count = fitting(file.tensors, slots(other.whole, other.layout, reading=True))
        if count > most:
            best, most = name, count
    return f"{most} of its {len(file.tensors)} keys are those of layout `{best}`: --from {best}" if best else ""
