"""Prints the oldest versions that archc and its torch extra accept, one `name==version` a line, for `make audit`."""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def main() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["torch"]]:
        print(re.sub(r">=", "==", requirement))


if __name__ == "__main__":
    main()
