"""`archc cost` counts what networks cost, in a named convention, in whole or by part, and explains why two numbers differ."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archc.arguments import unknown
from archc.cli.command import Command
from archc.cli.parsing import UsageError, limits_of, spec_arguments

if TYPE_CHECKING:
    from archc.compile.pipeline import Compiled
    from archc.cost.conventions import Convention
    from archc.cost.explain import Line
    from archc.cost.parts import Level
    from archc.cost.report import Asked, Reported

EXAMPLES = """\
  archc cost resnet50                           by stage, with memory; multiply-adds
  archc cost resnet50 --convention fvcore       what fvcore prints, without running it
  archc cost resnet50 --convention ptflops --explain
  archc cost resnet50_v1 resnet50 --explain     where their difference comes from
  archc cost resnet18 resnet50 resnet152        side by side
  archc cost resnet50 --by layer --size 320x480 --batch 32 --dtype bfloat16
  archc cost resnet50 --format json
"""
BY = ("network", "stage", "block", "layer", "op")
FORMATS = ("text", "json", "csv", "markdown")


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPEC", help="a file, or the name of a shipped network")
    parser.add_argument("--by", choices=BY, help="rows (default: stage; of several specs network); op: classes of operations")
    parser.add_argument(
        "--convention",
        metavar="NAME",
        help="how operations are counted: macs (default), flops, fvcore, fvcore-train, ptflops, ptflops-aten or thop",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="how multiply-adds become the number of the convention (without one: of each); of two specs, where they differ",
    )
    parser.add_argument("--size", metavar="HxW", help="of the image in pixels, 224 or 320x480 (default: the spec's)")
    parser.add_argument("--batch", default="1", metavar="N", help="images at once (default: 1)")
    parser.add_argument("--dtype", default="float32", metavar="NAME", help="of all values: float32 (default), bfloat16, int8, …")
    parser.add_argument("--unfolded", action="store_true", help="a row for every block and layer, repeats too")
    parser.add_argument("--format", choices=FORMATS, default="text")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.cli.size import sized
    from archc.cost.explain import compare
    from archc.cost.report import report

    asked = _asked(arguments)
    if arguments.explain and len(arguments.specs) > 2:
        raise UsageError(f"--explain takes one spec or two, not {len(arguments.specs)}", "see: archc cost --help")
    compiled = [_compiled(name, arguments) for name in arguments.specs]
    graphs = [sized(network, arguments.size) for network in compiled]
    reports = [
        report(graph, asked, title=network.spec.title, reported=_reported(network))
        for graph, network in zip(graphs, compiled, strict=True)
    ]
    lines: tuple[Line, ...] = ()
    if arguments.explain and len(graphs) == 2:
        level = asked.level if arguments.by in ("stage", "block") else "layer"
        lines = compare(graphs[0], graphs[1], asked.convention, level, fold=asked.fold)
    match arguments.format:
        case "json":
            from archc.cli.cost_forms import as_json

            print(as_json(reports, asked, lines), end="")
        case "csv" | "markdown":
            from archc.cli.cost_forms import as_table

            print(as_table(reports, asked, lines, by=_by(arguments), form=arguments.format), end="")
        case _:
            from archc.cli.cost_text import as_text

            print(as_text(reports, asked, lines, by=_by(arguments)), end="")
    return 0


def _by(arguments: Namespace) -> str:
    return arguments.by or ("stage" if len(arguments.specs) == 1 else "network")


def _asked(arguments: Namespace) -> "Asked":
    from archc.cost.conventions import CONVENTIONS
    from archc.cost.memory import DTYPES
    from archc.cost.parts import LEVELS
    from archc.cost.report import Asked

    if arguments.dtype not in DTYPES:
        raise unknown("dtype", arguments.dtype, list(DTYPES))
    by = _by(arguments)
    levels: dict[str, Level] = {level: level for level in LEVELS}
    convention = _convention(arguments.convention or "macs")
    explained = (convention,) if arguments.convention else tuple(CONVENTIONS.values())
    return Asked(
        convention,
        _number("--batch", arguments.batch, 10**9),
        next(dtype for dtype in DTYPES if dtype == arguments.dtype),
        levels.get(by, "network"),
        not arguments.unfolded,
        explained if arguments.explain and len(arguments.specs) == 1 else (),
    )


def _convention(name: str) -> "Convention":
    from archc.cost.conventions import CONVENTIONS

    if name not in CONVENTIONS:
        raise unknown("convention", name, list(CONVENTIONS))
    return CONVENTIONS[name]


def _number(option: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or not 0 < int(text) <= most:
        raise UsageError(f"{option} needs a whole number from 1 to {most:,}, not `{text}`")
    return int(text)


def _compiled(name: str, arguments: Namespace) -> "Compiled":
    from archc.compile.pipeline import compile_spec

    return compile_spec(name, overrides=arguments.set, limits=limits_of(arguments))


def _reported(compiled: "Compiled") -> tuple["Reported", ...]:
    """Return the printed figures of `expect: {reported: …}`."""
    from archc.cost.report import Reported
    from archc.language.spec.reported import reported

    figures = reported(compiled.spec.root)
    return tuple(Reported(figure, printed.number, printed.where) for figure, printed in figures.items())


COMMAND = Command(arguments, run, EXAMPLES)
