"""Arguments are parsed by one command's parser; usage errors name the nearest valid choice, and some options are shared."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from archc.arguments import unknown
from archc.cli.command import COMMANDS, Command
from archc.exceptions import ArchcError
from archc.limits import Limits

if TYPE_CHECKING:
    from archc.compile.pipeline import Changes


class UsageError(ArchcError):
    """The command line is at fault: what is wrong, and a second line with a way out. Exit code 2.

    No ValueError, which argparse would put in words of its own.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Parser(ArgumentParser):
    """An argparse parser with short errors that say where the help is."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"see: {self.prog} --help")

    def format_help(self) -> str:
        self.formatter_class = RawDescriptionHelpFormatter
        return super().format_help()


def parser_of(name: str, command: Command, words: Sequence[str] = ()) -> Parser:
    """Return the parser of `archc NAME` for these words."""
    parser = Parser(
        prog=f"archc {name}",
        description=COMMANDS[name],
        epilog=f"examples:\n{command.examples}",
        formatter_class=partial(RawDescriptionHelpFormatter, width=80),  # else shutil is imported to ask for the terminal's
        allow_abbrev=False,
    )
    command.arguments(parser, words)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="auto: on a terminal, unless NO_COLOR is set"
    )
    return parser


def spec_arguments(parser: ArgumentParser) -> None:
    """Add `--set` and `--limit`, for the commands that read a spec."""
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="replace a value, as `set:` does; repeatable"
    )
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N", help="raise a limit, e.g. blocks=100000; repeatable"
    )


def change_arguments(parser: ArgumentParser) -> None:
    """Add `--features`, `--no-head` and `--frozen-norm`, for the commands that make a network."""
    parser.add_argument(
        "--features",
        metavar="PATH,…",
        help="output these values by name, as `features:` does: steps or scopes, e.g. layer1,layer4",
    )
    parser.add_argument("--no-head", action="store_true", help="end with the last map: leave out pooling and all that follows")
    parser.add_argument("--frozen-norm", action="store_true", help="fix the statistics and parameters of every batch norm")


def changes_of(arguments: Namespace) -> "Changes":
    """Return the changes that the options of `change_arguments` ask for. Raises UsageError."""
    from archc.compile.pipeline import Changes

    features = () if arguments.features is None else tuple(name.strip() for name in arguments.features.split(","))
    if "" in features:
        raise UsageError("--features needs paths with a comma between them", "as in --features layer1,layer4")
    return Changes(features, without_head=arguments.no_head, frozen_norm=arguments.frozen_norm)


def limits_of(arguments: Namespace) -> Limits:
    """Return the limits with those of `--limit` in place. Raises UsageError."""
    texts: list[str] = arguments.limit
    values: dict[str, int] = {}
    for text in texts:
        name, equals, number = text.partition("=")
        if name not in Limits.record_fields:
            raise unknown("limit", name, list(Limits.record_fields))
        if not equals or not (number.isascii() and number.isdigit()) or len(number) > 18 or int(number) == 0:
            raise UsageError(
                f"--limit {name} needs a whole number above 0, as in --limit {name}={getattr(Limits(), name)}, not `{number}`"
            )
        values[name] = int(number)
    return Limits(**values)


def wants_color(choice: str, *, terminal: bool) -> bool:
    """Return whether to print in colour: by choice, or on a terminal that does not forbid it."""
    import os

    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def usage() -> str:
    """Return the text that `archc --help` prints."""
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {summary}" for name, summary in COMMANDS.items())
    return f"""usage: archc COMMAND …

Compiles declarative specs of residual networks to readable source.

commands:
{commands}

options:
  -h, --help  this text; archc COMMAND --help tells more
  --version   the version

examples:
  archc build resnet50                      a shipped network, to resnet50.py
  archc build my_net.yaml --target torch    your own
  archc check specs/                        every spec in a folder

exit codes: 0 clean, 1 problems in a spec, 2 usage or missing file, 70 a bug in archc
"""


def on_terminal() -> bool:
    """Return whether stderr is a terminal."""
    return sys.stderr.isatty()
