"""docs/howto/drawing.md, run as it is printed."""

from pathlib import Path

from howto.pages import run


def test_the_guide(tmp_path: Path) -> None:
    for printed, shown in run("howto/drawing", tmp_path):
        assert printed == shown
