"""What tests of `archc weights` share."""

from pathlib import Path

import pytest
from weight_session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Session:
    monkeypatch.chdir(tmp_path)
    return Session(tmp_path, capsys)
