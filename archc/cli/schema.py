"""`archc schema` prints the JSON Schema of the language, for editors and other programs."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.parsing import UsageError

EXAMPLES = """\
  archc schema > archc-1.schema.json            of any document, for an editor
  archc schema --kind block                     of one kind alone
  archc schema --draft 07                       for programs that do not know draft 2020-12
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    kinds = ("any", "spec", "network", "block", "module", "shortcut", "layout", "report")
    help_text = "the kind of document (default: any); spec: network; report: what `archc check --format json` prints"
    parser.add_argument("--kind", choices=kinds, default="any", help=help_text)
    parser.add_argument(
        "--draft", choices=("2020-12", "07"), default="2020-12", help="the draft of JSON Schema (default: 2020-12)"
    )


def run(arguments: Namespace) -> int:
    if arguments.kind == "report":
        from archc.rendering.jsonout import schema_text

        if arguments.draft != "2020-12":
            raise UsageError("the schema of a report has only draft 2020-12", "leave out --draft")
        print(schema_text(), end="")
        return 0
    from archc.language.editor.view import Asked, editor_schema

    kind: Asked = "network" if arguments.kind == "spec" else arguments.kind
    print(json.dumps(editor_schema(kind, arguments.draft), indent=2, ensure_ascii=False))
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
