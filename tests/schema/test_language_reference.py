"""Every example of docs/language.md is what it says: documents pass `archc check`, other examples do as `set` of ResNet-50."""

import re
from pathlib import Path

import pytest

from archc.analyse.checking import check_file

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
DOCUMENTS = [example for example in EXAMPLES if example.startswith("archc: 1\n")]
CHANGES = [example for example in EXAMPLES if not example.startswith("archc: 1\n")]
PARENT = "archc: 1\nname: example\nextends: resnet50\nset:\n"


def _name(document: str) -> str:
    match = re.search(r"^(?:name|block|module|shortcut|layout): ([\w/]+)", document, re.MULTILINE)
    assert match is not None
    return match[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for document in DOCUMENTS:
        file = tmp_path / f"{_name(document)}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(document, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_documents(document: str, folder: Path) -> None:
    assert [str(problem) for problem in check_file(str(folder / f"{_name(document)}.yaml"))] == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.partition(":")[0])
def test_changes(change: str, folder: Path) -> None:
    file = folder / "example.yaml"
    lines = [line for line in change.splitlines() if line]
    layouts = [] if re.search("^layouts:", change, re.MULTILINE) else ["layouts: null"]
    file.write_text(PARENT + "".join(f"  {line}\n" for line in [*layouts, *lines]), encoding="utf-8")
    assert [(problem.code, problem.message) for problem in check_file(str(file))] == []


@pytest.mark.parametrize("page", sorted(set(re.findall(r"errors/(E\d{4})\.md", TEXT))))
def test_pages_named_exist(page: str) -> None:
    assert (Path(__file__).parents[2] / "docs" / "errors" / f"{page}.md").is_file()
