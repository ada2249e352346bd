"""`archc check` reports every problem of every spec and definition at once."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from archc.cli.command import Command
from archc.cli.console import exit_code, say
from archc.cli.parsing import UsageError, limits_of, spec_arguments, wants_color
from archc.cli.targets import STDIN, targets
from archc.rendering.report import FORMATS

if TYPE_CHECKING:
    from archc.cli.several import Task
    from archc.diagnostics import Diagnostic
    from archc.rendering.report import Report

EXAMPLES = """\
  archc check my_net.yaml                       one file
  archc check specs/                            every *.yaml in and below a folder, definitions too
  archc check specs/ --changed=origin/main      those of them that this branch changed
  archc check specs/ --fix                      mend what has one reading
  archc check specs/ --format github            annotations; sarif, gitlab, junit and json are for other programs
  archc check specs/ --format sarif -o archc.sarif
  archc check my_net.yaml --set classes=10 --set expect=null
  generate_spec | archc check - --stdin-name specs/my_net.yaml
"""
Problems: TypeAlias = "tuple[Diagnostic, ...]"
SUFFIXES = {"json": "json", "sarif": "sarif", "gitlab": "json", "junit": "xml"}
"""The suffixes of reports that are written into a folder; reports for people have `.txt`."""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a file, a folder, a pattern, the name of a shipped network, or `-`"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="text: with source excerpts (default)")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the report to a file, or into a folder; `-` is the standard output"
    )
    parser.add_argument("--force", action="store_true", help="write over an existing FILE")
    parser.add_argument(
        "--changed",
        nargs="?",
        const="HEAD",
        metavar="REV",
        help="check only those of the named files that changed since REV, as git says (default: the last commit)",
    )
    parser.add_argument(
        "--stdin-name", metavar="FILE", help="the file that `-` stands for, beside which its parents are looked for"
    )
    parser.add_argument("--fix", action="store_true", help="fix in place what has one reading; the network stays the same")
    parser.add_argument("--diff", action="store_true", help="print what --fix would change, and change nothing")
    parser.add_argument("--strict", action="store_true", help="fail on warnings too")
    parser.add_argument("--error-on-warning", dest="strict", action="store_true", help="the same as --strict")
    parser.add_argument("--no-lint", action="store_true", help="report no warnings, only errors")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes for many files (default: one for each core)")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.cli.several import Task, check_all
    from archc.rendering.report import report

    limits = limits_of(arguments)
    files = targets(arguments.paths, arguments.changed)
    names, texts, unread = _with_stdin(files, arguments.stdin_name, limits.bytes)
    task = Task(tuple(arguments.set), limits, not arguments.no_lint, texts, unread)
    jobs = arguments.jobs if arguments.jobs is not None else 0
    if jobs < 0 or (arguments.fix and arguments.diff):
        raise UsageError("--jobs needs a whole number from 0" if jobs < 0 else "--fix writes and --diff does not: give one")
    problems = check_all(names, task, jobs)
    if arguments.fix:
        problems = _mended(names, problems, task, jobs)
    result = report(names, problems, limits.diagnostics)
    if arguments.diff:
        _print_difference(names, problems, task)
    else:
        _print(result, arguments)
    if arguments.strict and result.count("warning"):
        return exit_code(result.diagnostics) or 1
    return exit_code(result.diagnostics)


def _with_stdin(files: list[str], name: str | None, most: int) -> "tuple[list[str], dict[str, bytes], dict[str, Diagnostic]]":
    """Return the files by the names they are printed with, and the text from standard input, or the problem of reading it."""
    if STDIN not in files:
        if name is not None:
            raise UsageError("--stdin-name names what `-` stands for, and no `-` is given")
        return files, {}, {}
    stdin_name = name or "<stdin>"
    names = [stdin_name if file == STDIN else file for file in files]
    try:
        if sys.stdin is None:
            raise OSError("it is closed")
        return names, {stdin_name: sys.stdin.buffer.read(most + 1)}, {}
    except OSError as error:
        from archc.language.document.source import unreadable

        return names, {}, {stdin_name: unreadable(error, stdin_name).diagnostics[0]}


def _mended(names: list[str], problems: list[Problems], task: "Task", jobs: int) -> list[Problems]:
    """Write the fixes, and return the problems that remain."""
    from archc.cli.fixing import changes_of, write
    from archc.cli.several import check_all

    if task.texts:
        raise UsageError("--fix writes to files, and `-` is none", "--diff prints what it would change")
    changes = changes_of(names, problems, task)
    if not changes:
        return problems
    write(changes)
    for change in changes:
        say(f"mended {change.name}: {change.count} problem{'' if change.count == 1 else 's'}")
    return check_all(names, task, jobs)


def _print_difference(names: list[str], problems: list[Problems], task: "Task") -> None:
    from archc.cli.fixing import changes_of, difference

    changes = changes_of(names, problems, task)
    for change in changes:
        print(difference(change), end="")
    sys.stdout.flush()  # before the next line goes to the other stream
    count = sum(change.count for change in changes)
    say(f"--fix would mend {count} problem{'' if count == 1 else 's'} in {len(changes)} of {len(names)} files")


def _print(result: "Report", arguments: Namespace) -> None:
    from archc.api.report import Report as Checked

    color = wants_color(arguments.color, terminal=arguments.output in (None, "-") and sys.stdout.isatty())
    text = Checked(result).written(arguments.format, color=color)
    if arguments.output in (None, "-"):
        print(text, end="")
        return
    from archc.output import destinations, write_files
    from archc.rendering.tally import tally

    [path] = destinations([f"archc.{SUFFIXES.get(arguments.format, 'txt')}"], arguments.output)
    write_files([(path, [text.encode("utf-8", "backslashreplace")])], force=arguments.force)
    say(f"wrote {path}")
    print(tally(result))


COMMAND = Command(arguments, run, EXAMPLES)
