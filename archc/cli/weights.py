"""`archc weights` shows what a file of weights holds, and writes the same weights under another zoo's names."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.console import say, show
from archc.cli.parsing import UsageError, limits_of, spec_arguments
from archc.diagnostics import Note, Source, Span, SpecError
from archc.record import replace
from archc.rendering.tables import aligned

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
    parser.add_argument("--from", dest="source", metavar="LAYOUT", help="layout of the file's names: one of the spec's")
    parser.add_argument("--to", dest="target", metavar="LAYOUT", help="layout of the names to write")
    parser.add_argument("--classes", type=_positive, metavar="N", help="make a new classifier of N classes")
    parser.add_argument("--in-channels", type=_positive, metavar="N", help="adapt the stem to images of N channels")
    parser.add_argument("--stem", choices=("sum", "repeat"), help="how --in-channels adapts (default: sum for 1, else repeat)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the new classifier's weights (default: 0)")
    parser.add_argument("--prefix", default="", metavar="TEXT", help="read only the keys that begin with TEXT, and remove it")
    parser.add_argument("--anyway", action="store_true", help="convert even weights that are recorded as another function's")
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
    from archc.api.network import compile_spec
    from archc.api.weights import convert_weights
    from archc.weights.errors import WeightsError

    path, output = arguments.files
    network = compile_spec(arguments.spec, overrides=arguments.set, limits=limits_of(arguments), layout=arguments.source)
    try:
        conversion = convert_weights(
            path,
            output,
            network,
            from_layout=arguments.source,
            to_layout=arguments.target,
            classes=arguments.classes,
            in_channels=arguments.in_channels,
            stem=arguments.stem,
            seed=arguments.seed,
            prefix=arguments.prefix,
            anyway=arguments.anyway,
            force=arguments.force,
        )
    except SpecError as error:
        raise (error if isinstance(error, WeightsError) else _at_options(error)) from None
    if conversion.warning is not None:
        show((conversion.warning,), color=arguments.color)
    if arguments.report:
        print(conversion, end="")
    if conversion.wrapper:
        say(f"read the tensors below `{conversion.wrapper}` of {path}")
    if conversion.skipped:
        say(f"left out {conversion.skipped} tensors of {path} whose keys do not begin with `{arguments.prefix}`")
    for line in conversion.summary():
        say(line)
    say(f"wrote {output}: {conversion.written} tensors, {conversion.unchanged} of them as they were")
    return 0


ADAPTATIONS = {"classes": "--classes", "input.channels": "--in-channels"}
"""The options that change the spec as --set does, by the path they change."""


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


COMMAND = Command(arguments, run, EXAMPLES)
