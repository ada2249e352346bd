"""`archc table` prints networks side by side as in a paper, or a row for each network, stage, block, layer or operation."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from archc.arguments import unknown
from archc.cli.command import Command
from archc.cli.console import room, say
from archc.cli.parsing import UsageError, limits_of, spec_arguments

if TYPE_CHECKING:
    from archc.present.table.figures import Figure
    from archc.present.table.grid import Grid
    from archc.present.table.levels import Level
    from archc.present.table.network import Network

EXAMPLES = """\
  archc table                                   He et al. 2015, Table 1
  archc table resnet50 resnet50_v1 resnext50_32x4d --format latex --style booktabs
  archc table resnet18 resnet50 my_net.yaml -o table.html
  archc table resnet50 --level block --columns params,macs,acts,memory,rf
  archc table resnet18 resnet50 senet154 --level network --sort macs --reverse
  archc table resnet50 --convention fvcore --size 288
"""
PAPER = ("resnet18_a", "resnet34_a", "resnet50_v1", "resnet101_v1", "resnet152_v1")
"""He et al. 2015, Table 1 as the authors ran it: option A below 50 layers, B from there on (section 4.1), stride on the 1×1."""
LEVELS = ("network", "stage", "block", "layer", "op")
FORMATS = ("text", "markdown", "latex", "html", "csv", "json")
ENDINGS = {"txt": "text", "md": "markdown", "tex": "latex", "html": "html", "htm": "html", "csv": "csv", "json": "json"}
STYLES = ("ruled", "booktabs")
BELOW, NETWORKS = "params,macs", "params,macs,depth,printed"
PARTS = "output,params,macs"
NARROWEST, WIDEST = 20, 10_000


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("specs", nargs="*", metavar="SPEC", help="files or shipped networks; none: He et al. 2015, Table 1")
    parser.add_argument(
        "--level", type=_one_of("level", LEVELS), choices=LEVELS, help="a row for each; not given: a column for each network"
    )
    parser.add_argument(
        "--columns", metavar="NAME,…", help="figures, in this order: params, macs, acts, memory, rf, …; `list` prints all"
    )
    parser.add_argument("--sort", metavar="NAME", help="rows (or networks) by a column or by name, the smallest first")
    parser.add_argument("--reverse", action="store_true", help="the largest first")
    parser.add_argument("--unfolded", "--unfold", action="store_true", help="a row for every block and layer, repeats too")
    parser.add_argument(
        "--convention", metavar="NAME", help="what `macs` counts: macs (default), flops, fvcore, ptflops, thop, …"
    )
    parser.add_argument("--size", metavar="HxW", help="of the image in pixels, 224 or 320x480 (default: the spec's)")
    parser.add_argument("--exact", action="store_true", help="whole numbers instead of three digits")
    parser.add_argument(
        "--format", type=_one_of("format", FORMATS), choices=FORMATS, help="default: that of the file's ending, or text"
    )
    parser.add_argument(
        "--style", type=_one_of("style", STYLES), choices=STYLES, help="of LaTeX: ruled as in the paper (default), or booktabs"
    )
    parser.add_argument("--standalone", action="store_true", help="of LaTeX: a document that compiles")
    parser.add_argument("--math", action="store_true", help="of Markdown: brackets as formulas")
    parser.add_argument("--ascii", action="store_true", help="of text: nothing but ASCII, as where the encoding has no more")
    parser.add_argument("--width", metavar="N", help="of text: the terminal's columns")
    parser.add_argument("-o", "--output", metavar="FILE|-", help="where to; - is the standard output")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    spec_arguments(parser)


def _one_of(kind: str, known: Sequence[str]) -> Callable[[str], str]:
    """Return a reader of one of a few words, whose error names the nearest."""

    def read(text: str) -> str:
        if text not in known:
            raise unknown(kind, text, list(known))
        return text

    return read


def run(arguments: Namespace) -> int:
    if arguments.columns == "list":
        from archc.present.table.figures import FIGURES

        print("\n".join(f"{figure.name:{max(map(len, FIGURES))}}  {figure.help}" for figure in FIGURES.values()))
        return 0
    form = _format(arguments)
    figures = _figures(arguments)
    text = _written(arguments, form, _networks(arguments), figures)
    if arguments.output in (None, "-"):
        print(text, end="")
        return 0
    from archc.output import destinations, write_files

    ending = next(ending for ending, name in ENDINGS.items() if name == form)
    (path,) = destinations([f"table.{ending}"], arguments.output)
    write_files([(path, (text.encode(),))], force=arguments.force)
    say(f"wrote {path}")
    return 0


def _format(arguments: Namespace) -> str:
    ending = (arguments.output or "").rpartition(".")[2].lower()
    form: str = arguments.format or ENDINGS.get(ending, "text")
    for option, wanted in (
        ("style", "latex"),
        ("standalone", "latex"),
        ("math", "markdown"),
        ("ascii", "text"),
        ("width", "text"),
    ):
        if getattr(arguments, option) and form != wanted:
            raise UsageError(f"--{option} is of --format {wanted}, and this is {form}")
    return form


def _figures(arguments: Namespace) -> tuple["Figure", ...]:
    from archc.present.table.figures import FIGURES, counted

    default = NETWORKS if arguments.level == "network" else PARTS if arguments.level else BELOW
    names = [name.strip() for name in (default if arguments.columns is None else arguments.columns).split(",")]
    for name in names:
        if not name:
            raise UsageError(f"--columns needs names with commas between them, not `{arguments.columns}`", "`list` prints them")
        if name not in FIGURES:
            raise unknown("column", name, list(FIGURES))
    duplicate = next((name for name in names if names.count(name) > 1), None)
    if duplicate:
        raise UsageError(f"the column `{duplicate}` is given twice")
    if arguments.sort not in (None, "name", *names):
        if arguments.sort in FIGURES:
            raise UsageError(
                f"`{arguments.sort}` is no column of this table", f"show it: --columns {','.join([*names, arguments.sort])}"
            )
        raise unknown("column to sort by", arguments.sort, ["name", *names])
    if arguments.convention in (None, "macs"):
        return tuple(FIGURES[name] for name in names)
    from archc.cost.conventions import CONVENTIONS

    if arguments.convention not in CONVENTIONS:
        raise unknown("convention", arguments.convention, list(CONVENTIONS))
    return tuple(counted(CONVENTIONS[arguments.convention]) if name == "macs" else FIGURES[name] for name in names)


def _networks(arguments: Namespace) -> list["Network"]:
    from archc.cli.size import sized
    from archc.compile.pipeline import compile_spec
    from archc.language.library import Library
    from archc.present.table.network import Network, heads

    targets: list[str] = arguments.specs or list(PAPER)
    duplicate = next((target for target in targets if targets.count(target) > 1), None)
    if duplicate:
        raise UsageError(f"`{duplicate}` is given twice", "a network is compared with others")
    limits = limits_of(arguments)
    library = Library(limits)
    networks = [compile_spec(target, overrides=arguments.set, limits=limits, library=library) for target in targets]
    changed = bool(arguments.set) or arguments.size is not None
    return [
        Network(head, target, compiled, sized(compiled, arguments.size), changed=changed)
        for head, target, compiled in zip(heads(targets, networks), targets, networks, strict=True)
    ]


def _written(arguments: Namespace, form: str, networks: Sequence["Network"], figures: Sequence["Figure"]) -> str:
    from archc.present.table.architecture import architecture, in_order
    from archc.present.table.listing import lines, listing, ordered

    level: Level | None = arguments.level
    whole = level in (None, "network")
    if arguments.sort and whole:
        networks = in_order(networks, figures, arguments.sort, reverse=arguments.reverse)
    if level is None and form not in ("csv", "json"):
        return _laid_out(arguments, form, architecture(networks, figures, exact=arguments.exact), networks)
    rows = lines(networks, level or "stage", figures, fold=not arguments.unfolded)
    if arguments.sort and not whole:
        rows = ordered(rows, figures, arguments.sort, reverse=arguments.reverse)
    match form:
        case "csv":
            from archc.present.table.csvout import to_csv

            return to_csv(rows, figures)
        case "json":
            from archc.present.table.jsonout import to_json

            return to_json(networks, level, figures, rows, arguments.convention or "macs")
        case _:
            return _laid_out(arguments, form, listing(rows, level or "stage", figures, exact=arguments.exact), networks)


def _laid_out(arguments: Namespace, form: str, grid: "Grid", networks: Sequence["Network"]) -> str:
    match form:
        case "markdown":
            from archc.present.table.markdown import to_markdown

            return to_markdown(grid, math=arguments.math)
        case "latex":
            from archc.present.table.latex import to_latex

            return to_latex(grid, style=arguments.style or "ruled", standalone=arguments.standalone)
        case "html":
            from archc.present.table.html import to_html

            return to_html(grid, title=", ".join(network.head for network in networks))
        case _:
            from archc.present.table.terminal import to_terminal

            to_file = arguments.output not in (None, "-")
            return to_terminal(
                grid, width=_width(arguments.width, to_file=to_file), ascii=arguments.ascii or not (to_file or _draws())
            )


def _width(text: str | None, *, to_file: bool) -> int | None:
    """Return the width that was asked for, else the terminal's; a file has none."""
    if text is None:
        columns = None if to_file else room()
        return None if columns is None else min(max(columns, NARROWEST), WIDEST)
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or not NARROWEST <= int(text) <= WIDEST:
        raise UsageError(f"--width needs a whole number from {NARROWEST} to {WIDEST}, not `{text}`")
    return int(text)


def _draws() -> bool:
    """Return whether the encoding of the standard output has the characters that tables are drawn with."""
    try:
        "┌─┼⎡×✓⁹".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


COMMAND = Command(arguments, run, EXAMPLES)
