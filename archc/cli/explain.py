"""`archc explain` prints the page of a diagnostic code."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.parsing import UsageError
from archc.present.explain import codes, page

EXAMPLES = """\
  archc explain E0312                           what it means, a spec that fails with it, the spec mended
  archc explain                                 every code
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("code", nargs="?", help="as in error[E0312]; without one, all are listed")


def run(arguments: Namespace) -> int:
    if arguments.code is None:
        for code, title in codes().items():
            print(f"{code}  {title}")
        return 0
    text = page(arguments.code)
    if text is None:
        raise UsageError(f"unknown code `{arguments.code}`", "archc explain lists them all")
    print(text, end="")
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
