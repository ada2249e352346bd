"""`archc migrate` rewrites specs and definitions of an older version of the language as documents of the newest."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archc.cli.command import Command
from archc.cli.console import exit_code, say, show
from archc.cli.parsing import UsageError
from archc.cli.targets import STDIN, targets

if TYPE_CHECKING:
    from archc.cli.fixing import Change
    from archc.limits import Limits

EXAMPLES = """\
  archc migrate specs/                          every *.yaml in and below a folder, written in place
  archc migrate net.yaml --diff                 what would change, as a patch
  archc migrate specs/ --check                  for CI: writes nothing, and exits with 1 where something would change
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or a pattern in quotes")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is of an older version")
    instead.add_argument("--diff", action="store_true", help="print a patch instead of writing")


def run(arguments: Namespace) -> int:
    from archc.cli.fixing import difference, write
    from archc.diagnostics import Diagnostic, SpecError
    from archc.language.versions import VERSION
    from archc.limits import DEFAULT_LIMITS

    if STDIN in arguments.paths:
        raise UsageError("`archc migrate` changes files, and `-` is none")
    names = targets(arguments.paths)
    changes: list[Change] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            changes += _change(name, DEFAULT_LIMITS)
        except SpecError as error:
            problems += error.diagnostics
    if problems:
        show(tuple(problems), color=arguments.color)
        return exit_code(problems)
    if arguments.diff:
        print("".join(map(difference, changes)), end="")
    elif not arguments.check:
        write(changes)
    verb = "to migrate" if arguments.check or arguments.diff else "migrated"
    for change in changes:
        say(f"{verb}: {change.name}")
    say(f"{len(changes)} of {len(names)} files {verb}; the newest version is {VERSION}")
    return 1 if arguments.check and changes else 0


def _change(name: str, limits: "Limits") -> "list[Change]":
    """Return the change of a file, none where it is of the newest version. Raises SpecError."""
    from archc.cli.fixing import rewritten
    from archc.language.document.source import read_source
    from archc.language.versions import migrated

    source = read_source(name, name, limits)
    _, text = migrated(source, limits)
    return [] if text == source.text else [rewritten(name, text)]


COMMAND = Command(arguments, run, EXAMPLES)
