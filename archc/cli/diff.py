"""`archc diff` says what changed between two networks, which are files, shipped names or git revisions."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.console import room, show
from archc.cli.parsing import limits_of, wants_color

EXAMPLES = """\
  archc diff resnet50 resnet50d                 two shipped networks
  archc diff resnet50 my_net.yaml               what yours does otherwise
  archc diff HEAD~1:specs/x.yaml specs/x.yaml   what a commit changed, with what the spec extends and uses there
  archc diff resnet50 resnet50 --set block.shortcut=D
  archc diff main:net.yaml net.yaml --format markdown > comment.md
exit codes: 0 the same function, 1 another, 2 trouble, as diff has them
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("old", metavar="A", help="a file, the name of a shipped network, or REVISION:PATH in a git repository")
    parser.add_argument("new", metavar="B", help="the same; ./ before a file whose name has a colon")
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    parser.add_argument(
        "--layout", help="under whose names weights are compared: a layout of both specs (default: the first of A)"
    )
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="replace a value of B; repeatable")
    parser.add_argument("--set-old", action="append", default=[], metavar="PATH=VALUE", help="replace a value of A; repeatable")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N", help="raise a limit, e.g. blocks=100000; repeatable"
    )


def run(arguments: Namespace) -> int:
    from archc.api.difference import differing
    from archc.diagnostics import SpecError

    try:
        comparison = differing(
            arguments.old,
            arguments.new,
            old_overrides=arguments.set_old,
            new_overrides=arguments.set,
            limits=limits_of(arguments),
            layout=arguments.layout,
        )
    except SpecError as error:
        show(error.diagnostics, color=arguments.color)
        return 2
    match arguments.format:
        case "json":
            sys.stdout.write(comparison.to_json())
        case "markdown":
            sys.stdout.write(comparison.to_markdown())
        case _:
            color = wants_color(arguments.color, terminal=sys.stdout.isatty())
            sys.stdout.write(comparison.to_text(color=color, width=room()))
    return 0 if comparison.same else 1


COMMAND = Command(arguments, run, EXAMPLES)
