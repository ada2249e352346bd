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
