"""`archc weights` shows what a file of weights holds, and writes the same weights under another zoo's names."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archc.cli.command import Command
from archc.cli.console import aligned, say, show
from archc.cli.parsing import UsageError, limits_of, spec_arguments
from archc.diagnostics import Note, Source, Span, SpecError
from archc.record import replace

if TYPE_CHECKING:
    from archc.compile.pipeline import Compiled
    from archc.ir.graph import Graph
    from archc.weights.files import WeightsFile
    from archc.weights.plan import Move, Side, Stem

EXAMPLES = """\
  archc weights show model.safetensors
  archc weights convert in.pth out.safetensors --spec resnet50 --from timm --to torchvision
  archc weights convert in.pth out.pth --spec resnet50 --from torchvision --to huggingface --report
  archc weights convert in.pth out.pth --spec resnet50 --from timm --to timm --classes 10 --in-channels 1
  archc weights convert det.pth out.pth --spec resnet50 --from detectron2 --to timm --prefix backbone.bottom_up.
"""


def arguments(parser: ArgumentParser, _words: Sequence[str]) -> None:
    parser.add_argument("action", choices=("convert", "show"), help="convert IN OUT, or show FILE")
    parser.add_argument("files", nargs="+", metavar="FILE", help="*.safetensors, or a file of torch.save: *.pth, *.pt, *.bin")
    parser.add_argument("--spec", help="the network the weights are for: a file, or the name of a shipped one")
    parser.add_argument("--from", dest="source", metavar="LAYOUT", help="whose names the file has: one of the spec's layouts")
    parser.add_argument("--to", dest="target", metavar="LAYOUT", help="whose names to write")
    parser.add_argument("--classes", type=_positive, metavar="N", help="with a new classifier of N classes")
    parser.add_argument("--in-channels", type=_positive, metavar="N", help="for images of N channels")
    parser.add_argument("--stem", choices=("sum", "repeat"), help="how --in-channels adapts (default: sum for 1, else repeat)")
    parser.add_argument("--seed", type=int, default=0, help="of the new classifier's weights (default: 0)")
    parser.add_argument("--prefix", default="", metavar="TEXT", help="read only the keys that begin with it, without it")
    parser.add_argument("--anyway", action="store_true", help="convert also what is recorded as another function's weights")
    parser.add_argument("--report", action="store_true", help="print what became of every tensor")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    if arguments.action == "show":
        if len(arguments.files) != 1:
            raise UsageError("`show` takes one file", "see: archc weights --help")
        return _show(arguments.files[0])
    if len(arguments.files) != 2:
        raise UsageError("`convert` takes two files, to read and to write", "see: archc weights --help")
    for option, value in (("--spec", arguments.spec), ("--from", arguments.source), ("--to", arguments.target)):
        if value is None:
            raise UsageError(f"`convert` needs {option}", "see: archc weights --help")
    if arguments.stem and arguments.in_channels is None:
        raise UsageError("--stem says how --in-channels adapts, which is not given", "see: archc weights --help")
    return _convert(arguments)


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number == 0:
        from argparse import ArgumentTypeError

        raise ArgumentTypeError(f"`{text}` is not a whole number above 0")
    return number


def _show(path: str) -> int:
    from archc.rendering.visible import visible
    from archc.weights.files import open_weights
    from archc.weights.match import shape_text

    file = open_weights(path)
    try:
        rows = [(visible(t.name), t.dtype, shape_text(t.shape), f"{t.size:,}") for t in file.tensors.values()]
        print("\n".join(aligned([("tensor", "type", "shape", "bytes"), *rows])))
        total = sum(tensor.size for tensor in file.tensors.values())
        count = f"{len(rows)} tensor" + ("" if len(rows) == 1 else "s")
        print(f"\n{count}, {total:,} bytes" + (f", below `{visible(file.wrapper)}`" if file.wrapper else ""))
        for key, value in file.metadata.items():
            print(visible(f"{key}: {value}"))
    finally:
        file.close()
    return 0


def _convert(arguments: Namespace) -> int:
    from archc.compile.pipeline import compile_spec
    from archc.output import write_files
    from archc.weights.content import content
    from archc.weights.files import Below, open_weights
    from archc.weights.origin import check_origin, provenance
    from archc.weights.plan import Side
    from archc.weights.save import chunks_for

    limits = limits_of(arguments)
    old = compile_spec(arguments.spec, overrides=arguments.set, limits=limits, layout=arguments.source)
    overrides = [*arguments.set, *_adaptations(arguments)]
    try:
        new = compile_spec(arguments.spec, overrides=overrides, limits=limits, layout=arguments.target)
    except SpecError as error:
        raise _at_options(error) from None
    path, output = arguments.files
    file = open_weights(path)
    try:
        source = Below(file, arguments.prefix) if arguments.prefix else file
        theirs = _recorded(file, old.whole)
        warning = check_origin(path, file.metadata, old.spec.name, old.whole, theirs=theirs, anyway=arguments.anyway)
        moves = _planned(arguments, old, source, Side(old.whole, old.layout), Side(new.whole, new.layout))
        metadata = {**file.metadata, **provenance(new.spec.name, new.whole, new.layout)}
        chunks = chunks_for(output, moves, lambda move: content(source, move, new.whole, arguments.seed), metadata)
        write_files([(output, chunks)], force=arguments.force)
    finally:
        file.close()
    if warning is not None:
        show((warning,), color=arguments.color)
    _tell(arguments, file, moves, skipped=len(file.tensors) - len(source.tensors))
    return 0


def _recorded(file: "WeightsFile", ours: "Graph") -> "Graph | None":
    """Return the other network that a file says its weights are for, if it ships; a name in a file is never taken for a path."""
    from archc.compile.pipeline import compile_spec
    from archc.ir.hash import weights_hash
    from archc.language.shipped import shipped_names
    from archc.weights.origin import HASH, SPEC

    name = file.metadata.get(SPEC, "")
    if file.metadata.get(HASH) in (None, weights_hash(ours)) or name not in shipped_names("network"):
        return None
    return compile_spec(name, layout="canonical").whole


ADAPTATIONS = {"classes": "--classes", "input.channels": "--in-channels"}
"""The options that change the spec as --set does, by the path they change."""


def _adaptations(arguments: Namespace) -> list[str]:
    """Return the adaptations as changes of the spec."""
    values = {"classes": arguments.classes, "input.channels": arguments.in_channels}
    return [f"{path}={value}" for path, value in values.items() if value is not None]


def _at_options(error: SpecError) -> SpecError:
    """Report the problems that an adaptation causes at its option, which is what the user wrote."""
    from archc.language.overrides import whole_span

    def place(span: Span | None) -> Span | None:
        if span is None or not span.source.name.startswith("--set"):
            return span
        # `--set` and `path=value`, or `--set path` and the value
        path, _, value = f"{span.source.name[6:]}{'=' * (span.source.name != '--set')}{span.source.text}".partition("=")
        return whole_span(Source(ADAPTATIONS[path], value)) if path in ADAPTATIONS else span

    def noted(notes: tuple[Note, ...]) -> tuple[Note, ...]:
        return tuple([Note(note.message, place(note.span)) for note in notes])

    return SpecError(tuple([replace(each, span=place(each.span), notes=noted(each.notes)) for each in error.diagnostics]))


def _planned(arguments: Namespace, compiled: "Compiled", file: "WeightsFile", source: "Side", target: "Side") -> "list[Move]":
    """Plan the conversion; where the keys are rather those of another layout of the spec, the error says so."""
    from archc.weights.errors import WeightsError
    from archc.weights.plan import Change, plan

    stem: Stem | None = None
    if arguments.in_channels is not None:
        stem = arguments.stem or ("sum" if arguments.in_channels == 1 else "repeat")
    change = Change(classes=arguments.classes is not None, stem=stem)
    try:
        return plan(compiled.spec.name, file, source, target, change)
    except WeightsError as error:
        (problem,) = error.diagnostics
        if problem.code != "E0584" or problem.help:
            raise
        better = _better_layout(arguments, compiled, file, source)
        if not better:
            raise
        raise WeightsError((replace(problem, help=better),)) from None


def _better_layout(arguments: Namespace, compiled: "Compiled", file: "WeightsFile", source: "Side") -> str:
    """Suggest the layout of the spec that has more of a file's keys than the one that was named."""
    from archc.compile.pipeline import compile_spec
    from archc.language.document.nodes import Map
    from archc.weights.match import fitting
    from archc.weights.slots import slots

    layouts = compiled.spec.root.get("layouts")
    names = [str(entry.key) for entry in layouts] if isinstance(layouts, Map) else []
    best, most = "", fitting(file.tensors, slots(source.graph, source.layout, reading=True))
    for name in [*names, "canonical"]:
        other = compile_spec(arguments.spec, overrides=arguments.set, limits=limits_of(arguments), layout=name)
        count = fitting(file.tensors, slots(other.whole, other.layout, reading=True))
        if count > most:
            best, most = name, count
    return f"{most} of its {len(file.tensors)} keys are those of layout `{best}`: --from {best}" if best else ""


def _tell(arguments: Namespace, file: "WeightsFile", moves: "Sequence[Move]", *, skipped: int) -> None:
    """Print the table that was asked for on stdout, and on stderr a summary with all that is not one to one."""
    from archc.weights.report import summary, table

    if arguments.report:
        print("\n".join(aligned(table(moves))))
    if file.wrapper:
        say(f"read the tensors below `{file.wrapper}` of {file.path}")
    if skipped:
        say(f"left out {skipped} tensors of {file.path} whose keys do not begin with `{arguments.prefix}`")
    for line in summary(moves, seed=arguments.seed):
        say(line)
    count = sum(move.target is not None for move in moves)
    say(f"wrote {arguments.files[1]}: {count} tensors, {sum(move.one_to_one for move in moves)} of them as they were")


COMMAND = Command(arguments, run, EXAMPLES)
