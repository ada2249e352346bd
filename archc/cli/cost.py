"""`archc cost` counts what networks cost, in a named convention, in whole or by part, and explains why two numbers differ."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.arguments import unknown
from archc.cli.command import Command
from archc.cli.console import room
from archc.cli.parsing import UsageError, limits_of, spec_arguments

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
    parser.add_argument("--by", choices=BY, help="rows (default: stage, or network for several specs); op: classes of operations")
    parser.add_argument(
        "--convention",
        metavar="NAME",
        help="how operations are counted: macs (default), flops, fvcore, fvcore-train, ptflops, ptflops-aten or thop",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="explain the convention's number by multiply-adds (without --convention, of each); of two specs, their difference",
    )
    parser.add_argument("--size", metavar="HxW", help="size of the image in pixels, 224 or 320x480 (default: the spec's)")
    parser.add_argument("--batch", default="1", metavar="N", help="images in a batch (default: 1)")
    parser.add_argument(
        "--dtype", default="float32", metavar="NAME", help="type of all values: float32 (default), bfloat16, int8, …"
    )
    parser.add_argument("--unfolded", action="store_true", help="a row for every block and layer, also where they repeat")
    parser.add_argument("--format", choices=FORMATS, default="text")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.api.cost import cost
    from archc.api.network import compile_spec
    from archc.cli.size import size_of
    from archc.cost.conventions import CONVENTIONS
    from archc.cost.memory import DTYPES

    limits = limits_of(arguments)
    if arguments.dtype not in DTYPES:
        raise unknown("dtype", arguments.dtype, DTYPES)
    if arguments.convention is not None and arguments.convention not in CONVENTIONS:
        raise unknown("convention", arguments.convention, CONVENTIONS)
    batch = _number("--batch", arguments.batch, 10**9)
    if arguments.explain and len(arguments.specs) > 2:
        raise UsageError(f"--explain takes one spec or two, not {len(arguments.specs)}", "see: archc cost --help")
    costs = cost(
        *(compile_spec(name, overrides=arguments.set, limits=limits) for name in arguments.specs),
        by=arguments.by,
        convention=arguments.convention,
        explain=arguments.explain,
        size=size_of(arguments.size),
        batch=batch,
        dtype=arguments.dtype,
        unfold=arguments.unfolded,
    )
    match arguments.format:
        case "json":
            text = costs.to_json()
        case "csv":
            text = costs.to_csv()
        case "markdown":
            text = costs.to_markdown()
        case _:
            text = costs.to_text(width=room())
    print(text, end="")
    return 0


def _number(option: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or not 0 < int(text) <= most:
        raise UsageError(f"{option} needs a whole number from 1 to {most:,}, not `{text}`")
    return int(text)


COMMAND = Command(arguments, run, EXAMPLES)
