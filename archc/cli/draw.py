"""`archc draw` writes figures of networks and blocks, in the format that the file's suffix says."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from archc.arguments import unknown
from archc.cli.command import Command
from archc.cli.console import say
from archc.cli.parsing import UsageError, limits_of, spec_arguments
from archc.limits import Limits
from archc.record import Record

if TYPE_CHECKING:
    from typing import TypeAlias

    from archc.compile.pipeline import Compiled
    from archc.present.draw.compose import Asked, Level
    from archc.present.draw.files import Format
    from archc.present.draw.scene import Mark, Scene

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
        "-o", "--output", metavar="FILE|FOLDER|-", help="where to; the suffix is the format: svg, png, pdf, tex, dot, mmd, html"
    )
    parser.add_argument(
        "--format", choices=("svg", "png", "pdf", "tex", "dot", "mmd", "html"), help="where the output has no suffix"
    )
    parser.add_argument(
        "--level", choices=("network", "block", "layer", "op"),
        help="a box for each stage, block (default of one network), layer (default of several), or operation",
    )  # fmt: skip
    parser.add_argument("--direction", choices=("column", "strip"), default="column", help="from top to bottom, or left to right")
    parser.add_argument(
        "--expand", action="append", default=[], metavar="STAGE|all", help="draw equal blocks one by one; repeatable"
    )
    parser.add_argument("--layout", choices=("own", "dot"), default="own", help="dot: operations where Graphviz puts them")
    parser.add_argument("--diff", action="store_true", help="of two networks: mark what differs")
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
        content = _content(arguments, ink, figure)
    except FigureError as error:
        raise UsageError(str(error), error.hint) from None
    for note in [*figure.scene.notes, *_small(figure.scene, arguments.width)]:
        say(f"note: {note}")
    return _write(arguments, f"{figure.name}.{ink}", content)


class _Figure(Record):
    """A figure, the default name of its file, and the networks that it shows."""

    name: str
    scene: "Scene"
    networks: "tuple[Compiled, ...]" = ()
    asked: "Asked | None" = None


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


def _figure(arguments: Namespace) -> _Figure:
    limits = limits_of(arguments)
    if arguments.figure:
        from archc.present.draw.figures import draw_figure

        return _Figure(arguments.figure, draw_figure(arguments.figure, limits))
    if arguments.block:
        return _close_up(arguments, limits)
    return _networks(arguments, limits)


def _close_up(arguments: Namespace, limits: Limits) -> _Figure:
    from archc.compile.pipeline import compile_spec
    from archc.present.draw.compose import draw_bare, draw_scope

    level: Level = arguments.level or "layer"
    target, colon, path = arguments.block.rpartition(":")
    if not colon:
        from archc.present.draw.bare import around

        bare = around(arguments.block, arguments.set, limits)
        return _Figure(bare.name, draw_bare(bare, level), (bare.compiled,))
    if not target or not path:
        raise UsageError(f"`{arguments.block}` is not SPEC:PATH", "for example --block resnet50:layer2.0")
    compiled = compile_spec(target, overrides=arguments.set, limits=limits)
    scopes = {scope.path: scope for scope in compiled.graph.scopes if scope.kind in ("block", "module", "stem", "head")}
    if path not in scopes:
        raise unknown("block", path, list(scopes))
    name = f"{compiled.graph.name}_{path.replace('.', '_')}"
    return _Figure(name, draw_scope(compiled, scopes[path], level), (compiled,))


def _networks(arguments: Namespace, limits: Limits) -> _Figure:
    from archc.compile.pipeline import compile_spec
    from archc.present.draw.compose import Asked, draw_networks
    from archc.present.draw.lengths import pixels

    networks = tuple([compile_spec(target, overrides=arguments.set, limits=limits) for target in arguments.spec])
    known = [scope.path for network in networks for scope in network.graph.scopes if scope.kind == "stage"]
    for stage in arguments.expand:
        if stage not in (*known, "all"):
            raise unknown("stage", stage, [*dict.fromkeys(known), "all"])
    level: Level = arguments.level or ("block" if len(networks) == 1 else "layer")
    asked = Asked(
        level=level, direction=arguments.direction, expand=tuple(arguments.expand), layout=arguments.layout,
        width=pixels(arguments.width) if arguments.width else None, marks=_marks(networks) if arguments.diff else (),
    )  # fmt: skip
    return _Figure("-".join(network.graph.name for network in networks), draw_networks(networks, asked), networks, asked)


def _marks(networks: "Sequence[Compiled]") -> "tuple[Mapping[str, Mark], ...]":
    from archc.analyse.diff.compare import Network, compare
    from archc.analyse.diff.marks import marks

    old, new = networks
    return marks(compare(Network(old), Network(new)))


def _small(scene: "Scene", width: str) -> list[str]:
    """Return a note where text would be printed too small to read."""
    from archc.present.draw.lengths import pixels
    from archc.present.draw.scene import Box, Text, flat

    printed = pixels(width) if width else None
    sizes = [item.size for item in flat(scene.items) if isinstance(item, Box | Text)]
    if printed is None or not sizes:
        return []
    points = min(sizes) * printed / scene.width * 0.75
    return (
        [f"at {width} the smallest text is {points:.1f} pt; another --level or --direction may fit better"] if points < 5 else []
    )


def _content(arguments: Namespace, ink: "Ink", figure: _Figure) -> bytes:
    from archc.present.draw.files import Look, written

    if ink == "html":
        return _page(arguments, figure).encode()
    return written(figure.scene, ink, Look(theme=arguments.theme, width=arguments.width))


def _page(arguments: Namespace, figure: _Figure) -> str:
    """Return a page on which a network in columns of panels folds and unfolds; any other figure stands on it as it is."""
    from archc.present.draw.inks.html import html
    from archc.present.draw.pages import draw_pieces, whole
    from archc.present.draw.themes import THEMES

    scene, asked = figure.scene, figure.asked
    folds = asked is not None and asked.level in ("block", "op") and asked.direction == "column" and asked.layout == "own"
    pieces = draw_pieces(figure.networks, asked) if asked is not None and folds else whole(scene)
    spans = [node.origin for network in figure.networks for node in network.graph.nodes]
    spans += [scope.origin for network in figure.networks for scope in network.graph.scopes]
    sources = {span.source.name: span.source.text for span in spans if span is not None}
    return html(scene.title, scene.description, pieces, sources, THEMES[arguments.theme])


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
