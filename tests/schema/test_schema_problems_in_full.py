"""Everything that is said of documents that do not meet their schema: sentence, label, help, and the mend, in a golden file."""

from collections.abc import Callable
from pathlib import Path

from told import page, told

from archc.diagnostics import in_order
from archc.language.document.loader import parse
from archc.language.document.source import text_source
from archc.language.lookup import kind_of
from archc.language.schema.validate import validate
from archc.limits import DEFAULT_LIMITS

TEXTS = (Path(__file__).parent / "broken_specs.txt").read_text(encoding="utf-8").splitlines()
"""A document a line, written as in a Python string: `\\n` ends a line."""


def test_documents(golden: Callable[[str, str], None]) -> None:
    cases = []
    for line in TEXTS:
        text = line.encode().decode("unicode_escape")
        root = parse(text_source(text, "net.yaml", DEFAULT_LIMITS), DEFAULT_LIMITS)
        cases.append((line, told(in_order(validate(root, kind_of(root))))))
    golden("golden/problems.txt", page(cases))
