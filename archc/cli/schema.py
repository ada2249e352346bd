"""`archc schema`: the JSON Schema of the language, for editors and other programs."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command

EXAMPLES = """\
  archc schema > archc-1.schema.json            of any document
  archc schema --kind block                     of one kind alone
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    kinds = ("any", "network", "block", "module", "shortcut", "layout")
    parser.add_argument("--kind", choices=kinds, default="any", help="the kind of document (default: any)")


def run(arguments: Namespace) -> int:
    from archc.schema.load import load_schema, whole_schema

    schema = whole_schema() if arguments.kind == "any" else load_schema(arguments.kind)
    print(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
