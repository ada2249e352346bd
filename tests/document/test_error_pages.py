"""The pages of the loader's codes: what fails does so in the loader with that code alone, and what is mended loads."""

import re
from pathlib import Path

import pytest

from archc.diagnostics import SpecError
from archc.language.document.loader import parse
from archc.language.document.source import text_source
from archc.limits import Limits

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "errors"
PAGES = sorted(path for path in FOLDER.glob("E0*.md") if path.stem < "E0200" or "E0400" < path.stem < "E0410")
FORM = re.compile(
    r"# (?P<code>E\d{4}): [^\n]+\n\n(?P<why>[^#]+?)\n\n"
    r"(?:## Fails\n\n```yaml\n(?P<fails>.+?)```\n\n## Mended\n\n```yaml\n(?P<mended>.+?)```\n"
    r"|## How it comes about\n\n```console\n.+?```\n)",
    re.DOTALL,
)
LIMITS = Limits()


def section(path: Path, name: str) -> str:
    match = FORM.fullmatch(path.read_text(encoding="utf-8"))
    return (match[name] or "") if match else ""


SHOWN = [path for path in PAGES if section(path, "fails")]


def test_these_are_all_of_the_loader() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (FOLDER.parents[1] / "archc" / "language" / "document").glob("*.py")]
    assert [path.stem for path in PAGES] == sorted({code for text in sources for code in re.findall(r'"(E\d{4})"', text)})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_form(path: Path) -> None:
    assert section(path, "code") == path.stem


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_fails(path: Path) -> None:
    with pytest.raises(SpecError) as error:
        parse(text_source(section(path, "fails"), "net.yaml", LIMITS), LIMITS)
    assert [diagnostic.code for diagnostic in error.value.diagnostics] == [path.stem]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_mended(path: Path) -> None:
    assert parse(text_source(section(path, "mended"), "net.yaml", LIMITS), LIMITS).get("archc") is not None
