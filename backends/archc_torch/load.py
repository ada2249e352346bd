"""Emitted source as a Python module in this process."""

import linecache
import sys
from types import ModuleType


def load_source(source: str, name: str) -> ModuleType:
    """The module, registered under `archc.live.NAME` so that classes can be pickled.

    torch.jit.script and tracebacks read source through linecache; an entry without a time is never taken for stale.
    """
    filename = f"<archc {name}>"
    module = ModuleType(f"archc.live.{name}")
    module.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    sys.modules[module.__name__] = module
    exec(compile(source, filename, "exec"), module.__dict__)  # noqa: S102  our own text, from checked names and literals
    return module
