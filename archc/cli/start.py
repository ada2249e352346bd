"""The program starts sooner by what is done here. `import archc` does none of it: a process that is not ours is left as it is."""

import re
import sys
from typing import Any


class _LatePattern:
    """A regular expression that is compiled when it is first used."""

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._arguments), name)


def import_yaml() -> None:
    """Import PyYAML without compiling the expressions of its own parser, 6 ms that libyaml's parser has no use for."""
    if "yaml" in sys.modules:
        return
    compile_now = re.compile
    re.compile = _LatePattern  # type: ignore[assignment]
    try:
        import yaml  # noqa: F401
    finally:
        re.compile = compile_now
