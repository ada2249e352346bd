"""Specs that ship with archc: their folders, and the file that a name stands for."""

from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["network", "block", "module", "shortcut", "layout"]
FOLDERS: dict[Kind, str] = {
    "network": "",
    "block": "blocks",
    "module": "modules",
    "shortcut": "shortcuts",
    "layout": "layouts",
}

PREFIX = "archc:"
"""The beginning of the printed names of shipped files."""


def shipped_root() -> Path:
    """Return the folder of shipped specs: `archc/specs` where archc is installed, `specs` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "specs"
    return installed if installed.is_dir() else package.parent / "specs"


def shipped_file(name: str, kind: Kind, root: Path | None = None) -> Path | None:
    """Return the file of a shipped definition or network; a network may be in a family's folder.

    `root` is the folder of another state of what ships.
    """
    root = root or shipped_root()
    if not name.replace("_", "a").replace("-", "a").replace("/", "a").isalnum():
        return None
    direct = root / FOLDERS[kind] / f"{name}.yaml"
    if is_file(direct):
        return direct
    if kind != "network" or "/" in name:
        return None
    folders = (folder for folder in sorted(root.iterdir()) if folder.name not in FOLDERS.values())
    return next((path for folder in folders if is_file(path := folder / f"{name}.yaml")), None)


def shipped_name(path: Path) -> str:
    """Return the printed name of a shipped file, such as
    `archc:blocks/bottleneck.yaml`; it is no path, as it is not the user's.
    """
    return PREFIX + path.relative_to(shipped_root()).as_posix()


def is_file(path: Path) -> bool:
    """Return whether there is a file; there is none for a name that is too long, or a circle of links."""
    try:
        return path.is_file()
    except OSError:
        return False


def shipped_names(kind: Kind) -> list[str]:
    """Return the names of what ships, sorted."""
    root = shipped_root()
    if kind == "network":
        paths = [*root.glob("*.yaml"), *(p for p in root.glob("*/*.yaml") if p.parent.name not in FOLDERS.values())]
        return sorted(path.stem for path in paths)
    folder = root / FOLDERS[kind]
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))
