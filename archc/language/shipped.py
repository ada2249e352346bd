"""What ships with archc: the folders of its specs, and which file a name stands for."""

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
"""What the printed names of shipped files begin with."""


def shipped_root() -> Path:
    """The folder of shipped specs: `archc/specs` where archc is installed, `specs` in a checkout."""
    here = Path(__file__).resolve().parent.parent
    installed = here / "specs"
    return installed if installed.is_dir() else here.parent / "specs"


def shipped_file(name: str, kind: Kind, root: Path | None = None) -> Path | None:
    """The file of a shipped definition or network; networks are looked for in the families' folders too. `root`: of another
    state of what ships.
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
    """How a shipped file is printed: no path, since it is none of the user's: `archc:blocks/bottleneck.yaml`."""
    return PREFIX + path.relative_to(shipped_root()).as_posix()


def is_file(path: Path) -> bool:
    """False too for a name that no file can have: one too long, or a circle of links."""
    try:
        return path.is_file()
    except OSError:
        return False


def shipped_names(kind: Kind) -> list[str]:
    """What ships, sorted."""
    root = shipped_root()
    if kind == "network":
        found = [*root.glob("*.yaml"), *(p for p in root.glob("*/*.yaml") if p.parent.name not in FOLDERS.values())]
        return sorted(path.stem for path in found)
    folder = root / FOLDERS[kind]
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))
