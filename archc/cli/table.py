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
    from archc.api.table import Table

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
NARROWEST, WIDEST = 20, 10_000


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("specs", nargs="*", metavar="SPEC", help="files or shipped networks; none: He et al. 2015, Table 1")
    parser.add_argument(
        "--level", type=_one_of("level", LEVELS), choices=LEVELS, help="a row for each (default: a column for each network)"
    )
    parser.add_argument(
        "--columns", metavar="NAME,…", help="figures, in this order: params, macs, acts, memory, rf, …; `list` prints all"
    )
    parser.add_argument("--sort", metavar="NAME", help="sort rows (or networks) by a column or by name, the smallest first")
    parser.add_argument("--reverse", action="store_true", help="put the largest first")
    parser.add_argument(
        "--unfolded", "--unfold", action="store_true", help="a row for every block and layer, also where they repeat"
    )
    parser.add_argument(
        "--convention", metavar="NAME", help="what `macs` counts: macs (default), flops, fvcore, ptflops, thop, …"
    )
    parser.add_argument("--size", metavar="HxW", help="size of the image in pixels, 224 or 320x480 (default: the spec's)")
    parser.add_argument("--exact", action="store_true", help="print whole numbers instead of three digits")
    parser.add_argument(
        "--format", type=_one_of("format", FORMATS), choices=FORMATS, help="default: by the file's ending, or text"
    )
    parser.add_argument(
        "--style", type=_one_of("style", STYLES), choices=STYLES, help="LaTeX: ruled as in the paper (default), or booktabs"
    )
    parser.add_argument("--standalone", action="store_true", help="LaTeX: a document that compiles")
    parser.add_argument("--math", action="store_true", help="Markdown: brackets as formulas")
    parser.add_argument("--ascii", action="store_true", help="text: only ASCII, the default where the encoding has nothing else")
    parser.add_argument("--width", metavar="N", help="text: columns of the terminal")
    parser.add_argument("-o", "--output", metavar="FILE|-", help="where to write; - is the standard output")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    spec_arguments(parser)


def _one_of(kind: str, known: Sequence[str]) -> Callable[[str], str]:
    """Return a reader of one of a few words, whose error names the nearest."""

    def read(text: str) -> str:
        if text not in known:
            error = unknown(kind, text, known)
            raise UsageError(error.message, error.hint)
        return text

    return read


def run(arguments: Namespace) -> int:
    if arguments.columns == "list":
        from archc.api.table import column_helps

        helps = column_helps()
        print("\n".join(f"{name:{max(map(len, helps))}}  {text}" for name, text in helps.items()))
        return 0
    form = _format(arguments)
    text = _written(arguments, form, _table(arguments))
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


def _table(arguments: Namespace) -> "Table":
    from archc.api.network import compile_all
    from archc.api.table import columns_of, table
    from archc.cli.size import size_of

    names = None if arguments.columns is None else [name.strip() for name in arguments.columns.split(",")]
    if names and "" in names:
        raise UsageError(f"--columns needs names with commas between them, not `{arguments.columns}`", "`list` prints them")
    convention = arguments.convention or "macs"
    columns_of(arguments.level, names, convention, arguments.sort)  # before anything is compiled
    return table(
        *compile_all(arguments.specs or list(PAPER), overrides=arguments.set, limits=limits_of(arguments)),
        level=arguments.level,
        columns=names,
        sort=arguments.sort,
        reverse=arguments.reverse,
        unfold=arguments.unfolded,
        convention=convention,
        size=size_of(arguments.size),
        exact=arguments.exact,
    )


def _written(arguments: Namespace, form: str, table: "Table") -> str:
    match form:
        case "csv":
            return table.to_csv()
        case "json":
            return table.to_json()
        case "markdown":
            return table.to_markdown(math=arguments.math)
        case "latex":
            return table.to_latex(style=arguments.style or "ruled", standalone=arguments.standalone)
        case "html":
            return table.to_html()
        case _:
            to_file = arguments.output not in (None, "-")
            width = _width(arguments.width, to_file=to_file)
            return table.to_text(width=width, ascii=arguments.ascii or not (to_file or _draws()))


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
