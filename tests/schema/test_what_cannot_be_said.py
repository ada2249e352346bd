"""docs/cannot.md: what has a code is refused with it, at its line and nowhere else; what has none is accepted."""

import re
from pathlib import Path

import pytest

from archc.analyse.checking import check_file

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "cannot.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
REFUSED = [line for block in BLOCKS for line in block.splitlines() if re.search(r"# E\d{4}$", line)]
ACCEPTED = [block for block in BLOCKS if not re.search(r"# E\d{4}$", block, re.MULTILINE)]
HEAD = "archc: 1\nname: example\nextends: resnet18\nset:\n  layouts: null\n"


def found(folder: Path, text: str) -> list[tuple[str, str]]:
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    return [*dict.fromkeys((problem.code, str(problem.span)) for problem in check_file(str(path), lint=False))]


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line.partition("#")[0].strip())
def test_refused_at_its_line(line: str, tmp_path: Path) -> None:
    said, code = line.rsplit("#", 1)
    problems = found(tmp_path, f"{HEAD}  {said}\n")
    assert {(code, place.startswith(f"{tmp_path / 'net.yaml'}:6:")) for code, place in problems} == {(code.strip(), True)}


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda block: block.partition(":")[0] + block.partition(":")[2][:20].strip())
def test_accepted(block: str, tmp_path: Path) -> None:
    text = block if block.startswith("archc") else HEAD + "".join(f"  {line}\n" for line in block.splitlines())
    assert found(tmp_path, text) == []


@pytest.mark.parametrize("path", ["README.md", "docs/language.md"])
def test_linked(path: str) -> None:
    assert "cannot.md" in (ROOT / path).read_text(encoding="utf-8")
