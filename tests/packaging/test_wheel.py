"""What is installed: the wheel, made from the source distribution, is the checkout and nothing else."""

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"archc": "archc", "docs/errors": "archc/errors", "specs": "archc/specs", "backends": "."}
"""Source folder to its place in the wheel."""
KINDS = {".py", ".typed", ".yaml", ".json", ".md", ".ttf", ".woff2", ".txt", ".html", ".css", ".js"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing left in the checkout by other builds gets in."""
    copy = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*")
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    made = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", made, copy], check=True, capture_output=True)
    return next(made.glob("*.whl"))


def in_wheel(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def metadata(wheel: Path, name: str) -> str:
    archive = zipfile.ZipFile(wheel)
    return archive.read(next(entry for entry in archive.namelist() if entry.endswith(f".dist-info/{name}"))).decode()


def test_wheel_is_the_checkout(wheel: Path) -> None:
    files = {
        (Path(place) / path.relative_to(ROOT / part)).as_posix()
        for part, place in PARTS.items()
        for path in (ROOT / part).rglob("*")
        if path.suffix in KINDS and "__pycache__" not in path.parts and ".egg-info" not in str(path)
    }
    assert in_wheel(wheel) == files


def test_top_level_names(wheel: Path) -> None:
    names = ("archc", "archc_hub", "archc_onnx", "archc_timm", "archc_torch")
    assert {name.partition("/")[0] for name in in_wheel(wheel)} == set(names)


def test_packages_are_typed(wheel: Path) -> None:
    assert {"archc/py.typed", *(f"archc_{name}/py.typed" for name in ("hub", "onnx", "timm", "torch"))} <= in_wheel(wheel)


def test_entry_points(wheel: Path) -> None:
    assert metadata(wheel, "entry_points.txt").split() == [
        *("[archc.backends]", "hub", "=", "archc_hub:HubBackend"),
        *("onnx", "=", "archc_onnx:OnnxBackend"),
        *("timm", "=", "archc_timm:TimmBackend"),
        *("torch", "=", "archc_torch:TorchBackend"),
        *("[console_scripts]", "archc", "=", "archc.cli.main:run"),
    ]


def test_name(wheel: Path) -> None:
    assert (message_from_string(metadata(wheel, "METADATA"))["Name"], wheel.name.partition("-")[0]) == (
        "archc-compiler",
        "archc_compiler",
    )


def test_license(wheel: Path) -> None:
    assert message_from_string(metadata(wheel, "METADATA"))["License-Expression"] == "MIT"


def test_light_core_does_not_require_torch(wheel: Path) -> None:
    required = message_from_string(metadata(wheel, "METADATA")).get_all("Requires-Dist", [])
    assert sorted(one.partition(">")[0] for one in required if "extra ==" not in one) == [
        "graphviz",
        "jsonschema",
        "onnx",
        "pyyaml",
        "reportlab",
        "resvg-py",
    ]


def test_every_code_folder_is_listed() -> None:
    """A new package has to be named in pyproject.toml."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    archc = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "archc").rglob("__init__.py")}
    backends = {path.parent.name for path in (ROOT / "backends").glob("*/__init__.py")}
    assert set(listed) == archc | backends | {"archc.errors", "archc.specs"}


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel; what it depends on is lent by the environment that runs the tests."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = place / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    site = next((place / "lib").glob("python*/site-packages"))
    # A path alone: the .pth files of that folder, an editable archc among them, are not read.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place


def run(fresh: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([fresh / "bin" / "archc", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_installed_archc_is_the_wheels(fresh: Path, tmp_path: Path) -> None:
    command = [fresh / "bin" / "python", "-c", "import archc, archc_torch; print(archc.__file__, archc_torch.__file__)"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert all(Path(path).is_relative_to(fresh) for path in done.stdout.split())


def test_version(fresh: Path, tmp_path: Path) -> None:
    assert run(fresh, tmp_path, "--version").stdout == "archc 0.1.0\n"


def test_build_from_any_folder(fresh: Path, tmp_path: Path) -> None:
    done = run(fresh, tmp_path, "build", "resnet18")
    assert (done.returncode, done.stderr, [path.name for path in tmp_path.iterdir()]) == (
        0,
        "wrote resnet18.py\n",
        ["resnet18.py"],
    )


def test_check_from_any_folder(fresh: Path, tmp_path: Path) -> None:
    assert run(fresh, tmp_path, "check", "resnet50").stdout == "1 file checked: all good\n"


def test_error_pages_are_installed(fresh: Path, tmp_path: Path) -> None:
    assert run(fresh, tmp_path, "explain", "E0540").stdout == (ROOT / "docs" / "errors" / "E0540.md").read_text()


def test_schema_is_installed(fresh: Path, tmp_path: Path) -> None:
    assert run(fresh, tmp_path, "schema").returncode == 0


def test_module_runs_as_the_script(fresh: Path, tmp_path: Path) -> None:
    command = [fresh / "bin" / "python", "-m", "archc", "--version"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "archc 0.1.0\n"
