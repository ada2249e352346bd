"""`archc expect` renews the figures that specs state of their networks, after an intended change."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archc.cli.command import Command
from archc.cli.console import exit_code, say, show
from archc.cli.parsing import UsageError, limits_of
from archc.cli.targets import STDIN, targets

if TYPE_CHECKING:
    from archc.compile.renewing import Figure, Renewal
    from archc.diagnostics import Diagnostic
    from archc.language.library import Library

EXAMPLES = """\
  archc expect my_net.yaml                      renew params, macs, depth and outputs where they are stated
  archc expect specs/ --diff                    what would change, as a patch
  archc expect specs/ --check                   writes nothing, and exits with 1 where a figure is not right
  archc expect my_net.yaml --add                state params, macs and depth too where they are missing
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or a pattern in quotes")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a figure would change")
    instead.add_argument("--diff", action="store_true", help="print a patch instead of writing")
    parser.add_argument("--add", action="store_true", help="also state params, macs and depth where they are missing")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N", help="raise a limit, e.g. blocks=100000; repeatable"
    )


def run(arguments: Namespace) -> int:
    """Renew every file by itself: one with other problems is reported and left as it is, and stops none of the others."""
    from archc.cli.fixing import difference, rewritten, write
    from archc.language.library import Library
    from archc.output import OutputError
    from archc.rendering.report import report

    library = Library(limits_of(arguments))
    problems_by_file: list[list[Diagnostic]] = []
    lines: list[str] = []
    files, changed = _files(arguments), 0
    for name in files:
        problems: list[Diagnostic] = []
        problems_by_file.append(problems)
        renewal = _renewal(name, library, arguments, problems)
        if renewal is None or not renewal.figures:
            continue
        change = rewritten(name, renewal.text)
        try:
            if arguments.diff:
                print(difference(change), end="", flush=True)
            elif not arguments.check:
                write([change])
        except OutputError as error:
            problems.append(error.diagnostic)
            continue
        changed += 1
        lines += [f"{name}: {_figure_text(figure)}" for figure in renewal.figures]
    for line in lines:
        say(line)
    diagnostics = report(files, problems_by_file).diagnostics
    if diagnostics:
        show(diagnostics, color=arguments.color)
    verb = "to renew" if arguments.check or arguments.diff else "renewed"
    counted = f"{len(lines)} figure{'' if len(lines) == 1 else 's'} {verb}"
    say(f"{counted} in {changed} of {len(files)} file{'' if len(files) == 1 else 's'}")
    return exit_code(diagnostics) or (1 if arguments.check and changed else 0)


def _files(arguments: Namespace) -> list[str]:
    """Return the named files. Raises UsageError for standard input and shipped networks, which are no files of the user's."""
    if STDIN in arguments.paths:
        raise UsageError("`archc expect` changes files, and `-` is none")
    from archc.language.shipped import shipped_file

    files = targets(arguments.paths)
    for name in files:
        if not os.path.lexists(name) and shipped_file(name, "network") is not None:
            raise UsageError(f"`{name}` ships with archc, and only files of your own are changed", "name a file")
    return files


def _renewal(name: str, library: "Library", arguments: Namespace, problems: "list[Diagnostic]") -> "Renewal | None":
    """Return None for a definition in a folder, and for a file that is refused, after adding its problems."""
    from archc.compile.renewing import renew
    from archc.diagnostics import Diagnostic, SpecError

    try:
        renewal = renew(name, library, add=arguments.add)
    except SpecError as error:
        problems += error.diagnostics
        return None
    if renewal is not None:
        problems += renewal.problems
    elif name in arguments.paths:
        message = f"`{name}` is a definition, and only networks have figures"
        problems.append(Diagnostic("E0307", message, help="name a network that uses it"))
    return renewal


def _figure_text(figure: "Figure") -> str:
    """Write a renewed figure as in `params 11,689,512 → 11,694,400`."""
    name, new = ".".join(figure.keys), f"{figure.new:,}" if isinstance(figure.new, int) else str(figure.new)
    if figure.old is None:
        return f"{name} {new}, which was not stated"
    old = f"{int(figure.old):,}" if figure.old.isdecimal() else figure.old
    return f"{name} {old} → {new}"


COMMAND = Command(arguments, run, EXAMPLES)
