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
    kinds = ("any", "network", "block", "module", "shortcut", "layout", "report")
    help_text = "the kind of document (default: any); report: what `archc check --format json` prints"
    parser.add_argument("--kind", choices=kinds, default="any", help=help_text)


def run(arguments: Namespace) -> int:
    from archc.schema.load import load_schema, whole_schema

    if arguments.kind == "report":
        from archc.rendering.jsonout import schema_text

        print(schema_text(), end="")
        return 0
    schema = whole_schema() if arguments.kind == "any" else load_schema(arguments.kind)
    print(json.dumps(schema, indent=2, ensure_ascii=False))
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
