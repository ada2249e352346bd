"""What tests of every area share: golden files."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_sessionstart() -> None:
    """xdist tells its workers how wide their terminal is, and they have none."""
    os.environ.pop("COLUMNS", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(path, text)`: the text equals the file, whose path is relative to the test's folder."""

    def compare(path: str, text: str) -> None:
        file = Path(request.path).parent / path
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        assert file.read_text(encoding="utf-8") == text

    return compare
