"""Small networks that between them use all of the language: tests/cases/networks, whose graphs and outputs are golden files."""

from pathlib import Path

from archc.compile.pipeline import Changes, Compiled, compile_spec

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "networks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def small_network(name: str, *, layout: str | None = None, changes: Changes = Changes()) -> Compiled:  # noqa: B008  it is frozen
    """Compile one of `NAMES`."""
    return compile_spec(str(FOLDER / f"{name}.yaml"), layout=layout, changes=changes)
