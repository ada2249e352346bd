"""Another validator reads both drafts: ajv, on which the language server rests, on what ships, is broken, is changed."""

import json
import subprocess
from pathlib import Path

import pytest
from editor_documents import BROKEN, DOCUMENTS, mutants
from jsonschema import Draft7Validator, Draft202012Validator
from language_server import NODE

from archc.language.editor.view import editor_schema

pytestmark = pytest.mark.no_cover

MODULES = Path(__file__).parents[2] / "build" / "node" / "node_modules"
PROGRAM = """
const [module, schema, documents] = process.argv.slice(1);
const Ajv = require(module).default;
const read = (path) => JSON.parse(require("fs").readFileSync(path, "utf8"));
const valid = new Ajv({ strict: false }).compile(read(schema));
console.log(JSON.stringify(read(documents).map((document) => valid(document))));
"""
WRITTEN = [*DOCUMENTS, *BROKEN, *mutants(4, 150, DOCUMENTS)]


@pytest.mark.parametrize("draft", ["2020-12", "07"])
def test_ajv_agrees(draft: str, tmp_path: Path) -> None:
    latest = draft == "2020-12"
    schema = editor_schema("any", "2020-12" if latest else "07")
    (tmp_path / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (tmp_path / "documents.json").write_text(json.dumps(WRITTEN), encoding="utf-8")
    module = MODULES / "ajv" / "dist" / ("2020.js" if latest else "ajv.js")
    command = [NODE, "-e", PROGRAM, module, tmp_path / "schema.json", tmp_path / "documents.json"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    validator = Draft202012Validator(schema) if latest else Draft7Validator(schema)
    assert found == [validator.is_valid(document) for document in WRITTEN]
