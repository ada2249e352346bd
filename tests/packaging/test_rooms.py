"""The rooms of archc: what each is called, and what no module may be called."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import rooms  # noqa: E402  docs/ is no package

PUBLIC = {"load", "parse", "check", "shipped", "table", "draw", "diff", "verify", "convert_weights"}
"""Names that functions of the package may have: `archc.table` must not be a module then."""


def test_every_package_is_a_room_of_the_picture() -> None:
    packages = {path.parent.name for path in (ROOT / "archc").glob("*/__init__.py")}
    assert packages == rooms.CONTENTS.keys() - {"backends"}


def test_a_room_says_what_is_in_it() -> None:
    doors = [ROOT / "archc" / room / "__init__.py" for room in rooms.CONTENTS if room != "backends"]
    assert [path for path in doors if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_no_module_has_the_name_of_a_function_of_the_package() -> None:
    modules = {path.stem for path in (ROOT / "archc").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert modules & PUBLIC == set()


def test_an_arrow_is_left_out_where_others_show_it() -> None:
    imported = {"a": {"b", "c"}, "b": {"c"}, "c": set[str]()}
    assert {room: rooms.nearest(room, imported) for room in imported} == {"a": {"b"}, "b": {"c"}, "c": set()}


def modules_of(folder: Path) -> dict[str, Path]:
    """Every module below a folder by its dotted name; a package is its `__init__`."""
    names = {path: ".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


MODULES = modules_of(ROOT / "backends") | {name: path for name, path in modules_of(ROOT).items() if name.startswith("archc.")}
PACKAGES = {name: path for name, path in MODULES.items() if path.name == "__init__.py"}
CLOSED = ("archc", "archc.cli", "archc_torch", "archc_onnx", "archc_timm", "archc_hub")
"""Packages whose doors are held otherwise: by contracts of imports."""


def doors(package: str) -> set[str]:
    """What a package lists in `__all__`, nothing where it has none."""
    tree = ast.parse(PACKAGES[package].read_text(encoding="utf-8"))
    found = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
    return set(ast.literal_eval(found[0])) if found else set()


def entrances() -> dict[str, dict[str, str]]:
    """By package what is imported from outside of it, and one module that does."""
    seen: dict[str, dict[str, str]] = {package: {} for package in PACKAGES if package not in CLOSED}
    for importer, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            for alias in node.names:
                parts = [*node.module.split("."), alias.name]
                for depth in range(1, len(parts)):
                    package = ".".join(parts[:depth])
                    if package in seen and importer != package and not importer.startswith(f"{package}."):
                        seen[package].setdefault(parts[depth], importer)
    return seen


def test_packages_are_entered_by_what_they_list() -> None:
    """What a package lists in `__all__` is what modules outside of it may import."""
    wrong = {
        package: {name: importer for name, importer in found.items() if name not in doors(package)}
        for package, found in entrances().items()
    }
    assert {package: names for package, names in wrong.items() if names} == {}


def test_no_door_leads_nowhere() -> None:
    unused = {package: doors(package) - found.keys() for package, found in entrances().items() if package != "archc.compile.lint"}
    assert {package: names for package, names in unused.items() if names} == {}


def test_no_module_has_the_name_of_what_is_installed_beside_it() -> None:
    """`docs/errors` is installed as `archc.errors`, `specs` as `archc.specs`: a module of that name would hide them."""
    assert not {f"archc.{name}" for name in ("errors", "specs")} & MODULES.keys()
