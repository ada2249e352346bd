"""One spec, the same bytes: whatever Python's hashes, the folder, the language, the time zone, the day, and the Python are."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests" / "support" / "all_outputs.py"
COMPILED = ("pdf", "onnx")
"""Written with packages that are compiled for one Python, which another cannot borrow."""


def python_of(version: str) -> str | None:
    """An interpreter of that version, if there is one that runs."""
    found = shutil.which(f"python{version}")
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for path in (*kept, *([found] if found else [])):
        done = subprocess.run(
            [path, "-c", "import sys; print(*sys.version_info[:2], sep='.')"], capture_output=True, text=True, check=False
        )
        if done.stdout.strip() == version:
            return str(path)
    return None


VERSIONS = [version for version in ("3.11", "3.12", "3.13", "3.14") if version != "{}.{}".format(*sys.version_info)]
OTHERS = {version: path for version in VERSIONS if (path := python_of(version))}
PACKAGES = (str(ROOT), str(ROOT / "backends"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))


def digests(folder: Path, python: str = sys.executable, **environment: str) -> Mapping[str, str]:
    folder.mkdir(parents=True)
    done = subprocess.run([python, PROGRAM], cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=True)
    found: Mapping[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return digests(tmp_path_factory.mktemp("first") / "here", PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")


def test_everything_is_written(expected: Mapping[str, str]) -> None:
    assert (len(expected), [name for name, found in expected.items() if found[:2] not in ("0 ", "1 ") and " " in found]) == (
        54,
        [],
    )


ELSEWHERE = {
    "PYTHONHASHSEED": "4242",
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "TZ": "Pacific/Chatham",
    "HOME": "/",
    "USER": "x",
    "LOGNAME": "x",
    "HOSTNAME": "x",
}


def test_neither_hashes_folder_language_time_nor_user_change_anything(expected: Mapping[str, str], tmp_path: Path) -> None:
    assert digests(tmp_path / "a b" / "ü", **ELSEWHERE) == expected


@pytest.mark.parametrize("version", OTHERS)
def test_other_pythons_write_the_same(version: str, expected: Mapping[str, str], tmp_path: Path) -> None:
    found = digests(tmp_path / version, OTHERS[version], PYTHONPATH=os.pathsep.join(PACKAGES))
    common = {name for name in expected if not any(word in name for word in COMPILED)}
    assert {name: found[name] for name in common} == {name: expected[name] for name in common}
