"""Every code has a page; what a page shows failing fails with its code alone, and what it shows mended is fine."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from archc.analyse.checking import check_file

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "errors"
_CODE = re.compile(r'"([EW]0[0-9]{3})"')
_SECTION = re.compile(r"^## (Fails|Mended)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```yaml(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's code and, by section, its files: the spec itself is `net.yaml`."""

    code: str
    text: str
    sections: dict[str, dict[str, str]]


def read(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    sections = {name: {file or "net.yaml": body for file, body in _BLOCK.findall(part)} for name, part in _SECTION.findall(text)}
    return Page(path.stem, text, sections)


def codes() -> list[str]:
    """The codes that the sources raise."""
    files = (path for folder in ("archc", "backends") for path in (ROOT / folder).rglob("*.py"))
    return sorted({code for path in files for code in _CODE.findall(path.read_text(encoding="utf-8"))})


PAGES = [read(path) for path in sorted(FOLDER.glob("*.md"))]
SHOWN = [page for page in PAGES if page.sections]


def checked(files: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch, *, lint: bool) -> list[str]:
    """The codes of a spec written beside its other files; warnings too, on the pages of warnings."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return [diagnostic.code for diagnostic in check_file("net.yaml", lint=lint)]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert [page.code for page in PAGES] == codes()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_a_page_begins_with_its_code_and_a_title(page: Page) -> None:
    assert re.match(rf"# {page.code}: [^A-Z\n].*[^.\n]\n\n\S", page.text)


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.code)
def test_a_page_shows_both_a_failing_and_a_mended_spec(page: Page) -> None:
    assert list(page.sections) == ["Fails", "Mended"]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.code)
def test_what_fails_has_that_code_and_no_other(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(page.sections["Fails"], tmp_path, monkeypatch, lint=page.code.startswith("W")) == [page.code]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.code)
def test_what_is_mended_has_no_problem(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(page.sections["Mended"], tmp_path, monkeypatch, lint=page.code.startswith("W")) == []
