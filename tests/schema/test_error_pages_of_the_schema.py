"""Each page of a code E02xx holds a spec that fails with exactly that code, and one that is mended."""

import re
from pathlib import Path

import pytest

from archc.pipeline import check_file

PAGES = sorted((Path(__file__).parents[2] / "docs" / "errors").glob("E02*.md"))
FORM = re.compile(
    r"# (?P<code>E02\d\d): [^\n]+\n\n(?P<why>(?:[^#`\n][^\n]*\n|`[^`][^\n]*\n)+)\n"
    r"## Fails\n\n```yaml\n(?P<fails>[^`]+)```\n\n## Mended\n\n```yaml\n(?P<mended>[^`]+)```\n"
)


def _codes(text: str, folder: Path) -> set[str]:
    file = folder / "spec.yaml"
    file.write_text(text, encoding="utf-8")
    return {diagnostic.code for diagnostic in check_file(str(file))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_form(page: Path) -> None:
    match = FORM.fullmatch(page.read_text(encoding="utf-8"))
    assert match is not None
    assert match["code"] == page.stem


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_fails(page: Path, tmp_path: Path) -> None:
    match = FORM.fullmatch(page.read_text(encoding="utf-8"))
    assert match is not None
    assert _codes(match["fails"], tmp_path) == {page.stem}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_mended(page: Path, tmp_path: Path) -> None:
    match = FORM.fullmatch(page.read_text(encoding="utf-8"))
    assert match is not None
    assert _codes(match["mended"], tmp_path) == set()
