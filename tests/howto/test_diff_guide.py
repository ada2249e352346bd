"""docs/howto/diff.md, run as it is printed."""

from pathlib import Path

import pytest
from howto.pages import run


def test_the_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "you")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "you@example.org")
    for printed, shown in run("howto/diff", tmp_path):
        assert printed == shown
