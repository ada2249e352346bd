"""`archc draw` writes figures of networks and blocks, in the format that the file's suffix says."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from archc.arguments import unknown
from archc.cli.command import Command
from archc.cli.console import say
from archc.cli.parsing import UsageError, limits_of, spec_arguments

if TYPE_CHECKING:
    from typing import TypeAlias

    from archc.api.figure import Figure
    from archc.present.draw.files import Format

    Ink: TypeAlias = Format | Literal["html"]

EXAMPLES = """\
  archc draw resnet34                                   resnet34.svg: a panel for each stage
  archc draw vgg19 plain34 resnet34 -o figure3.pdf      side by side, as He et al. 2015, Fig. 3
  archc draw resnet152 --direction strip -o r152.png
  archc draw --block resnet50:layer2.0 -o bottleneck.tex
  archc draw --figure shortcuts -o fig2.svg             He et al. 2016, Fig. 2; also activation-orders
  archc draw resnet50 -o resnet50.html                  a page to look around in
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("spec", nargs="*", help="files or names of shipped networks; several are drawn side by side")
    parser.add_argument(
        "--block", metavar="SPEC:PATH|NAME|FILE",
        help="close up: a block, module, stem or head of a network; or a block, module or shortcut policy by itself",
    )  # fmt: skip
    parser.add_argument("--figure", choices=("shortcuts", "activation-orders"), help="a figure of He et al. 2016")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE|FOLDER|-",
        help="where to write; the suffix is the format: svg, png, pdf, tex, dot, mmd, html",
    )
    parser.add_argument(
        "--format", choices=("svg", "png", "pdf", "tex", "dot", "mmd", "html"), help="format where the output has no suffix"
    )
    parser.add_argument(
        "--level", choices=("network", "block", "layer", "op"),
        help="a box for each stage, block (default of one network), layer (default of several), or operation",
    )  # fmt: skip
    parser.add_argument("--direction", choices=("column", "strip"), default="column", help="from top to bottom, or left to right")
    parser.add_argument(
        "--expand", action="append", default=[], metavar="STAGE|all", help="draw equal blocks one by one; repeatable"
    )
    parser.add_argument("--layout", choices=("own", "dot"), default="own", help="dot: Graphviz places the operations")
    parser.add_argument("--diff", action="store_true", help="mark the differences of two networks")
    parser.add_argument("--theme", choices=("default", "paper", "grey", "dark"), default="default", help="colours")
    parser.add_argument("--width", default="", metavar="LENGTH", help="printed width, e.g. 8.5cm, 3.25in, 240pt, 90mm, 400px")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.present.draw.errors import FigureError

    _check(arguments)
    ink = _format(arguments)
    try:
        figure = _figure(arguments)
        content = figure.to_html().encode() if ink == "html" else figure.written(ink)
    except FigureError as error:
        raise UsageError(str(error), error.hint) from None
    for note in figure.notes:
        say(f"note: {note}")
    return _write(arguments, f"{figure.name}.{ink}", content)


def _check(arguments: Namespace) -> None:
    """Check what argparse cannot: that there is exactly one subject, and that the width is a length."""
    from archc.present.draw.lengths import pixels

    subjects = [bool(arguments.spec), bool(arguments.block), bool(arguments.figure)]
    if sum(subjects) != 1:
        raise UsageError("one figure at a time: networks, --block or --figure", "see: archc draw --help")
    if arguments.diff and len(arguments.spec) != 2:
        raise UsageError("--diff compares two networks", "for example archc draw resnet50 resnet50d --diff")
    if arguments.layout == "dot" and arguments.level != "op":
        raise UsageError("--layout dot is for operations", "say --level op too")
    if arguments.width and pixels(arguments.width) is None:
        raise UsageError(f"`{arguments.width}` is not a length", "write a number and cm, mm, in, pt or px: --width 8.5cm")


def _format(arguments: Namespace) -> "Ink":
    """Return the format of the output's suffix or of `--format`, which must agree; without either, svg."""
    from archc.present.draw.files import FORMATS, SUFFIXES

    known: list[str] = [*FORMATS, "html"]
    suffixes: dict[str, Ink] = {**{f".{ink}": ink for ink in FORMATS}, ".html": "html", **SUFFIXES}
    output = arguments.output or ""
    folder = output.endswith(("/", os.sep)) or os.path.isdir(output)
    suffix = "" if output in ("", "-") or folder else os.path.splitext(output)[1]
    if not suffix and output not in ("", "-") and not folder and not arguments.format:
        raise UsageError(f"`{output}` has no suffix to say the format", f"give one of {', '.join(known)}, or --format")
    if suffix and suffix.lower() not in suffixes:
        raise unknown("format", suffix.removeprefix("."), known)
    form = suffixes[suffix.lower()] if suffix else None
    if form and arguments.format and form != arguments.format:
        raise UsageError(f"`{output}` is {form}, and --format says {arguments.format}", "leave one of them out")
    return form or arguments.format or "svg"


def _figure(arguments: Namespace) -> "Figure":
    from archc.api.figure import Style, block_figure, definition_figure, networks_figure, paper_figure
    from archc.api.network import compile_spec

    limits, changes = limits_of(arguments), arguments.set
    style = Style(arguments.level, arguments.theme, arguments.width)
    if arguments.figure:
        return paper_figure(arguments.figure, style, limits)
    if not arguments.block:
        networks = [compile_spec(target, overrides=changes, limits=limits) for target in arguments.spec]
        return networks_figure(
            networks,
            style,
            direction=arguments.direction,
            expand=arguments.expand,
            layout=arguments.layout,
            diff=arguments.diff,
        )
    target, colon, path = arguments.block.rpartition(":")
    if not colon:
        return definition_figure(arguments.block, style, changes, limits)
    if not target or not path:
        raise UsageError(f"`{arguments.block}` is not SPEC:PATH", "for example --block resnet50:layer2.0")
    return block_figure(compile_spec(target, overrides=changes, limits=limits), path, style)


def _write(arguments: Namespace, name: str, content: bytes) -> int:
    from archc.output import destinations, write_files

    if arguments.output == "-":
        sys.stdout.buffer.write(content)
        return 0
    [path] = destinations([name], arguments.output)
    write_files([(path, [content])], force=arguments.force)
    say(f"wrote {path}")
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
