"""What tests of every area share: golden files, and that each draws the same and sees the same on every machine, in any order."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import draws
import pytest
from hypothesis import HealthCheck, register_random, settings
from repeated import marks_of

SURROUNDINGS = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
READ = {
    "ARCHC_DEBUG", "CI", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "PYTEST_ADDOPTS",
    "SOURCE_DATE_EPOCH", "AREA", "COUNT", "EXAMPLES", "MFLAGS", "PROGRAMS", "PYTHON", "SAMPLE", "SEED", "TIMES", "WORKERS",
}  # fmt: skip
READ_FAMILIES = ("CI_", "GIT_", "GITHUB_", "GITLAB_", "LC_", "MAKE", "RUNNER_")
"""Variables that archc, git, pytest, make or an action reads, and that a user, a hook, CI or an outer make may have set."""

register_random(draws.TORCH)
settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fresh", settings.get_profile("fixed"), derandomize=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing with them")
    parser.addoption("--examples", type=int, default=1, metavar="N", help="N times as many examples of each law")
    parser.addoption("--reversed", action="store_true", help="run the tests from last to first")


def pytest_configure(config: pytest.Config) -> None:
    seed = config.getoption("--hypothesis-seed")
    settings.load_profile("fixed" if seed is None else "fresh")
    draws.without_constants_of_modules()
    draws.FRESH.update(seed=seed, examples=config.getoption("--examples"))


def pytest_sessionstart() -> None:
    for name in [name for name in os.environ if name in READ or name.startswith(READ_FAMILIES)]:
        del os.environ[name]
    os.environ.update(SURROUNDINGS)
    time.tzset()
    os.umask(0o022)


def pytest_collectstart(collector: pytest.Collector) -> None:
    draws.start(collector.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    """A fixture of a module is made by whichever of its tests runs first: what it draws is its own."""
    draws.start(f"{fixturedef.baseid}::{fixturedef.argname}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    draws.start(item.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for mark in marks_of(item.path):
            item.add_marker(mark)
        draws.more_examples(getattr(item, "obj", None))
    if config.getoption("--reversed"):
        items.reverse()


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
