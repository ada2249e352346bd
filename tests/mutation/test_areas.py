"""What is mutated is there, and so are the tests that have to notice."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = tomllib.loads(Path(__file__).with_name("areas.toml").read_text(encoding="utf-8"))
AREAS = [name for name, value in TABLE.items() if isinstance(value, dict)]


def test_the_areas() -> None:
    assert AREAS == ["loader", "checker", "shapes", "cost", "lower", "torch", "onnx"]


@pytest.mark.parametrize("name", AREAS)
def test_every_pattern_is_of_modules(name: str) -> None:
    assert [pattern for pattern in TABLE[name]["modules"] if not list(ROOT.glob(pattern))] == []


@pytest.mark.parametrize("name", AREAS)
def test_every_test_is_there(name: str) -> None:
    paths = [path.partition("::")[0] for path in (*TABLE[name]["tests"], *TABLE[name]["without"])]
    assert [path for path in paths if not (ROOT / path).exists()] == []
